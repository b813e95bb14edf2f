"""Noise on tables: OpenDP's discrete Gaussian on integers, the only one that tables get.

A caller says how many rows one unit can touch and how much rho a table may
cost; the scale follows from OpenDP's own search over the mechanism's map. Noise
cannot be seeded. What was spent is summed exactly, as fractions, and an
:class:`Odometer` refuses before a draw would pass what the reservation paid.

Example:
    >>> noise = make_noise(d_in=3, rho=0.05)
    >>> round(noise.scale, 3), noise.rho <= 0.05
    (9.487, True)

References:
    Canonne, Kamath and Steinke (2020), "The Discrete Gaussian for
    Differential Privacy", https://arxiv.org/abs/2004.00010; the argument for
    tables is in ``docs/privacy/noise.md``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth_assets.errors import Fault
from synth_assets.privacy import ATTO, NANO, PrivacyLoss, atto_delta_of, nano_rho_of, rounded_down

__all__ = ["CountNoise", "Odometer", "draw_counts", "make_noise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountNoise:
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


class Odometer:
    """Sums what was spent and refuses what would pass the cap.

    Args:
        cap: what the reservation paid.
    """

    __slots__ = ("_cap", "_deltas", "_spent")

    def __init__(self, cap: PrivacyLoss) -> None:
        self._cap = cap
        self._spent: list[float] = []
        self._deltas: list[float] = []

    @property
    def left(self) -> float:
        """Rho that is left, rounded down."""
        return rounded_down(Fraction(self._cap.nano_rho, NANO) - sum(map(Fraction, self._spent), start=Fraction(0)))

    @property
    def delta_left(self) -> float:
        """Delta for thresholds that is left, rounded down."""
        spent = sum(map(Fraction, self._deltas), start=Fraction(0))
        return rounded_down(Fraction(self._cap.atto_delta, ATTO) - spent)

    def spend(self, rhos: Iterable[float], *, deltas: Iterable[float] = ()) -> None:
        """Note that mechanisms of these losses are about to be drawn; ``deltas`` are those of thresholds.

        Raises:
            Fault: a sum would pass the cap; nothing is noted and nothing may be drawn.
        """
        spent, used = [*self._spent, *rhos], [*self._deltas, *deltas]
        if not PrivacyLoss(nano_rho=nano_rho_of(spent), atto_delta=atto_delta_of(used)).fits(self._cap):
            raise Fault("a draw would pass what the reservation paid", hint="ask for less")
        self._spent, self._deltas = spent, used


@cache
def make_noise(*, d_in: int, rho: float) -> CountNoise:
    """Find the least noise on one table that costs at most ``rho``.

    Args:
        d_in: of a table ``max_rows``, because all of a unit's rows may fall in one
            cell; of a vector of scores :func:`~synth_assets.release.l2_sensitivity`.
        rho: its price at most.

    Raises:
        Fault: ``rho`` or ``d_in`` is out of range.
    """
    if d_in < 1 or not 0 < rho < float("inf"):
        raise Fault(f"d_in={d_in} must be >= 1 and rho={rho} finite and > 0", hint="check the strategy")
    from opendp.mod import binary_search_param, serialize

    scale = binary_search_param(_gaussian, d_in=d_in, d_out=rho, T=float)
    measurement = _gaussian(scale)
    return CountNoise(
        d_in=d_in,
        scale=float(scale),
        rho=float(measurement.map(d_in)),
        mechanism=serialize(measurement),
    )


def draw_counts(counts: NDArray[np.int64], noise: CountNoise) -> NDArray[np.int64]:
    """Return ``counts`` with fresh noise, in their shape; calling again is a second release and costs again."""
    noisy = _gaussian(noise.scale)(counts.ravel())
    return np.asarray(noisy, dtype=np.int64).reshape(counts.shape)


def _gaussian(scale: float) -> Any:
    # opendp.prelude would do, but loads Polars and scikit-learn, which takes ten times as long.
    from opendp import domains, measurements, metrics
    from opendp.mod import enable_features

    enable_features("contrib")
    space = domains.vector_domain(domains.atom_domain(T="i64")), metrics.l2_distance(T="i64")
    return measurements.make_gaussian(*space, scale=scale)
