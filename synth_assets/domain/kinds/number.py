"""Whole and real numbers: declared ranges in bins, or a few declared values.

Dates and times build on :class:`Number` too, as whole numbers of days or ticks.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synth_assets.domain.kinds.declared import Declared
from synth_assets.domain.kinds.grid import Grid, GridBins
from synth_assets.domain.kinds.kind import Codes, ColumnKind, Family, Floats, Nulls, Verdict

__all__ = ["BY_TEXT", "FINEST", "UNREAD", "Float", "Integer", "Number"]

FINEST = 1024
"""Most regular codes of a numeric column; more values are binned."""
_REAL_BINS = 64
"""Bins of a column of reals that says nothing else."""
UNREAD = "none of them is read as {declared}"
BY_TEXT = "a text that cannot be read as {declared} becomes null, or the fallback, without a word"
_TICKS = "they are read as a number of their unit"


class Number(ColumnKind):
    """What all kinds with an order share; as it stands, for whole numbers."""

    __slots__ = ()

    numeric = True
    in_warehouse: ClassVar[frozenset[str]] = frozenset({"int64", "double"})

    def read(self, column: Declared, text: str) -> float:
        """Return the number that a text means, NaN when it means none."""
        del column
        try:
            return float(text)
        except ValueError:
            return math.nan

    def write(self, column: Declared, numbers: Floats, *, null: Nulls) -> pa.Array:
        """Return numbers, shape (rows,), as values."""
        del column
        return pa.array(numbers.astype(np.int64), mask=null)

    def plain(self, column: Declared, number: float) -> Any:
        """Return a number as people write the value, a plain JSON value."""
        del column
        return int(number)

    def numbers(self, column: Declared, values: Any) -> Floats | None:
        """Return a typed array as numbers with NaN for null, shape (rows,); ``None`` when it must be read as text."""
        del column
        if isinstance(values, pa.Array | pa.ChunkedArray):
            if not _is_number(values.type):
                return None
            return np.asarray(values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))
        dtype = getattr(values, "dtype", None)
        if getattr(dtype, "kind", "O") not in "iuf":
            return None
        with np.errstate(all="ignore"):  # wider floats may overflow, which is as good as infinite
            if hasattr(values, "array"):  # pandas, whose nullable arrays know what their nulls are
                return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan))
            return np.asarray(values, dtype=np.float64)

    def source_numbers(self, column: Declared, values: pa.Array) -> Floats | None:
        """Return a source's typed values as numbers; ``None`` when they must be read as text."""
        del column
        if pa.types.is_decimal(values.type):
            values = values.cast(pa.float64())
        if not _is_number(values.type):
            return None
        return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float64)

    def even_bounds(self, column: Declared, top: float) -> Floats:
        """Return the bounds of a column that declares no edges; ``top`` is the last one."""
        values = int(top - column.minimum)
        count = min(column.bins or values, values, FINEST)
        return np.round(np.linspace(column.minimum, top, count + 1))

    def inside_bins(self, column: Declared, regular: NDArray[Any], *, bounds: Floats, share: Floats) -> Floats:
        """Return the number at a share, in [0, 1), of each regular code's bin."""
        if self._has_grid(column):
            return self._grid_bins(column, bounds).at(regular, share)
        numbers = self._anywhere(regular, bounds=bounds, share=share)
        return _beside_specials(column, numbers, bounds[regular], bounds[regular + 1]) if column.layout > 1 else numbers

    def shares_of(self, column: Declared, regular: NDArray[Any], numbers: Floats) -> Floats:
        """Invert :meth:`inside_bins`, shape (rows,), for numbers in the bins of their codes; others are not in [0, 1).

        A whole number, or a multiple of the step, is in the middle of its share of the bin, so that no rounding moves
        it to its neighbour.
        """
        bounds = self.bounds(column)
        if self._has_grid(column):
            return self._grid_bins(column, bounds).shares(regular, numbers)
        low, high = bounds[regular], bounds[regular + 1]
        shares: Floats = (numbers + (0.5 if self.whole else 0.0) - low) / (high - low)
        return shares

    def with_zero(self, column: Any) -> Any:
        """See :meth:`ColumnKind.with_zero`."""
        if column.values or not self.has_zero:
            return column
        zero = 0.0 in (self.read(column, token) for token in column.null_tokens) or 0 in column.specials
        specials = column.specials if zero else (*column.specials, self.plain(column, 0.0))
        inside = [special for special in specials if column.minimum <= special <= column.maximum]
        shared = [special for special in inside if not self._is_alone(column, special)]
        kept = tuple(special for special in specials if special in column.specials or special in shared)
        return replace(column, specials=kept, layout=2) if shared else column

    def bin_means(self, column: Declared) -> Floats | None:
        """See :meth:`ColumnKind.bin_means`: where special values are left out of bins."""
        if column.values or column.layout == 1 or not self._has_grid(column):
            return None
        return self._grid_bins(column, self.bounds(column)).means()

    def _has_grid(self, column: Declared) -> bool:
        """Tell whether values are drawn from the multiples in a bin, which whole numbers are not in layout 1."""
        return bool(column.step) or (self.whole and column.layout > 1)

    def _grid_bins(self, column: Declared, bounds: Floats) -> GridBins:
        taken = column.specials if column.layout > 1 else ()
        return GridBins.of(bounds, step=column.step or 1, closed=not self.whole, taken=taken)

    def _is_alone(self, column: Declared, number: float) -> bool:
        """Tell whether a number inside the range is the only one of its bin."""
        bounds = self.bounds(column)
        code = min(int(np.searchsorted(bounds, number, side="right")) - 1, len(bounds) - 2)
        if not (column.step or self.whole):
            return bool(bounds[code] == bounds[code + 1])
        return bool(self._grid_bins(column, bounds).points[code] == 1)

    def _anywhere(self, regular: NDArray[Any], *, bounds: Floats, share: Floats) -> Floats:
        low, high = bounds[regular], bounds[regular + 1]
        whole: Floats = np.minimum(np.floor(low + share * (high - low)), high - 1)
        return whole

    def checked_numbers(self, column: Declared, values: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
        """Return the numbers behind the values of a synthetic column, null where a value cannot be one of ours."""
        del column
        return values.cast(pa.float64())

    def regular(self, column: Declared) -> int:
        """See :meth:`ColumnKind.regular`."""
        return len(column.values) or len(self.bounds(column)) - 1

    def bounds(self, column: Declared) -> Floats:
        """See :meth:`Column.bounds`."""
        top = column.maximum + 1 if self.whole else column.maximum
        if column.edges:
            return np.array([column.minimum, *column.edges, top], dtype=np.float64)
        return self.even_bounds(column, top)

    def exact(self, column: Declared) -> bool:
        """See :meth:`ColumnKind.exact`."""
        if column.values:
            return True
        if column.step:
            return bool((self._grid_bins(column, self.bounds(column)).points <= 1).all())
        return self.whole and self.regular(column) == int(column.maximum - column.minimum) + 1

    def encode_typed(self, column: Declared, values: Any) -> Codes | None:
        """See :meth:`ColumnKind.encode_typed`."""
        numbers = self.numbers(column, values)
        return None if numbers is None else self.encode_numbers(column, numbers)

    def encode_source(self, column: Declared, values: pa.Array) -> Codes | None:
        """See :meth:`ColumnKind.encode_source`."""
        numbers = self.source_numbers(column, values)
        return None if numbers is None else self.encode_numbers(column, numbers)

    def encode_texts(self, column: Declared, texts: Sequence[str | None]) -> Codes:
        """See :meth:`ColumnKind.encode_texts`."""
        numbers = [math.nan if text is None else self.read(column, text) for text in texts]
        return self.encode_numbers(column, np.array(numbers, dtype=np.float64))

    def encode_numbers(self, column: Declared, numbers: Floats) -> Codes:
        """Return the code of each number, shape (rows,): clamped, and the fallback where it is not finite."""
        known = np.isfinite(numbers)
        clamped = np.clip(np.where(known, numbers, column.minimum), column.minimum, column.maximum)
        regular = self.regular(column)
        codes = np.clip(np.searchsorted(self.lower_ends(column), clamped, side="right") - 1, 0, regular - 1)
        codes[~known] = column.fallback_code
        for offset, special in enumerate(column.specials):
            equal = (numbers == special) | (known & (clamped == special) & (column.layout > 1))
            codes[equal] = regular + offset
        for token in column.null_tokens:
            codes[numbers == self.read(column, token)] = column.fallback_code
        return codes.astype(np.uint16)

    def lower_ends(self, column: Declared) -> Floats:
        """Return where each regular code begins; between two declared values that is halfway."""
        if not column.values:
            return self.bounds(column)[:-1]
        values = np.array(column.values)
        return np.concatenate([values[:1], (values[:-1] + values[1:]) / 2])

    def decode(self, column: Declared, codes: NDArray[Any], *, within: Floats | None, null: Nulls) -> pa.Array:
        """See :meth:`ColumnKind.decode`."""
        bounds = None if column.values else self.bounds(column)
        count = len(column.values) if bounds is None else len(bounds) - 1
        regular = np.minimum(codes, count - 1)
        if bounds is None:
            numbers = np.array(column.values, dtype=np.float64)[regular]
        else:
            share = np.full(regular.shape, 0.5) if within is None else within
            numbers = self.inside_bins(column, regular, bounds=bounds, share=share)
        for offset, special in enumerate(column.specials):
            numbers = np.where(codes == count + offset, special, numbers)
        return self.write(column, numbers, null=null)

    def inside(self, column: Declared, values: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
        """See :meth:`ColumnKind.inside`."""
        numbers = self.checked_numbers(column, values)
        listed = pc.is_in(numbers, value_set=pa.array([*column.values, *column.specials], pa.float64()))
        if column.values:
            return listed
        between = pc.and_(pc.greater_equal(numbers, column.minimum), pc.less_equal(numbers, column.maximum))
        return pc.or_(listed, pc.and_(between, _on_grid(column, numbers)) if column.step else between)

    def domain_json(self, column: Declared) -> dict[str, Any]:
        """See :meth:`ColumnKind.domain_json`."""
        specials = [self.plain(column, value) for value in column.specials]
        if column.values:
            return {"values": [*(self.plain(column, value) for value in column.values), *specials]}
        ends = {"min": self.plain(column, column.minimum), "max": self.plain(column, column.maximum)}
        ends |= {"step": column.step} if column.step else {}
        return {**ends, "or": specials} if specials else ends


class Integer(Number):
    """Whole numbers."""

    __slots__ = ()

    name = "integer"
    called = ("int", "whole", "count", "int64", "bigint", "smallint")
    arrow = pa.int64()
    has_zero = True
    misread: ClassVar[Mapping[Family, tuple[Verdict, str]]] = {
        **dict.fromkeys(("boolean", "date", "timestamp", "clock"), ("never", UNREAD)),
        "duration": ("odd", _TICKS),
        "text": ("odd", BY_TEXT),
    }


class Float(Number):
    """Real numbers."""

    __slots__ = ()

    name = "float"
    called = ("number", "numeric", "real", "decimal", "double", "continuous", "float64")
    arrow = pa.float64()
    has_zero = True
    whole = False
    misread = Integer.misread

    def even_bounds(self, column: Declared, top: float) -> Floats:
        """See :meth:`Number.even_bounds`."""
        return np.linspace(column.minimum, top, min(column.bins or _REAL_BINS, FINEST) + 1)

    def _anywhere(self, regular: NDArray[Any], *, bounds: Floats, share: Floats) -> Floats:
        """Return the number at a share of each bin; rounding may reach the next bin, the last one holds its end."""
        low, high = bounds[regular], bounds[regular + 1]
        last = regular == len(bounds) - 2
        capped: Floats = np.minimum(low + share * (high - low), np.where(last, high, np.nextafter(high, low)))
        return capped

    def write(self, column: Declared, numbers: Floats, *, null: Nulls) -> pa.Array:
        """See :meth:`Number.write`."""
        del column
        return pa.array(numbers, mask=null)

    def plain(self, column: Declared, number: float) -> Any:
        """See :meth:`Number.plain`."""
        del column
        return number


def _beside_specials(column: Declared, numbers: Floats, low: Floats, high: Floats) -> Floats:
    """Move what equals a special value to the next number in its bin."""
    for special in column.specials:
        inwards = np.nextafter(numbers, np.where(numbers < high, high, low))
        numbers = np.where(numbers == special, inwards, numbers)
    return numbers


def _on_grid(column: Declared, numbers: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Tell of each number whether it is a multiple of the column's step; null is not."""
    known = np.nan_to_num(np.asarray(numbers.to_numpy(zero_copy_only=False), dtype=np.float64), nan=np.inf)
    with np.errstate(all="ignore"):  # a number that is not one of ours may be as large as it likes
        return pa.array(Grid.of(column.step).holds(known))


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))
