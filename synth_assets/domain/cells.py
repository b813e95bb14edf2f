"""Where an expression is true: a table over the codes of the columns that it reads.

Example:
    >>> from synth_assets.domain import Column
    >>> domain = Domain(columns=(Column(name="age", kind="integer", maximum=2), Column(name="sex", kind="boolean")))
    >>> true_cells("age > 1 OR sex", domain=domain)
    (('sex', 'age'), array([[False, False,  True],
           [ True,  True,  True]]))
    >>> conjuncts("age > 1 AND (sex AND age < 5)")
    ['age > 1', 'sex', 'age < 5']
"""

import datetime as dt
import math
import sys
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain.codes import decode
from synth_assets.domain.column import Column, Domain
from synth_assets.domain.sql import read_sql, write_sql
from synth_assets.errors import UsageError

__all__ = ["MOST_CELLS", "cell_values", "code_names", "conjuncts", "group_names", "true_cells"]

MOST_CELLS = 1 << 22
"""Cells of a table that an expression is evaluated on."""
_SHOWN = 4
_PLACES = (0.0, 0.5, 1 - 1e-9)
"""Where inside a bin an expression is tried: it must say the same at all of them."""


def conjuncts(text: str) -> list[str]:
    """Split at the ANDs on top; what is not an expression is left whole, for the parser's own message."""
    import sqlglot
    from sqlglot import expressions

    try:
        tree = read_sql(text)
    except (sqlglot.errors.SqlglotError, RecursionError):
        return [text]
    while isinstance(tree, expressions.Paren):
        tree = tree.this
    if not isinstance(tree, expressions.And):
        return [text]
    return [part for side in (tree.left, tree.right) for part in conjuncts(write_sql(side))]


def true_cells(text: str, *, domain: Domain) -> tuple[tuple[str, ...], NDArray[np.bool_]]:
    """Return the columns that ``text`` reads and for which of their codes it is true, one axis per column.

    Unknown, because something is null, is not true.

    Raises:
        UsageError: when it is not an expression over the domain's columns, is not true or false, reads no
            column or too large a table, or cuts through a bin.
    """
    from synth_assets.domain.expressions import evaluate, parse

    expression = parse(text, domain.arrow_schema())
    if not expression.columns or not pa.types.is_boolean(expression.type):
        raise UsageError(f"`{text}` must be true or false and read a column", hint="write a comparison")
    columns = [domain[name] for name in expression.columns]
    shape = tuple(column.size for column in columns)
    if math.prod(shape) > MOST_CELLS:
        raise UsageError(
            f"`{text}` has {math.prod(shape):,} cells, at most {MOST_CELLS:,} are looked at",
            hint="compare columns with fewer values",
        )
    codes = [axis.ravel() for axis in np.indices(shape)]
    truth = None
    for places in product(*((0.5,) if column.exact else _PLACES for column in columns)):
        arrays = {
            column.name: decode(column, code, within=np.full(code.size, offset))
            for column, code, offset in zip(columns, codes, places, strict=True)
        }
        values = evaluate([expression], pa.table(arrays))[0].fill_null(False).to_numpy()
        if truth is not None and (values != truth).any():
            raise _cut(text, columns, np.unravel_index(int(np.argmax(values != truth)), shape))
        truth = values
    return expression.columns, np.asarray(truth, dtype=bool).reshape(shape)


def _cut(text: str, columns: Sequence[Column], codes: Sequence[np.intp]) -> UsageError:
    """Say that an expression is neither true nor false in all of a cell, and which bins meet there."""
    binned = [
        (column, code_names(column)[code]) for column, code in zip(columns, codes, strict=True) if not column.exact
    ]
    names = " and ".join(repr(column.name) for column, _ in binned)
    if len(binned) == 1:
        code = next(code for column, code in zip(columns, codes, strict=True) if not column.exact)
        hint = f"bins can be parted where they begin, such as {_beginnings(binned[0][0], int(code))}"
    else:
        hint = f"bins can be parted at their ends, here {' and '.join(ends for _, ends in binned)}"
    return UsageError(f"`{text}` cuts through a bin of {names}", hint=hint)


def _beginnings(column: Column, code: int) -> str:
    """Return conditions that part a column where a bin begins, and where the next one does."""
    begin = [_literal(column, bound) for bound in (code, code + 1) if bound < column.regular]
    return " or ".join(f"`{column.name} >= {literal}`" for literal in begin)


def _literal(column: Column, code: int) -> str:
    """Write where a bin begins as expressions have it."""
    value = decode(column, np.array([code]), within=np.zeros(1))[0].as_py()
    if isinstance(value, dt.date):
        return f"{'TIMESTAMP' if isinstance(value, dt.datetime) else 'DATE'} '{value.isoformat()}'"
    return repr(type(value)(column.bounds()[code]))  # not the value: a bin beside a special zero begins after it


def cell_values(column: Column) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the number that each code stands for on average, and which codes are not null; shape (size,) both.

    Dates are days since 1970-01-01, times ticks of their resolution, booleans 0 and 1;
    special values count as the numbers they are.

    Raises:
        UsageError: when the column has no numbers.
    """
    if not column.kind_of.has_mean:
        raise UsageError(f"{column.name!r} is {column.kind} and has no mean", hint="ask for shares, or for counts")
    known = np.arange(column.size) != column.null_code
    ends = [_numbers(column, offset) for offset in (_PLACES[0], _PLACES[-1])]
    values, means = (ends[0] + ends[1]) / 2, column.kind_of.bin_means(column)
    if means is not None:
        values[: column.regular] = means
    return np.where(known, values, 0.0), known


def _numbers(column: Column, offset: float) -> NDArray[np.float64]:
    values = decode(column, np.arange(column.size), within=np.full(column.size, offset))
    return np.asarray(column.kind_of.floats(column, values).fill_null(0.0).to_numpy(zero_copy_only=False))


def group_names(column: Column, grid: NDArray[np.int64]) -> tuple[str, ...]:
    """Name each coarse code by the values in it: first and last of a number, all of a few categories."""
    texts = code_names(column)
    return tuple(
        _group_name(column, [texts[code] for code in np.flatnonzero(grid == group)]) for group in _groups(grid)
    )


def code_names(column: Column) -> tuple[str, ...]:
    """Name each fine code by its value, or its bin by where it begins and ends."""
    first, last = (
        decode(column, np.arange(column.size), within=np.full(column.size, offset)).to_pylist()
        for offset in (_PLACES[0], _PLACES[-1])
    )
    return tuple(_range_name(_text(a), _text(b)) for a, b in zip(first, last, strict=True))


def _groups(grid: NDArray[np.int64]) -> range:
    return range(int(grid.max()) + 1)


def _group_name(column: Column, texts: list[str]) -> str:
    if len(texts) == 1:
        return texts[0]
    if column.numeric:
        return _range_name(texts[0].split(" to ")[0], texts[-1].split(" to ")[-1])
    shown = texts if len(texts) <= _SHOWN else [*texts[: _SHOWN - 1], f"{len(texts) - _SHOWN + 1} more"]
    return "|".join(shown)


def _range_name(first: str, last: str) -> str:
    return first if first == last else f"{first} to {last}"


def _text(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, float):
        return f"{value if abs(value) >= sys.float_info.min else 0.0:.6g}"  # what comes next to zero
    return str(value)
