"""Privacy units, losses and caps; conversions and recomputed maps through OpenDP.

What is admitted, charged and composed is zCDP: rho in integer nano-rho
(1e-9) plus the deltas of thresholds in integer atto-delta (1e-18). A request
is rounded up and a cap is rounded down, so an error of rounding is always
against us. (epsilon, delta) is a view on that, computed by OpenDP.

No data ever passes through this module. OpenDP is imported inside the
functions that need it, because most callers only add integers.

Example:
    >>> cap = Cap(epsilon=2.0, delta=1e-7)
    >>> cap.loss().nano_rho
    74180593
    >>> round(epsilon_of(cap.loss(), delta=1e-7), 6)
    2.0

References:
    Bun and Steinke (2016), "Concentrated Differential Privacy",
    https://arxiv.org/abs/1605.02065; the conversion is that of Canonne, Kamath
    and Steinke (2020), https://arxiv.org/abs/2004.00010, as OpenDP computes it.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from statistics import NormalDist
from typing import Any, Literal, Self

from synth_assets.errors import UsageError
from synth_assets.mechanism import read_gaussian, read_threshold
from synth_assets.tails import discrete_tail

__all__ = [
    "ATTO",
    "NANO",
    "Cap",
    "Neighbours",
    "PrivacyLoss",
    "PrivacyUnit",
    "ThresholdRule",
    "atto_delta_of",
    "compose",
    "epsilon_of",
    "map_of",
    "nano_rho_of",
    "old_threshold_excess",
    "rho_of",
    "rounded_down",
    "rounded_up",
    "threshold_delta",
    "threshold_map_of",
]

NANO = 10**9
ATTO = 10**18
_MOST_COLUMNS = 64
"""Discovered columns of one contract that a correction reckons with."""

Neighbours = Literal["add_remove_unit"]
ThresholdRule = Literal["above", "at_or_above"]
"""Which noisy counts a threshold lets through; releases up to format 2 let counts at the threshold through too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyUnit:
    """Who is protected: one row, or all rows that share a value of ``column``.

    Attributes:
        column: the column that names the unit; ``None`` means each row is one.
        max_rows: rows of one unit that are counted; more are bounded away.
        neighbours: tables are neighbours when they differ by one unit, added or removed.
    """

    column: str | None = None
    max_rows: int = 1
    neighbours: Neighbours = "add_remove_unit"

    def __post_init__(self) -> None:
        if self.max_rows < 1:
            raise UsageError(f"max_rows={self.max_rows} must be >= 1", hint="how many rows may one unit have?")
        if self.column is None and self.max_rows != 1:
            raise UsageError(f"max_rows={self.max_rows} with rows as the unit must be 1", hint="name the unit's column")

    def describe(self) -> str:
        """Say the unit in words that go into a datasheet."""
        who = "one row" if self.column is None else f"all rows of one {self.column} (at most {self.max_rows} counted)"
        return f"{who}, added or removed"

    def as_json(self) -> dict[str, Any]:
        """Return the unit as plain JSON values."""
        return {"column": self.column, "max_rows": self.max_rows, "neighbours": self.neighbours}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Invert :meth:`as_json`."""
        return cls(column=value["column"], max_rows=value["max_rows"], neighbours=value["neighbours"])


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class PrivacyLoss:
    """A zCDP loss and the summed deltas of thresholds, both integers.

    Attributes:
        nano_rho: rho of zCDP in units of 1e-9.
        atto_delta: delta in units of 1e-18.
    """

    nano_rho: int
    atto_delta: int = 0

    def __post_init__(self) -> None:
        if self.nano_rho < 0 or self.atto_delta < 0:
            raise UsageError(f"a privacy loss must be >= 0, not {self.nano_rho}, {self.atto_delta}", hint="check spend")

    def __add__(self, other: "PrivacyLoss") -> "PrivacyLoss":
        """Compose two losses on the same units: zCDP adds."""
        return PrivacyLoss(nano_rho=self.nano_rho + other.nano_rho, atto_delta=self.atto_delta + other.atto_delta)

    def fits(self, cap: "PrivacyLoss") -> bool:
        """Tell whether both parts are within ``cap``."""
        return self.nano_rho <= cap.nano_rho and self.atto_delta <= cap.atto_delta

    @property
    def rho(self) -> float:
        """Rho as a number, for people."""
        return self.nano_rho / NANO


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """An (epsilon, delta) statement that is turned into zCDP once.

    Attributes:
        epsilon: finite and > 0.
        delta: the whole delta, strictly between 0 and 1.
        threshold_delta: the part of ``delta`` that thresholds may use (0: none).
    """

    epsilon: float
    delta: float
    threshold_delta: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.epsilon < math.inf:
            raise UsageError(f"epsilon={self.epsilon} must be finite and > 0", hint="1.0 is a common choice")
        if not 0 < self.delta < 1:
            raise UsageError(f"delta={self.delta} must be between 0 and 1", hint="below 1 / number of units")
        if not 0 <= self.threshold_delta < self.delta:
            raise UsageError(
                f"threshold_delta={self.threshold_delta} must be >= 0 and < delta={self.delta}", hint="leave it out"
            )

    def loss(self) -> PrivacyLoss:
        """Return the largest zCDP loss that implies this statement, rounded down."""
        # As the number was written: 3e-9 is three times 1e-9, which the doubles are not.
        atto = math.floor(Fraction(repr(self.threshold_delta)) * ATTO)
        left = rounded_down(Fraction(self.delta) - Fraction(atto, ATTO))
        return PrivacyLoss(nano_rho=_largest_nano_rho(self.epsilon, left), atto_delta=atto)


def compose(losses: Iterable[PrivacyLoss]) -> PrivacyLoss:
    """Sum losses on the same units; the empty sum is zero."""
    return sum(losses, start=PrivacyLoss(nano_rho=0))


def nano_rho_of(rhos: Iterable[float]) -> int:
    """Sum rhos exactly and round up once, so that q mechanisms lose at most one nano-rho."""
    return math.ceil(sum((Fraction(rho) for rho in rhos), start=Fraction(0)) * NANO)


def atto_delta_of(deltas: Iterable[float]) -> int:
    """Sum the deltas of thresholds exactly and round up once."""
    return math.ceil(sum((Fraction(delta) for delta in deltas), start=Fraction(0)) * ATTO)


def epsilon_of(loss: PrivacyLoss, *, delta: float) -> float:
    """Return the smallest epsilon of (epsilon, ``delta``)-DP that ``loss`` implies.

    Raises:
        UsageError: when the thresholds alone use up ``delta``.
    """
    left = rounded_down(Fraction(delta) - Fraction(loss.atto_delta, ATTO))
    if loss.nano_rho == 0 and left >= 0:
        return 0.0
    if left <= 0:
        raise UsageError(f"delta={delta} is not above the deltas spent on thresholds", hint="state a larger delta")
    return _epsilon(loss.nano_rho, left)


def rho_of(*, epsilon: float, delta: float) -> float:
    """Return the largest rho, in whole nano-rho, whose zCDP implies (epsilon, delta)-DP."""
    return _largest_nano_rho(epsilon, delta) / NANO


def map_of(measurement_json: str, *, d_in: int) -> float:
    """Return the rho of a stored mechanism on tables or scores: OpenDP's map at ``d_in``.

    The text is parsed against its one known shape, and OpenDP builds the
    measurement anew from the scale: nothing out of it is ever run.

    Raises:
        UsageError: when the text is anything else.
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
    from opendp import domains, measurements, metrics
    from opendp.mod import enable_features

    enable_features("contrib")
    space = domains.vector_domain(domains.atom_domain(T="i64")), metrics.l2_distance(T="i64")
    return float(measurements.make_gaussian(*space, scale=scale).map(d_in))


