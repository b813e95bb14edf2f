r"""The mean of a number in a range from two noisy sums: how to weigh the number against the count.

A row with value ``f`` adds ``(a (f - c), b)``. With ``S`` and ``n`` the two sums,
the mean is ``c + S / (a n) ``, counted in units of ``b``. Let ``M`` be the largest
``|f - c|`` and ``t`` the mean. The noise has the parameter of one sum whose rows
have norm 1 if ``a^2 M^2 + b^2 = 1``, and the mean then has the variance
``(1 / a^2 + (t - c)^2 / b^2) / n^2``. By Cauchy and Schwarz it is at least
``(M + |t - c|)^2 / n^2``, and

    a^2 M^2 = M / (M + |t - c|),    b^2 = |t - c| / (M + |t - c|)

attains it. With ``c`` in the middle of the range, ``M + |t - c|`` is the distance from
``t`` to the farther end, and no linear query has less: a row at that end moves
``S - (t - c) n`` by as much. So a mean of .9 of values in [0, 1] has the
deviation .9 scale / n, where a plain sum and a count (``c = 0``, ``a = b``) have 1.9.

``t`` is not known before; a public guess takes its place, such as the synthetic
table's. Being wrong by e costs a factor of 1 + e^2 / (2 |t - c| (M + |t - c|)), to
second order. ``b`` is kept from vanishing, because ratios need a sure count.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synth_assets.errors import UsageError
from synth_assets.evaluation.estimate.reach import Floats

__all__ = ["UNIT", "Centred", "centred"]

UNIT = 2**16
"""Norm of a row's weights: rounding them to integers moves a value by less than 1 / 20,000 of its range."""
_LEAST_COUNT = 0.2
"""Smallest share of a row's squared norm that goes to the count."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Centred:
    """Integer weights of a value and of a count.

    Attributes:
        weights: int64, shape (places, 2); each row's norm is at most the unit.
        gain: ``a``, weight of the value.
        count: ``b``, weight of a row.
        centre: ``c``.
    """

    weights: NDArray[np.int64]
    gain: float
    count: int
    centre: float

    @property
    def values(self) -> Floats:
        """The values as they are added up after rounding, shape (places,)."""
        return self.centre + self.weights[:, 0] / self.gain

    @property
    def above(self) -> Floats:
        """Weights of the two sums that give the sum of values."""
        return np.array([1 / self.gain, self.centre / self.count])

    @property
    def below(self) -> Floats:
        """Weights of the two sums that give the number of rows."""
        return np.array([0.0, 1 / self.count])


def centred(values: ArrayLike, *, expected: float, unit: int = UNIT) -> Centred:
    """Weigh the value of each place against a count.

    Args:
        values: the value of each place, shape (places,).
        expected: a public guess of the mean over real rows.
        unit: largest norm of a row of weights.

    Raises:
        UsageError: there is no value, or one is not finite.
    """
    numbers = np.asarray(values, dtype=np.float64).ravel()
    if numbers.size == 0 or not np.isfinite(numbers).all() or not math.isfinite(expected):
        raise UsageError("the values of places must be finite numbers", hint="give each place one value")
    lowest, highest = float(numbers.min()), float(numbers.max())
    centre, half = (lowest + highest) / 2, max((highest - lowest) / 2, 1e-9)
    off = min(abs(expected - centre), half)
    share = max(off / (half + off), _LEAST_COUNT)
    gain, count = unit * math.sqrt(1 - share) / half, math.floor(unit * math.sqrt(share))
    weights = np.column_stack([np.trunc(gain * (numbers - centre)), np.full(numbers.shape, count)])
    return Centred(weights=weights.astype(np.int64), gain=gain, count=count, centre=centre)
