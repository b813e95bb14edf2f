"""Which values of which heap lie in which bin of a column, and the one at a share of them.

A *part* is what a bin and a heap have in common, of one sign: so many values, at equal
or regularly changing distances, that can be numbered without being listed. Of
reals that are not multiples of the unit it is an interval.

Example:
    >>> from synth_assets.domain.column import Column
    >>> parts = Parts.of(Heaping.of(Column(name="paid", kind="integer", maximum=99_999, edges=(100, 1_000))))
    >>> inside = parts.bins == 1
    >>> int(parts.counts[inside].sum()), parts.heaps.size
    (900, 116)
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain.column import Column
from synth_assets.domain.heaping import ENDINGS, FINER, ZERO, Heaping
from synth_assets.domain.kinds.grid import GridBins

__all__ = ["Parts", "bins_of"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

PER_UNIT = 10.0
"""Values that a unit of an interval of reals counts as, so that nearly all of them are finer than units."""
_LENGTHS = np.array([len(numbers) for numbers in ENDINGS.values()])
_STARTS = np.cumsum(_LENGTHS) - _LENGTHS
_NUMBERS = np.array([number for numbers in ENDINGS.values() for number in numbers], dtype=np.int64)
_FAR = np.iinfo(np.int64).max


def bins_of(column: Column, values: Floats) -> Integers:
    """Return the regular code of each value within the bounds, whether or not it is a special one."""
    codes = np.searchsorted(column.bounds(), values, side="right") - 1
    return np.asarray(np.clip(codes, 0, column.regular - 1), np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class Parts:
    """All parts of a column, sorted by bin; one number per part in each array.

    Attributes:
        heaping: the column's heaps.
        bins: the regular code.
        heaps: the heap.
        counts: how many values it has.
        sign: 1 or -1.
        before: how many values of the heap are nearer to zero than the bin; of an interval, where it begins, in units.
        skipped: numbers of special values among them, ascending, which the part leaves out, shape (most, parts).
    """

    heaping: Heaping
    bins: Integers
    heaps: Integers
    counts: Floats
    sign: Integers
    before: Floats
    skipped: Integers

    @classmethod
    def of(cls, heaping: Heaping) -> Self:
        """Find all parts that hold a value."""
        bounds, grid = heaping.column.bounds(), heaping.grid
        step = grid.numerator / grid.denominator
        bins = GridBins.of(bounds, step=step, closed=not heaping.column.kind_of.whole)
        first, end = bins.first.astype(np.int64), bins.end.astype(np.int64)
        listed = [_zeros(first, end, free=0 not in heaping.column.specials)]
        for sign, low, high in ((1, first, end), (-1, 1 - end, 1 - first)):
            listed += [_members(heap, heaping, low, high, sign) for heap in range(ZERO + 1, heaping.size)]
        if FINER in heaping.level:
            listed += _intervals(heaping, bounds / step)
        columns = [np.concatenate(column) for column in zip(*listed, strict=True)]
        order = np.argsort(columns[0], kind="stable")
        parts = cls._of(heaping, *(column[order] for column in columns), np.zeros((0, order.size), np.int64))
        return parts._without_specials()  # noqa: SLF001 - of this class

    @classmethod
    def _of(cls, heaping: Heaping, *columns: NDArray[Any]) -> Self:
        bins, heaps, counts, sign, before, skipped = columns
        return cls(heaping=heaping, bins=bins, heaps=heaps, counts=counts, sign=sign, before=before, skipped=skipped)

    def _without_specials(self) -> Self:
        """Leave special values out of the parts that would hold them."""
        grid, ranks = self.heaping.grid, dict[int, list[int]]()
        for special in self.heaping.column.specials:
            part = self._part_of(special)
            if part >= 0 and special and grid.holds(np.array([special]))[0]:
                count = np.abs(grid.first(np.array([special]))).astype(np.int64)
                heap = self.heaps[part]
                rank = _up_to(count, int(self.heaping.level[heap]), int(self.heaping.ending[heap]))[0]
                ranks.setdefault(part, []).append(int(rank - self.before[part]))
        skipped = np.full((max(map(len, ranks.values()), default=0), self.bins.size), _FAR)
        counts = self.counts.copy()
        for part, numbers in ranks.items():
            skipped[: len(numbers), part] = sorted(numbers)
            counts[part] -= len(numbers)
        kept = counts > 0
        columns = (self.bins, self.heaps, counts, self.sign, self.before)
        return self._of(self.heaping, *(column[kept] for column in columns), skipped[:, kept])

    def _part_of(self, value: float) -> int:
        """Return the part that holds a value, -1 if none does."""
        column = self.heaping.column
        if not column.minimum <= value <= column.maximum:
            return -1
        code = bins_of(column, np.array([value]))[0]
        heap = self.heaping.heaps_inside(np.array([value]))[0]
        matches = (self.bins == code) & (self.heaps == heap) & (self.sign == (1 if value >= 0 else -1))
        return int(np.argmax(matches)) if matches.any() else -1

    @cached_property
    def _factor(self) -> Floats:
        """What a number without its zeros is multiplied by, shape (parts,)."""
        factor = self.sign * 10.0 ** np.maximum(self.heaping.level[self.heaps], 0)
        return np.where(self.heaps == ZERO, 0.0, factor)

    @cached_property
    def _every(self) -> Floats:
        """How many of a hundred successive numbers have the ending, shape (parts,)."""
        return _LENGTHS[np.maximum(self.heaping.ending[self.heaps], 0)].astype(np.float64)

    @cached_property
    def _from(self) -> Integers:
        return np.asarray(_STARTS[np.maximum(self.heaping.ending[self.heaps], 0)])

    @cached_property
    def _bounds(self) -> Floats:
        return self.heaping.column.bounds()

    @cached_property
    def _finer(self) -> NDArray[np.bool_]:
        finer: NDArray[np.bool_] = self.heaping.level[self.heaps] == FINER
        return finer

    def values(self, part: NDArray[Any], share: Floats) -> Floats:
        """Return the value at a share, in [0, 1), of each part, shape (rows,)."""
        counts, every = self.counts[part], self._every[part]
        number = np.minimum(np.floor(share * counts), counts - 1)
        for skipped in self.skipped:
            number += number >= skipped[part]
        number += self.before[part]
        times = np.floor((number + 0.5) / every)
        number -= times * every
        times *= 100
        times += _NUMBERS[self._from[part] + number.astype(np.int64)]
        times *= self._factor[part]
        values = self.heaping.grid.values(times)
        if self._finer.any():
            finer = self._finer[part]
            values[finer] = self._reals(part[finer], share[finer])
        return values

    def _reals(self, part: NDArray[Any], share: Floats) -> Floats:
        """Return reals inside the bins of parts that are intervals, beside special values."""
        column, grid = self.heaping.column, self.heaping.grid
        low, high = self._bounds[self.bins[part]], self._bounds[self.bins[part] + 1]
        counts = self.sign[part] * (self.before[part] + share * self.counts[part] / PER_UNIT)
        inside = np.clip(counts / grid.denominator * grid.numerator, low, np.nextafter(high, low))
        for special in column.specials:
            inside = np.where(inside == special, np.nextafter(inside, high), inside)
        return np.asarray(inside)


def _up_to(end: Integers, level: int, ending: int) -> Integers:
    """Return how many values of a level and ending there are below each number of units."""
    power, numbers = 10**level, np.array(_NUMBERS[_STARTS[ending] : _STARTS[ending] + _LENGTHS[ending]])
    times, rest = np.divmod(-(-np.maximum(end, 0) // power), 100)
    return np.asarray(times * numbers.size + np.searchsorted(numbers, rest), dtype=np.int64)


def _members(heap: int, heaping: Heaping, low: Integers, high: Integers, sign: int) -> tuple[NDArray[Any], ...]:
    """Return the parts of a heap for bins that hold the magnitudes from ``low`` to before ``high``."""
    level, ending, decade = (int(facts[heap]) for facts in (heaping.level, heaping.ending, heaping.decade))
    if level == FINER:
        return _nothing()
    least, most = 10 ** (decade - 1), 10**decade
    before = _up_to(np.clip(low, least, most), level, ending)
    counts = _up_to(np.clip(high, least, most), level, ending) - before
    bins = np.flatnonzero(counts > 0)
    return _as_parts(bins, heap, counts[bins], sign, before[bins])


def _zeros(first: Integers, end: Integers, *, free: bool) -> tuple[NDArray[Any], ...]:
    bins = np.flatnonzero((first <= 0) & (end > 0) & free)
    return _as_parts(bins, ZERO, np.ones(bins.size), 1, np.zeros(bins.size))


def _intervals(heaping: Heaping, bounds: Floats) -> list[tuple[NDArray[Any], ...]]:
    """Return the parts that are intervals; bounds are in units."""
    found = []
    for sign, low, high in ((1, bounds[:-1], bounds[1:]), (-1, -bounds[1:], -bounds[:-1])):
        for heap in np.flatnonzero(heaping.level == FINER).tolist():
            decade = int(heaping.decade[heap])
            least, most = 0.0 if decade == 1 else 10.0 ** (decade - 1), 10.0**decade
            start, end = np.clip(low, least, most), np.clip(high, least, most)
            bins = np.flatnonzero(end > start)
            found.append(_as_parts(bins, heap, PER_UNIT * (end - start)[bins], sign, start[bins]))
    return found


def _as_parts(
    bins: NDArray[Any], heap: int, counts: NDArray[Any], sign: int, before: NDArray[Any]
) -> tuple[NDArray[Any], ...]:
    size = bins.size
    return bins, np.full(size, heap), counts.astype(np.float64), np.full(size, sign), before.astype(np.float64)


def _nothing() -> tuple[NDArray[Any], ...]:
    return _as_parts(np.zeros(0, np.int64), 0, np.zeros(0), 1, np.zeros(0))
