"""Privacy units, losses and caps, and the conversion to (epsilon, delta) through OpenDP.

What is admitted, charged and composed is zCDP: rho in integer nano-rho
(1e-9) plus the deltas of thresholds in integer atto-delta (1e-18). A request
is rounded up and a cap is rounded down, so rounding never understates a privacy
loss. (epsilon, delta) is derived from these integers by OpenDP.

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
from functools import cache
from typing import Any, Literal, Self

from synth_assets.errors import UsageError

__all__ = [
    "ATTO",
    "HELD_OUT",
    "LARGEST_DELTA",
    "MEASURED",
    "MOST_ROWS",
    "NANO",
    "PARTS",
    "Cap",
    "Neighbours",
    "PrivacyLoss",
    "PrivacyUnit",
    "atto_delta_of",
    "compose",
    "epsilon_of",
    "nano_rho_of",
    "rho_of",
    "rounded_down",
    "rounded_up",
]

NANO = 10**9
"""Units in a rho of 1."""
ATTO = 10**18
"""Units in a delta of 1."""

LARGEST_DELTA = 0.01
"""What every delta stays below: with this one, publishing one of a hundred people outright would keep the promise."""
MOST_ROWS = 1000
"""Most rows of one unit that are counted: the noise grows with them."""

MEASURED = "measured"
"""The units that releases read."""
HELD_OUT = "held_out"
"""The units that checks on real people read, and releases never."""
PARTS = (MEASURED, HELD_OUT)
"""The parts of a split account: each of its units is in exactly one."""

Neighbours = Literal["add_remove_unit"]
"""Which tables are neighbours: those that differ by one whole unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyUnit:
    """Who is protected: one row, or all rows that share a value of ``column``.

    Attributes:
        column: the column that names the unit; ``None`` means each row is one.
        max_rows: the contribution bound: at most this many rows of one unit are counted.
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
        """Describe the unit in the words that go into a datasheet."""
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
        # The decimal as it was written: the double 3e-9 is not exactly three times the double 1e-9.
        atto = math.floor(Fraction(repr(self.threshold_delta)) * ATTO)
        remaining_delta = rounded_down(Fraction(self.delta) - Fraction(atto, ATTO))
        return PrivacyLoss(nano_rho=_largest_nano_rho(self.epsilon, remaining_delta), atto_delta=atto)


def compose(losses: Iterable[PrivacyLoss]) -> PrivacyLoss:
    """Sum losses on the same units; the empty sum is zero."""
    return sum(losses, start=PrivacyLoss(nano_rho=0))


def nano_rho_of(rhos: Iterable[float]) -> int:
    """Sum rhos exactly and round up once, so that rounding costs less than one nano-rho for any number of them."""
    return math.ceil(sum((Fraction(rho) for rho in rhos), start=Fraction(0)) * NANO)


def atto_delta_of(deltas: Iterable[float]) -> int:
    """Sum the deltas of thresholds exactly and round up once."""
    return math.ceil(sum((Fraction(delta) for delta in deltas), start=Fraction(0)) * ATTO)


def epsilon_of(loss: PrivacyLoss, *, delta: float) -> float:
    """Return the smallest epsilon of (epsilon, ``delta``)-DP that ``loss`` implies.

    Raises:
        UsageError: when the thresholds alone use up ``delta``.
    """
    remaining_delta = rounded_down(Fraction(delta) - Fraction(loss.atto_delta, ATTO))
    if loss.nano_rho == 0 and remaining_delta >= 0:
        return 0.0
    if remaining_delta <= 0:
        raise UsageError(f"delta={delta} is not above the deltas spent on thresholds", hint="state a larger delta")
    return _epsilon(loss.nano_rho, remaining_delta)


def rho_of(*, epsilon: float, delta: float) -> float:
    """Return the largest rho, in whole nano-rho, whose zCDP implies (epsilon, delta)-DP."""
    return _largest_nano_rho(epsilon, delta) / NANO


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
    """Convert rho-zCDP to epsilon at ``delta`` by OpenDP's privacy curve."""
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
    """Search for the largest integer nano-rho that implies (epsilon, delta)-DP."""
    low, high = 0, math.ceil(epsilon * NANO) + 1
    while _epsilon(high, delta) <= epsilon:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _epsilon(middle, delta) <= epsilon else (low, middle)
    return low
