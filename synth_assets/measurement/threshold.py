"""Noise and a threshold on a histogram of unknown keys: OpenDP's discrete Gaussian with propose-test-release.

Each count gets noise, and only keys whose noisy count reaches the threshold are
released. Scale and threshold follow from OpenDP's own search over the
mechanism's map: the scale from rho, then the threshold from delta. Both are
functions of the contract alone, so that anybody can see before a measurement
how many rows a category needs.

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
from functools import cache
from typing import Any

from synth_assets.errors import UsageError

__all__ = ["ThresholdNoise", "draw_histogram", "make_threshold_noise"]

_HIGHEST = 2**31 - 1
"""OpenDP searches whole numbers of 32 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdNoise:
    """The least noisy thresholded histogram within a loss. Every field is publishable.

    Attributes:
        max_rows: rows of one unit, in as many keys or all in one: L0, L2 and Linf of ``d_in``.
        scale: parameter of the discrete Gaussian.
        threshold: least noisy count that is released.
        rho: zCDP loss, by the mechanism's map.
        delta: of the threshold, by the mechanism's map.
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
    scale = binary_search(lambda scale: _mechanism(scale, _HIGHEST).map(d_in)[0] <= rho, bounds=_around(max_rows, rho))
    if _mechanism(scale, _HIGHEST).map(d_in)[1] > delta:
        raise UsageError(
            f"there is no threshold for rho={rho:g}, delta={delta:g} and max_rows={max_rows}",
            hint="declare the categories, or spend more",
        )
    lowest = int(
        binary_search(
            lambda count: _mechanism(scale, int(count)).map(d_in)[1] <= delta, bounds=(max_rows, _HIGHEST), T=int
        )
    )
    measurement = _mechanism(scale, lowest)
    found_rho, found_delta = measurement.map(d_in)
    return ThresholdNoise(
        max_rows=max_rows,
        scale=float(scale),
        threshold=lowest,
        rho=float(found_rho),
        delta=float(found_delta),
        mechanism=serialize(measurement),
    )


def draw_histogram(histogram: Mapping[str, int], noise: ThresholdNoise) -> list[tuple[str, int]]:
    """Return the texts that reach the threshold with their noisy counts, by falling count, then by text.

    Calling it again is a second release and costs again.
    """
    released = _mechanism(noise.scale, noise.threshold)(dict(histogram))
    return sorted(((str(text), int(count)) for text, count in released.items()), key=lambda pair: (-pair[1], pair[0]))


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
