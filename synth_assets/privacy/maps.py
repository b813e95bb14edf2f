"""Compute what stored mechanisms cost: OpenDP's maps, and the exact delta of thresholds.

No data ever passes through this module. OpenDP is imported inside the functions that need it.
"""

import math
from fractions import Fraction
from functools import lru_cache
from statistics import NormalDist
from typing import Any, Literal

from synth_assets.errors import UsageError
from synth_assets.privacy.loss import ATTO, NANO
from synth_assets.privacy.mechanism import read_gaussian, read_threshold
from synth_assets.privacy.tails import discrete_tail

__all__ = [
    "ThresholdRule",
    "gaussian_on_counts",
    "map_of",
    "old_threshold_excess",
    "threshold_delta",
    "threshold_map_of",
    "threshold_on_texts",
]

_MOST_COLUMNS = 64
"""The largest number of discovered columns per contract that the correction considers."""

ThresholdRule = Literal["above", "at_or_above"]
"""Which noisy counts a threshold lets through; releases up to format 2 let counts at the threshold through too."""


def map_of(measurement_json: str, *, d_in: int) -> float:
    """Return the rho of a stored mechanism on tables or scores: OpenDP's map at ``d_in``.

    The text is parsed against its one known shape, and OpenDP builds the
    measurement again from the scale: nothing in the text is ever executed.

    Raises:
        UsageError: when the text has any other shape.
    """
    return _gaussian_map(read_gaussian(measurement_json).scale, d_in)


def threshold_map_of(measurement_json: str, *, max_rows: int) -> tuple[float, float]:
    """Return rho and delta of a stored threshold by OpenDP's map, see :func:`map_of`.

    ``max_rows`` rows of a unit may be in as many keys or all in one, so it is L0,
    L2 and Linf. The delta is what OpenDP 0.16 states, which is too small: what a
    threshold really costs is :func:`threshold_delta`.

    Raises:
        UsageError: when the text is not a threshold.
    """
    stored = read_threshold(measurement_json)
    return _threshold_map(stored.scale, stored.threshold, max_rows)


@lru_cache(maxsize=4096)
def _gaussian_map(scale: float, d_in: int) -> float:
    return float(gaussian_on_counts(scale).map(d_in))


@lru_cache(maxsize=4096)
def _threshold_map(scale: float, threshold: int, max_rows: int) -> tuple[float, float]:
    from opendp.mod import OpenDPException

    try:
        rho, delta = threshold_on_texts(scale, threshold).map((max_rows, max_rows, max_rows))
    except OpenDPException as error:
        raise UsageError(f"threshold {threshold} is below {max_rows} rows of a unit", hint="it is not one") from error
    return float(rho), float(delta)


def gaussian_on_counts(scale: float) -> Any:
    """Return OpenDP's discrete Gaussian on a vector of 64-bit counts, between L2 distance and zCDP."""
    # opendp.prelude would do, but loads Polars and scikit-learn, which takes ten times as long.
    from opendp import domains, measurements, metrics
    from opendp.mod import enable_features

    enable_features("contrib")
    space = domains.vector_domain(domains.atom_domain(T="i64")), metrics.l2_distance(T="i64")
    return measurements.make_gaussian(*space, scale=scale)


def threshold_on_texts(scale: float, threshold: int) -> Any:
    """Return OpenDP's thresholded discrete Gaussian on counts by text: (L0, L2, Linf) to approximate zCDP."""
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


def threshold_delta(*, scale: float, threshold: int, max_rows: int, rule: ThresholdRule) -> Fraction:
    """Bound the probability that a threshold lets through anything that only one unit has.

    A unit has at most m = ``max_rows`` rows, so at most m keys are its own, and
    each has a count of at most m, however the rows are split. Counts have
    independent discrete Gaussian noise X, so a key is released with a probability of
    at most P(m + X > T), which grows with the count, and any of m keys with at most m
    times that. The bound is m P(X >= T - m + 1) under "above", m P(X >= T - m) under
    "at_or_above"; the union over keys overstates by a share of at most half of itself.

    Args:
        scale: parameter of the noise.
        threshold: T.
        max_rows: rows of one unit that are counted.
        rule: whether a count equal to T is released.
    """
    start = threshold - max_rows + (rule == "above")
    return min(Fraction(1), max_rows * discrete_tail(start, scale=scale))


def old_threshold_excess(*, nano_rho: int, atto_delta: int, max_rows: int) -> int:
    """Bound, in atto-delta, how much more than its charge a reservation of a ledger of format 1 can have cost.

    The code of that time took the threshold from OpenDP 0.16, whose map is the
    continuous normal tail at T - m, and released counts equal to T; a tenth of rho and
    all of the threshold delta were split equally over k discovered columns. The ledger
    does not know k, so the largest excess for k = 1 .. 64 is returned.

    Per column the old threshold is the least T with 1 - (1 - Q((T - m) / s))^m <= delta
    / k, where Q is the normal tail and s = m / sqrt(2 rho / 10 k). It is taken a little
    low, by 1e-9 of its distance from m and 1e-9, against errors of doubles: OpenDP
    rounds its map up, so its own T was never lower. The cost is then at most m P(X >= T - m)
    <= m Q((T - m - 1/2) / s), because the discrete Gaussian's density is convex
    beyond one scale and its normaliser is at least s sqrt(2 pi); nearer than that 1
    bounds the probability. For s >= 5 the bound overstates the cost by less than a tenth.

    Args:
        nano_rho: rho that the reservation paid.
        atto_delta: delta of thresholds that it paid; 0 gives 0.
        max_rows: rows of one unit.
    """
    if not nano_rho or not atto_delta:
        return 0
    return max(_old_excess(nano_rho, atto_delta, max_rows, columns) for columns in range(1, _MOST_COLUMNS + 1))


def _old_excess(nano_rho: int, atto_delta: int, max_rows: int, columns: int) -> int:
    scale = max_rows / math.sqrt(2 * nano_rho / NANO / 10 / columns)
    one_key = -math.expm1(math.log1p(-min(atto_delta / ATTO / columns, 0.5)) / max_rows)
    distance = -NormalDist().inv_cdf(one_key) * scale
    steps = max(0, math.ceil(distance * (1 - 1e-9) - 1e-9))
    near = steps - 0.5 < scale
    tail = 1.0 if near else 0.5 * math.erfc((steps - 0.5) / scale / math.sqrt(2)) * (1 + 1e-9)
    cost = min(Fraction(1), columns * max_rows * Fraction(tail))
    return max(0, math.ceil(cost * ATTO) - atto_delta)
