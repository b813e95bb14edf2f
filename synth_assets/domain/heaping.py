"""How round the values of a number are: a public coding of them, beside the codes of its bins.

People round, and so values heap at some multiples of powers of ten. What a bin
does not say of its values, this coding does. It reads a value as a whole number of
*units*: the column's step, 1, or, for a real number that declares no digits, a
power of ten with about ten digits. A *heap* holds all values with the same number
of digits (the *decade*), the same number of zeros at their end (the *level*) and the
same *ending* before these: 5, 25 or 75, 9, 99, 95, another even or odd digit. A value with
one digit before its zeros is in a heap of its own, of that digit. Negative numbers
are in the heap of their magnitude. A real number that is not a multiple of the unit is in the
heap of its decade for those.

The coding follows from the column alone, so it is public.

Example:
    >>> from synth_assets.domain.column import Column
    >>> heaping = Heaping.of(Column(name="paid", kind="integer", maximum=99_999, edges=(100, 1_000)))
    >>> [heaping.label(heap) for heap in heaping.heaps_of(np.array([1_200.0, 8_600.0, 1_225.0, 50_000.0])).tolist()]
    ['4 digits, 2 zeros, even', '4 digits, 2 zeros, even', '4 digits, 0 zeros, 25 or 75', '5 digits, 4 zeros, 5']
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain.column import Column
from synth_assets.domain.kinds.grid import Grid
from synth_assets.domain.kinds.kind import Codes, ColumnKind
from synth_assets.domain.kinds.number import Float, Integer

__all__ = ["ELSEWHERE", "ENDINGS", "ENDING_OF", "FINER", "ONLY_ONE", "ZERO", "HeapedColumn", "Heaping", "has_heaps"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

DIGITS = 10
"""Digits that are told apart of a real number, from those of the largest value down."""
LEAST_DECIMALS, MOST_DECIMALS = 2, 12
"""Digits behind the point that are told apart of a real number, at least and at most."""
ENDINGS: dict[str, tuple[int, ...]] = {
    "even": tuple(number for number in range(100) if number % 10 in (2, 4, 6, 8)),
    "odd": tuple(number for number in range(100) if number % 10 in (1, 3, 7)),
    "5": (5, 15, 35, 45, 55, 65, 85),
    "25 or 75": (25, 75),
    "95": (95,),
    "9": tuple(range(9, 99, 10)),
    "99": (99,),
    **{f"only {digit}": (digit,) for digit in range(1, 10)},
}
"""What stands before the zeros: the last two digits of all that these endings have."""
_NAMES = tuple(ENDINGS)
ONLY_ONE = _NAMES.index("only 1")
"""Position of the first ending of values with one digit before their zeros."""
ENDING_OF = np.zeros(100, np.int64)
for _ending, _numbers in enumerate(ENDINGS.values()):
    if _ending < ONLY_ONE:
        ENDING_OF[list(_numbers)] = _ending
"""Position of the ending of each number below 100 that is not a multiple of ten."""
ELSEWHERE, ZERO = 0, 1
"""Heaps of what has no digits: null, special values, what cannot be read; and of zero where it is none of these."""
FINER = -1
"""Level of a heap of reals that are not multiples of the unit."""
_MOST_DIGITS = 15
"""Whole numbers of so many digits are doubles."""
_TEN = 10
_POWERS = 10 ** np.arange(19, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Heaping:
    """The heaps of one column, numbered from 0.

    Attributes:
        column: a number in bins.
        grid: the multiples of its unit.
        decade: number of digits of the values of each heap, shape (size,); 0 of the first two.
        level: number of zeros at their end, or :data:`FINER`.
        ending: position in :data:`ENDINGS`; -1 where there is none.
    """

    column: Column
    grid: Grid
    decade: Integers
    level: Integers
    ending: Integers

    @classmethod
    def of(cls, column: Column) -> Self:
        """Return the heaps of a column, see :func:`has_heaps`."""
        return cls(column=column, **_layout(_unit_of(column), _digits_of(column), not _has_step(column)))

    @property
    def size(self) -> int:
        """Number of heaps."""
        return self.decade.size

    def label(self, heap: int) -> str:
        """Say what a heap holds."""
        if heap in (ELSEWHERE, ZERO):
            return ("elsewhere", "zero")[heap]
        if self.level[heap] == FINER:
            return f"{self.decade[heap]} digits, finer"
        ending = _NAMES[self.ending[heap]].removeprefix("only ")
        return f"{self.decade[heap]} digits, {self.level[heap]} zeros, {ending}"

    def heaps_of(self, numbers: Floats) -> Codes:
        """Return the heap of each number, shape (rows,): total; numbers are clamped as those of codes are."""
        column, kind = self.column, self.column.kind_of
        known = np.isfinite(numbers)
        values = np.clip(np.where(known, numbers, column.minimum), column.minimum, column.maximum)
        for special in column.specials:
            known &= (values != special) & (numbers != special)
        for token in column.null_tokens:
            known &= numbers != kind.read(column, token)  # type: ignore[attr-defined]
        return np.where(known, self.heaps_inside(values), ELSEWHERE).astype(np.uint16)

    def codes_of(self, numbers: Floats, *, listed: Sequence[float]) -> Codes:
        """Return the heap of each number, shape (rows,), or :attr:`size` plus its position among listed values.

        Args:
            numbers: read as by :meth:`heaps_of`.
            listed: values of the column, ascending.
        """
        heaps = self.heaps_of(numbers)
        if not listed:
            return heaps
        values = np.clip(np.nan_to_num(numbers), self.column.minimum, self.column.maximum)
        values = self.grid.values(self.grid.last(values)) if _has_step(self.column) else values
        known = np.array(listed, dtype=np.float64)
        position = np.minimum(np.searchsorted(known, values), known.size - 1)
        is_listed = (known[position] == values) & (heaps != ELSEWHERE)
        return np.where(is_listed, self.size + position, heaps).astype(np.uint16)

    def heaps_inside(self, values: Floats) -> Integers:
        """Return the heap of each number within the bounds, shape (rows,); special values are numbers like others."""
        counts = np.abs(self.grid.last(values)).astype(np.int64)
        decade = np.searchsorted(_POWERS, counts, side="right").astype(np.int64)
        level = np.zeros(counts.shape, np.int64)
        for zeros in range(1, int(self.decade[-1])):
            level += counts % _POWERS[zeros] == 0
        level = np.minimum(level, np.maximum(decade - 1, 0))
        before = counts // _POWERS[level]
        ending = np.where(before < _TEN, ONLY_ONE - 1 + before, ENDING_OF[before % 100])
        starts = self._starts()
        heaps = np.where(counts == 0, ZERO, starts[decade, level - FINER] + ending)
        if _has_step(self.column):
            return heaps
        return np.where(self.grid.holds(values), heaps, starts[np.maximum(decade, 1), 0])

    def _starts(self) -> Integers:
        """Return the number of the heap with the first ending, by decade and by level from :data:`FINER` on."""
        most = int(self.decade[-1])
        starts = np.zeros((most + 1, most + 1), np.int64)
        starts[self.decade, self.level - FINER] = np.arange(self.size) - np.maximum(self.ending, 0)
        return starts


class _HeapedInteger(Integer):
    __slots__ = ()

    def encode_numbers(self, column: Any, numbers: Floats) -> Codes:
        """See ``Number``."""
        return Heaping.of(column).codes_of(numbers, listed=column.listed)


class _HeapedFloat(Float):
    __slots__ = ()

    def encode_numbers(self, column: Any, numbers: Floats) -> Codes:
        """See ``Number``."""
        return Heaping.of(column).codes_of(numbers, listed=column.listed)


_READ_AS_HEAPS: dict[str, ColumnKind] = {"integer": _HeapedInteger(), "float": _HeapedFloat()}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeapedColumn(Column):
    """A column whose values are read as it reads them, and become their heaps instead of codes of bins.

    Attributes:
        listed: values that have a code of their own behind those of heaps, ascending.
    """

    listed: tuple[float, ...] = ()

    @classmethod
    def of(cls, column: Column, *, listed: tuple[float, ...] = ()) -> Self:
        """Return a column that has heaps, read as these."""
        return cls(**{name: getattr(column, name) for name in Column.__slots__}, listed=listed)

    @property
    def kind_of(self) -> ColumnKind:
        """See ``Column``."""
        return _READ_AS_HEAPS[self.kind]

    @property
    def size(self) -> int:
        """Number of heaps and listed values."""
        return Heaping.of(self).size + len(self.listed)

    @property
    def fallback_code(self) -> int:
        """The heap of null and of what cannot be read."""
        return ELSEWHERE


def has_heaps(column: Column) -> bool:
    """Tell whether a column has heaps: a whole or real number in bins, within which doubles tell all units apart."""
    if not column.kind_of.has_zero or not 0 < column.maximum - column.minimum < math.inf:
        return False
    return not column.exact and 1 <= _digits_of(column) <= _MOST_DIGITS


def _has_step(column: Column) -> bool:
    return bool(column.step) or column.kind_of.whole


def _largest(column: Column) -> float:
    return max(abs(column.minimum), abs(column.maximum))


def _unit_of(column: Column) -> Grid:
    if _has_step(column):
        return Grid.of(column.step or 1)
    before = math.floor(math.log10(_largest(column))) + 1
    decimals = min(max(DIGITS - before, LEAST_DECIMALS), MOST_DECIMALS)
    return Grid(numerator=1, denominator=10**decimals)


def _digits_of(column: Column) -> int:
    """Return the digits of the largest value in units; 0 if there is none, or more than doubles have."""
    unit = _unit_of(column)
    if not unit.reaches(_largest(column)):
        return 0
    most = unit.last(np.array([_largest(column)]))[0]
    return len(str(int(most))) if most >= 1 else 0


@lru_cache(maxsize=256)
def _layout(grid: Grid, digits: int, finer: bool) -> dict[str, Any]:  # noqa: FBT001 - positional for the cache
    """Return the fields of :class:`Heaping` other than the column."""
    heaps = [(0, 0, -1), (0, 0, -1)]
    heaps += [(decade, FINER, -1) for decade in range(1, digits + 1) if finer]
    for decade in range(1, digits + 1):
        heaps += [(decade, level, ending) for level in range(decade - 1) for ending in range(ONLY_ONE)]
        heaps += [(decade, decade - 1, ending) for ending in range(ONLY_ONE, len(_NAMES))]
    decade, level, ending = np.array(heaps, dtype=np.int64).T
    return {"grid": grid, "decade": decade, "level": level, "ending": ending}
