"""Find the least noise within a privacy loss: scales and thresholds, by search over OpenDP's maps.

A scale and a privacy loss follow from public numbers alone, so anybody can compute
before a measurement what it will cost and how noisy it will be. Nothing is drawn here.

A threshold's rho is OpenDP's map of the noise; its delta is the exact discrete tail
(:func:`~synth_assets.privacy.threshold_delta`), because OpenDP 0.16 states the tail of the
continuous normal at T - m, though the noise is discrete and a count equal to T is released.

Example:
    >>> noise = least_gaussian(d_in=3, rho=0.05)
    >>> round(noise.scale, 3), noise.rho <= 0.05
    (9.487, True)
    >>> threshold = least_threshold(max_rows=1, rho=0.02, delta=1e-9)
    >>> round(threshold.scale, 3), threshold.threshold, threshold.rho <= 0.02, threshold.delta <= 1e-9
    (5.0, 31, True, True)

References:
    Canonne, Kamath and Steinke (2020), "The Discrete Gaussian for
    Differential Privacy", https://arxiv.org/abs/2004.00010; Rogers (2023), "A
    Unifying Privacy Analysis Framework for Unknown Domain Algorithms in
    Differential Privacy", https://arxiv.org/abs/2309.09170.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from statistics import NormalDist

from synth_assets.errors import Fault, UsageError
from synth_assets.privacy.loss import rounded_up
from synth_assets.privacy.maps import ThresholdRule, gaussian_on_counts, threshold_delta, threshold_on_texts

__all__ = ["RULE", "GaussianNoise", "Noise", "ThresholdNoise", "least_gaussian", "least_threshold"]

RULE: ThresholdRule = "above"
"""Whether a noisy count equal to the threshold is released."""
_HIGHEST = 2**31 - 1
"""Above this threshold no category would be released."""
_NEAR = 1000
"""The least threshold is within this distance of the first guess."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GaussianNoise:
    """The least noisy mechanism on tables within a loss. Every field is publishable.

    Attributes:
        d_in: L2 distance of the exact vectors of neighbouring tables; of one table ``max_rows``.
        scale: parameter of the discrete Gaussian.
        rho: zCDP loss of one table, by the mechanism's map at ``d_in``.
        mechanism: OpenDP's JSON of the measurement.
    """

    d_in: int
    scale: float
    rho: float
    mechanism: str

    @property
    def delta(self) -> float:
        """The Gaussian has none of its own under zCDP."""
        return 0.0


@cache
def least_gaussian(*, d_in: int, rho: float) -> GaussianNoise:
    """Find the least noise on one table that costs at most ``rho``.

    Args:
        d_in: of a table ``max_rows``, because all of a unit's rows may fall in one
            cell; of a vector of scores what its kind proves.
        rho: the most that it may cost.

    Raises:
        Fault: ``rho`` or ``d_in`` is out of range.
    """
    if d_in < 1 or not 0 < rho < float("inf"):
        raise Fault(f"d_in={d_in} must be >= 1 and rho={rho} finite and > 0", hint="check the strategy")
    from opendp.mod import binary_search_param, serialize

    scale = binary_search_param(gaussian_on_counts, d_in=d_in, d_out=rho, T=float)
    measurement = gaussian_on_counts(scale)
    return GaussianNoise(
        d_in=d_in,
        scale=float(scale),
        rho=float(measurement.map(d_in)),
        mechanism=serialize(measurement),
    )


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

    @property
    def d_in(self) -> int:
        """L0, L2 and Linf."""
        return self.max_rows


Noise = GaussianNoise | ThresholdNoise


@cache
def least_threshold(*, max_rows: int, rho: float, delta: float) -> ThresholdNoise:
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
        binary_search(
            lambda candidate: threshold_on_texts(candidate, _HIGHEST).map(d_in)[0] <= rho,
            bounds=_scale_bounds(max_rows, rho),
        )
    )
    threshold = _lowest_threshold(scale, max_rows=max_rows, delta=delta)
    measurement = threshold_on_texts(scale, threshold)
    return ThresholdNoise(
        max_rows=max_rows,
        scale=scale,
        threshold=threshold,
        rho=float(measurement.map(d_in)[0]),
        delta=rounded_up(_delta(threshold, scale=scale, max_rows=max_rows)),
        mechanism=serialize(measurement),
    )


def _lowest_threshold(scale: float, *, max_rows: int, delta: float) -> int:
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


def _scale_bounds(max_rows: int, rho: float) -> tuple[float, float]:
    """Return bounds of the search for a scale, a factor 1024 below and above the continuous formula."""
    guess = float(max_rows / (2 * rho) ** 0.5)
    return guess / 1024, guess * 1024
