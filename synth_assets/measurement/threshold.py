"""Noise and a threshold on a histogram of unknown keys: OpenDP's discrete Gaussian with propose-test-release.

Each count gets noise, and only keys whose noisy count lies *above* the threshold
are released. The scale follows from OpenDP's own search over the mechanism's map,
from rho; the threshold is the least whole number whose exact discrete tail is
within delta (:func:`~synth_assets.privacy.threshold_delta`). Both are functions of the
contract alone, so that anybody can see before a measurement how many rows a category needs.

OpenDP 0.16 states another delta for its measurement: the tail of the
continuous normal at T - m, though the noise is discrete and a count equal to T is
released. That is too small, so it is used for nothing here, and counts equal to T
are dropped from what OpenDP releases.

Example:
    >>> noise = make_threshold_noise(max_rows=1, rho=0.02, delta=1e-9)
    >>> round(noise.scale, 3), noise.threshold, noise.rho <= 0.02, noise.delta <= 1e-9
    (5.0, 31, True, True)

References:
    Rogers (2023), "A Unifying Privacy Analysis Framework for Unknown Domain
    Algorithms in Differential Privacy", https://arxiv.org/abs/2309.09170; the
    argument is in ``docs/privacy/discovery.md``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from statistics import NormalDist
from typing import Any

from synth_assets.errors import UsageError
from synth_assets.privacy import ThresholdRule, rounded_up, threshold_delta

__all__ = ["RULE", "ThresholdNoise", "draw_histogram", "make_threshold_noise"]

RULE: ThresholdRule = "above"
"""Which counts are released."""
_HIGHEST = 2**31 - 1
"""A threshold beyond it means that nothing would be found."""
_NEAR = 1000
"""The least threshold is nearer than this to where it is looked for first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdNoise:
    """The least noisy thresholded histogram within a loss. Every field is publishable.

    Attributes:
        max_rows: rows of one unit, in as many keys or all in one: L0, L2 and Linf of ``d_in``.
        scale: parameter of the discrete Gaussian.
        threshold: noisy counts above it are released.
        rho: zCDP loss, by the mechanism's map.
        delta: bound on the probability that something is released that only one unit has, rounded up.
        mechanism: OpenDP's JSON of the measurement.
    """

    max_rows: int
    scale: float
    threshold: int
    rho: float
    delta: float
    mechanism: str


@cache
def make_threshold_noise(*, max_rows: int, rho: float, delta: float) -> ThresholdNoise:
    """Find the least noise that costs at most ``rho``, and with it the lowest threshold within ``delta``.

    Raises:
        UsageError: an argument is out of range, or so small that there is no such threshold.
    """
    if max_rows < 1 or not 0 < rho < float("inf") or not 0 < delta < 1:
        raise UsageError(
            f"max_rows={max_rows} must be >= 1, rho={rho} finite and > 0, delta={delta} in (0, 1)",
            hint="check the contract's spend",
        )
    from opendp.mod import binary_search, serialize

    d_in = (max_rows, max_rows, max_rows)
    scale = float(
        binary_search(lambda scale: _mechanism(scale, _HIGHEST).map(d_in)[0] <= rho, bounds=_around(max_rows, rho))
    )
    threshold = _least_threshold(scale, max_rows=max_rows, delta=delta)
    measurement = _mechanism(scale, threshold)
    return ThresholdNoise(
        max_rows=max_rows,
        scale=scale,
        threshold=threshold,
        rho=float(measurement.map(d_in)[0]),
        delta=rounded_up(_delta(threshold, scale=scale, max_rows=max_rows)),
        mechanism=serialize(measurement),
    )


def draw_histogram(histogram: Mapping[str, int], noise: ThresholdNoise) -> list[tuple[str, int]]:
    """Return the texts above the threshold with their noisy counts, by falling count, then by text.

    Calling it again is a second release and costs again.
    """
    released = _mechanism(noise.scale, noise.threshold)(dict(histogram))
    # OpenDP releases counts equal to the threshold too, whose probability the delta does not cover.
    above = [(str(text), int(count)) for text, count in released.items() if count > noise.threshold]
    return sorted(above, key=lambda pair: (-pair[1], pair[0]))


def _least_threshold(scale: float, *, max_rows: int, delta: float) -> int:
    """Return the least threshold within ``delta``, starting near that of the continuous normal."""
    far = -NormalDist().inv_cdf(max(delta / max_rows, 1e-300)) * scale
    if not far < _HIGHEST - max_rows - _NEAR:
        raise UsageError(
            f"there is no threshold for scale={scale:g}, delta={delta:g} and max_rows={max_rows}",
            hint="declare the categories, or spend more",
        )
    threshold = max(max_rows, max_rows + round(far))
    while _delta(threshold, scale=scale, max_rows=max_rows) > delta:
        threshold += 1
    while threshold > max_rows and _delta(threshold - 1, scale=scale, max_rows=max_rows) <= delta:
        threshold -= 1
    return threshold


def _delta(threshold: int, *, scale: float, max_rows: int) -> Fraction:
    return threshold_delta(scale=scale, threshold=threshold, max_rows=max_rows, rule=RULE)


def _around(max_rows: int, rho: float) -> tuple[float, float]:
    """Return bounds of the search for a scale, far to either side of where it can be."""
    guess = float(max_rows / (2 * rho) ** 0.5)
    return guess / 1024, guess * 1024


def _mechanism(scale: float, threshold: int) -> Any:
    # The prelude would do, but loads Polars and scikit-learn, which takes ten times as long.
    from opendp import domains, measurements, measures, metrics
    from opendp.mod import enable_features

    enable_features("contrib")
    texts, counts = domains.atom_domain(T="String"), domains.atom_domain(T="i64")
    return measurements.make_noise_threshold(
        domains.map_domain(texts, counts),
        metrics.l02inf_distance(metrics.absolute_distance(T="i64")),
        measures.approximate(measures.zero_concentrated_divergence()),
        scale=scale,
        threshold=threshold,
    )