@lru_cache(maxsize=4096)
def _threshold_map(scale: float, threshold: int, max_rows: int) -> tuple[float, float]:
    from opendp import domains, measurements, measures, metrics
    from opendp.mod import OpenDPException, enable_features

    enable_features("contrib")
    measurement = measurements.make_noise_threshold(
        domains.map_domain(domains.atom_domain(T="String"), domains.atom_domain(T="i64")),
        metrics.l02inf_distance(metrics.absolute_distance(T="i64")),
        measures.approximate(measures.zero_concentrated_divergence()),
        scale=scale,
        threshold=threshold,
    )
    try:
        rho, delta = measurement.map((max_rows, max_rows, max_rows))
    except OpenDPException as error:
        raise UsageError(f"threshold {threshold} is below {max_rows} rows of a unit", hint="it is not one") from error
    return float(rho), float(delta)


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


def rounded_up(exact: Fraction) -> float:
    """Return the smallest double that is not below ``exact``: a larger delta is a weaker statement."""
    near = float(exact)
    return near if Fraction(near) >= exact else math.nextafter(near, math.inf)


def rounded_down(exact: Fraction) -> float:
    """Return the largest double that is not above ``exact``: a smaller delta is a stricter statement."""
    near = float(exact)
    return near if Fraction(near) <= exact else math.nextafter(near, -math.inf)


@cache
def _epsilon(nano_rho: int, delta: float) -> float:
    """Convert rho-zCDP to epsilon at ``delta`` by OpenDP's own curve."""
    from opendp import combinators, domains, measurements, metrics
    from opendp.mod import enable_features

    enable_features("contrib")
    # A Gaussian whose map gives exactly the rho in question stands for any rho-zCDP
    # mechanism: rho = (d_in / scale)^2 / 2, so scale 1 needs d_in = sqrt(2 rho).
    gaussian = measurements.make_gaussian(
        domains.atom_domain(T="f64", nan=False), metrics.absolute_distance(T="f64"), scale=1.0
    )
    d_in = math.sqrt(2 * nano_rho / NANO)
    while gaussian.map(d_in) < nano_rho / NANO:
        d_in = math.nextafter(d_in, math.inf)
    return float(combinators.make_zCDP_to_approxDP(gaussian).map(d_in).epsilon(delta))


@cache
def _largest_nano_rho(epsilon: float, delta: float) -> int:
    """Search the largest integer nano-rho that implies (epsilon, delta)-DP."""
    low, high = 0, math.ceil(epsilon * NANO) + 1
    while _epsilon(high, delta) <= epsilon:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _epsilon(middle, delta) <= epsilon else (low, middle)
    return low
