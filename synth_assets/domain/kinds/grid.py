"""The multiples of a step: which of them lie in a bin, and which numbers they are.

A step is read as people write it: 0.1 is a tenth and not the double beside it.
So a multiple is an integer times an integer, divided once, which is the double
that a file with that many digits is read as, and 3 times 0.1 is 0.3.

Example:
    >>> tenths = Grid.of(0.1)
    >>> tenths.values(np.array([1.0, 3.0, 11.0])).tolist()
    [0.1, 0.3, 1.1]
    >>> tenths.first(np.array([0.3, 0.31, 1.1])).tolist()
    [3.0, 4.0, 11.0]
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["FINEST_STEP", "LARGEST_COUNT", "Grid", "GridBins"]

LARGEST_COUNT = 2**53
"""Beyond it doubles skip whole numbers, and so multiples."""
FINEST_STEP = 1e-15
"""The finest step that a column may have."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """All multiples of ``numerator / denominator``."""

    numerator: int
    denominator: int

    @classmethod
    def of(cls, step: float) -> Self:
        """Return the multiples of a step, which is above 0."""
        exact = Fraction(str(float(step)))
        return cls(numerator=exact.numerator, denominator=exact.denominator)

    def values(self, counts: Floats) -> Floats:
        """Return the multiples of these counts; the shape stays."""
        return counts * float(self.numerator) / float(self.denominator)

    def first(self, numbers: Floats) -> Floats:
        """Return the count of the smallest multiple that is not below each number; the shape stays."""
        counts = np.rint(numbers * float(self.denominator) / float(self.numerator))
        return np.where(self.values(counts) < numbers, counts + 1, counts)

    def last(self, numbers: Floats) -> Floats:
        """Return the count of the largest multiple that is not above each number; the shape stays."""
        counts = self.first(numbers)
        return np.where(self.values(counts) > numbers, counts - 1, counts)

    def holds(self, numbers: Floats) -> NDArray[np.bool_]:
        """Tell of each number whether it is a multiple; the shape stays."""
        on_grid: NDArray[np.bool_] = self.values(self.first(numbers)) == numbers
        return on_grid

    def reaches(self, number: float) -> bool:
        """Tell whether doubles hold all multiples up to a number apart."""
        return max(abs(number) * self.denominator, self.numerator) <= LARGEST_COUNT


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GridBins:
    """The multiples in each bin of a column, from which its values are drawn evenly.

    Attributes:
        grid: all multiples.
        low: where each bin begins, shape (bins,).
        first: count of the first multiple in each bin, shape (bins,).
        end: count of the first multiple behind each bin, shape (bins,).
        taken: counts of multiples that are not in their bins, ascending.
    """

    grid: Grid
    low: Floats
    first: Floats
    end: Floats
    taken: Floats

    @classmethod
    def of(cls, bounds: Floats, *, step: float, closed: bool, taken: Sequence[float] = ()) -> Self:
        """Find the multiples between successive bounds, without those that are ``taken``.

        The last bin holds its end only if it is ``closed``.
        """
        grid = Grid.of(step)
        numbers = np.array(sorted(taken), dtype=np.float64)
        away = grid.first(numbers[grid.holds(numbers)])
        begins = grid.first(bounds)
        end = grid.last(bounds[-1:]) + 1 if closed else begins[-1:]
        ends = np.concatenate([begins[1:-1], end])
        return cls(grid=grid, low=bounds[:-1], first=begins[:-1], end=np.maximum(ends, begins[:-1]), taken=away)

    @property
    def points(self) -> Floats:
        """Number of multiples in each bin, shape (bins,); where there are none, its value is ``low``."""
        points = self.end - self.first
        for count in self.taken:
            points = points - self._held(count)
        return points

    def at(self, regular: NDArray[Any], share: Floats) -> Floats:
        """Return the multiple at a share, in [0, 1), of each regular code's bin, shape (rows,)."""
        points, first = self.points[regular], self.first[regular]
        counts = first + np.minimum(np.floor(share * points), points - 1)
        for count in self.taken:
            counts = counts + ((first <= count) & (count <= counts))
        return np.where(points > 0, self.grid.values(counts), self.low[regular])

    def shares(self, regular: NDArray[Any], numbers: Floats) -> Floats:
        """Invert :meth:`at`: the middle of the share of the bin that stands for each number."""
        counts, first = self.grid.last(numbers), self.first[regular]
        before = sum(((first <= count) & (count < counts) for count in self.taken), np.zeros(len(counts)))
        shares: Floats = (counts - before - first + 0.5) / np.maximum(self.points[regular], 1)
        return shares

    def means(self) -> Floats:
        """Return the mean of each bin's multiples, shape (bins,)."""
        sums = (self.end - self.first) * (self.first + self.end - 1) / 2
        for count in self.taken:
            sums = sums - count * self._held(count)
        return np.where(self.points > 0, self.grid.values(sums / np.maximum(self.points, 1)), self.low)

    def _held(self, count: float) -> NDArray[np.bool_]:
        """Tell of each bin whether it would hold the multiple of a count."""
        held: NDArray[np.bool_] = (self.first <= count) & (count < self.end)
        return held
