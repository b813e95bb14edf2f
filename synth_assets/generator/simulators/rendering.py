"""Rows of a simulator as the columns of a release: read strictly, because its author can mend what is wrong.

Numbers beyond a column's range are moved to its end, as those of private rows are when they are counted, and multiples
of a step are rounded to one. Everything else that a column cannot hold is refused: the message names the simulator, the
column and what to do.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain import Column, Domain
from synth_assets.domain.codes import decode, encode_repeated
from synth_assets.domain.kinds.grid import Grid
from synth_assets.domain.kinds.number import Number
from synth_assets.errors import UsageError
from synth_assets.generator.rows import values_of
from synth_assets.generator.simulators.simulator import Simulator

__all__ = ["Rendering", "World"]

Codes = NDArray[np.uint16]
Floats = NDArray[np.float64]
_TRIED = 2000
_MOST_OUTSIDE = 0.5
"""Share of a column's numbers beyond its range above which unit or range are taken to be wrong."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class World:
    """Rows of one world.

    Attributes:
        domain: the columns.
        codes: the fine codes of each column, shape (rows,).
        numbers: the numbers of columns that have an order, by name, shape (rows,).
    """

    domain: Domain
    codes: tuple[Codes, ...]
    numbers: Mapping[str, Floats]

    def batch(self) -> pa.RecordBatch:
        """Return the rows; real numbers to the digits that were simulated."""
        arrays = [
            values_of(column, self.numbers[column.name], codes)
            if column.name in self.numbers
            else decode(column, codes)
            for column, codes in zip(self.domain.columns, self.codes, strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=self.domain.arrow_schema())


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """A simulator whose rows are read as columns of a domain.

    Attributes:
        name: of the simulator.
        simulator: the simulator.
        domain: the columns.
    """

    name: str
    simulator: Simulator
    domain: Domain

    def world(self, parameters: Floats, rows: int, rng: np.random.Generator) -> World:
        """Return rows of a world with these parameters, shape (parameters,).

        Raises:
            UsageError: the simulator failed, or a column of its rows is missing or cannot be read.
        """
        table = self._rendered(parameters, rows, rng)
        numbers: dict[str, Floats] = {}
        codes = []
        for column in self.domain.columns:
            if column.numeric:
                raw = self._numbers(column, table[column.name], rows)
                numbers[column.name] = _within(column, raw)
                codes.append(_kind(column).encode_numbers(column, numbers[column.name]))
            else:
                codes.append(self._read(column, table[column.name], rows))
        return World(domain=self.domain, codes=tuple(codes), numbers=numbers)

    def check(self, parameters: Floats) -> None:
        """Refuse what calibration would not notice: other rows from the same random numbers, and another unit.

        Raises:
            UsageError: and those of :meth:`world`.
        """
        table, again = (self._rendered(parameters, _TRIED, np.random.default_rng(0)) for _ in range(2))
        for column in self.domain.columns:
            if not column.numeric:
                codes = self._read(column, table[column.name], _TRIED)
                same = np.array_equal(codes, self._read(column, again[column.name], _TRIED))
            else:
                numbers = self._numbers(column, table[column.name], _TRIED)
                same = np.array_equal(numbers, self._numbers(column, again[column.name], _TRIED), equal_nan=True)
                outside = ~np.isin(numbers, column.specials) & ((numbers < column.minimum) | (numbers > column.maximum))
                if outside.mean() > _MOST_OUTSIDE:
                    low, high = np.nanmin(numbers), np.nanmax(numbers)
                    ends = f"{column.minimum:g} to {column.maximum:g}"
                    what = f"gives {low:g} to {high:g}, mostly outside the contract's {ends}"
                    raise self._wrong(column.name, what, "use the unit of the contract, or declare a wider range")
            if not same:
                what = "differs between two renderings with the same random numbers"
                raise self._wrong(column.name, what, "take all randomness from `rng`, and keep nothing between calls")

    def _rendered(self, parameters: Floats, rows: int, rng: np.random.Generator) -> Any:
        given = dict(zip(self.simulator.parameters, parameters.tolist(), strict=True))
        try:
            table = self.simulator.render(given, rows, rng)
            names = list(table.column_names if isinstance(table, pa.Table | pa.RecordBatch) else table.keys())
        except (Exception, SystemExit) as error:
            where = ", ".join(f"{name} = {number:.6g}" for name, number in given.items())
            raise UsageError(
                f"simulator {self.name!r} failed with {where}: {type(error).__name__}: {error}",
                hint="let `render` return columns by name for all parameters in their ranges, or narrow the ranges",
            ) from error
        for column in self.domain.names:
            if names.count(column) > 1:
                raise self._wrong(column, "is there twice", "let `render` return it once")
            if column not in names:
                close = difflib.get_close_matches(column, map(str, names), n=1)
                there = f"let `render` return it; it returns {', '.join(map(str, names))}"
                hint = f"rename its {close[0]!r}" if close else there
                raise self._wrong(column, "is missing", f"{hint}, or leave it out of the contract")
        return table

    def _numbers(self, column: Column, values: Any, rows: int) -> Floats:
        """Return a numeric column as numbers, NaN for null, before they are moved into its range."""
        array = self._array(column, values, rows)
        numbers = _kind(column).numbers(column, array)
        if numbers is None:
            what = f"holds {array.type} values, and the contract's type is {column.kind}"
            raise self._wrong(column.name, what, "return an array of that type")
        if np.isinf(numbers).any():
            raise self._wrong(
                column.name, "holds infinite numbers", "keep it finite for all parameters in their ranges"
            )
        self._refuse_nulls(column, int(np.isnan(numbers).sum()))
        known = numbers[~np.isnan(numbers)]
        if column.kind_of.whole and (known != np.rint(known)).any():
            odd = known[known != np.rint(known)][0]
            raise self._wrong(column.name, f"holds {odd:.6g}, which is not whole", "return np.rint of it")
        return np.array(numbers, dtype=np.float64)

    def _read(self, column: Column, values: Any, rows: int) -> Codes:
        """Return the codes of a column without an order."""
        array = self._array(column, values, rows)
        if not array.type.equals(column.arrow_type()) and not pa.types.is_null(array.type):
            what = f"holds {array.type} values, and the contract's type is {column.kind}"
            raise self._wrong(column.name, what, f"return an array of {column.arrow_type()} values")
        self._refuse_nulls(column, array.null_count)
        values = pa.chunked_array([array.cast(column.arrow_type())])
        if column.other is None:
            inside = column.kind_of.inside(column, values).fill_null(True)
            if (unknown := np.flatnonzero(~inside.to_numpy(zero_copy_only=False))).size:
                what = f"holds {values[int(unknown[0])].as_py()!r}, which is not a value of it"
                names = ", ".join(map(repr, column.kind_of.names(column)[:8]))
                raise self._wrong(column.name, what, f"values are {names}; change one or the other")
        return encode_repeated(column, values).astype(np.uint16)

    def _array(self, column: Column, values: Any, rows: int) -> pa.Array:
        try:
            array = pa.array(values, from_pandas=True) if not isinstance(values, pa.ChunkedArray) else values
            array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            raise self._wrong(column.name, f"cannot be read: {error}", "return a flat array of one type") from error
        if len(array) != rows:
            raise self._wrong(column.name, f"has {len(array)} values for {rows} rows", "return one value per row")
        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        return array.cast(pa.string()) if pa.types.is_large_string(array.type) else array

    def _refuse_nulls(self, column: Column, nulls: int) -> None:
        if nulls and not column.nullable:
            hint = "keep it known for all parameters in their ranges, or declare the column nullable"
            raise self._wrong(column.name, f"holds {nulls} null or NaN values, and is not nullable", hint)

    def _wrong(self, column: str, what: str, hint: str) -> UsageError:
        return UsageError(f"column {column!r} of simulator {self.name!r} {what}", hint=hint)


def _kind(column: Column) -> Number:
    return cast("Number", column.kind_of)


def _within(column: Column, numbers: Floats) -> Floats:
    """Return numbers moved into the range of their column, and to what it has values for; special values stay."""
    low, high = column.minimum, column.maximum
    inside = np.clip(numbers, low, high)
    if column.values:
        listed = np.array(column.values, dtype=np.float64)
        known = np.where(np.isnan(inside), low, inside)
        nearest = listed[np.searchsorted((listed[:-1] + listed[1:]) / 2, known, side="right")]
        inside = np.where(np.isnan(inside), np.nan, nearest)
    elif column.step:
        grid = Grid.of(column.step)
        counts = np.rint(inside * grid.denominator / grid.numerator)
        inside = grid.values(np.clip(counts, grid.first(np.array([low])), grid.last(np.array([high]))))
    return np.where(np.isin(numbers, column.specials), numbers, inside)
