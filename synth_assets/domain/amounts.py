"""Which values of two columns can be compared beyond what bins say, and as which numbers: a public function of one row.

An *amount* is a column of numbers, dates or times in bins that hold several values. Two amounts
are *comparable* if they count in the same unit and their ranges overlap. Only values in bins of
several are compared; null, special values and values with a bin of their own are not, because
tables of codes know them.

Example:
    >>> bill = Column(name="bill", kind="integer", minimum=-99, maximum=99, edges=(0, 1))
    >>> compared(bill, np.array([-5.4, 0.0, 7.0, 200.0, np.nan])).tolist()
    [-6.0, nan, 7.0, 99.0, nan]
"""

import math
from itertools import combinations
from typing import cast

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain.column import Column, Domain
from synth_assets.domain.kinds.grid import LARGEST_COUNT, Grid, GridBins
from synth_assets.domain.kinds.number import Number

__all__ = ["comparable", "comparable_pairs", "compared", "is_amount", "several"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def is_amount(column: Column) -> bool:
    """Tell whether a column has bins of several values, all of which doubles tell apart."""
    if not column.numeric or column.exact or not 0 < column.maximum - column.minimum < math.inf:
        return False
    return max(abs(column.minimum), abs(column.maximum)) <= LARGEST_COUNT and bool(several(column).any())


def comparable(a: Column, b: Column) -> bool:
    """Tell whether two columns are amounts in one unit, and of ranges that overlap."""
    if not (is_amount(a) and is_amount(b)) or a.kind_of.has_zero != b.kind_of.has_zero:
        return False
    same = a.kind_of.has_zero or (a.kind == b.kind and a.resolution == b.resolution)
    return same and max(a.minimum, b.minimum) < min(a.maximum, b.maximum)


def comparable_pairs(domain: Domain) -> list[tuple[str, str]]:
    """Return all pairs of comparable columns, in the domain's order."""
    return [(a.name, b.name) for a, b in combinations(filter(is_amount, domain.columns), 2) if comparable(a, b)]


def several(column: Column) -> Bools:
    """Tell of each code of an amount whether it stands for several values, shape (size,)."""
    bounds = column.bounds()
    if column.step or column.kind_of.whole:
        bins = GridBins.of(bounds, step=column.step or 1, closed=not column.kind_of.whole, taken=column.specials)
        held = bins.points > 1
    else:
        held = np.diff(bounds) > 0
    return np.concatenate([held, np.zeros(column.size - column.regular, dtype=bool)])


def compared(column: Column, numbers: Floats) -> Floats:
    """Return numbers as they are compared, shape (rows,): clamped, on the column's grid; NaN for what is not."""
    codes = cast("Number", column.kind_of).encode_numbers(column, numbers)
    known = np.isfinite(numbers) & several(column)[codes]
    values = np.clip(np.where(known, numbers, column.minimum), column.minimum, column.maximum)
    if column.step or column.kind_of.whole:
        grid = Grid.of(column.step or 1)
        values = grid.values(grid.last(values))
    return np.where(known, values, np.nan)
