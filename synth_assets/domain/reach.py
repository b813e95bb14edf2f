r"""What an expression can be, of rows whose codes are known and whose values are not.

Numbers are intervals with both ends, dates and times are days and seconds since 1970, texts are
known one by one, and what is true or false can be either. Null is told apart. All arrays
broadcast, so that a row can be held against all codes of another column at once. A rounded number
is known to its last digit. Division, remainders, casts, orders of texts, and numbers that doubles
do not tell apart can be anything.

Bounds are doubles, rounded as the engine's own values are: rounding keeps the order of two numbers or
makes them equal. So ``<`` is taken for ``<=`` unless both sides are whole numbers as they stand.

Example:
    >>> from synth_assets.domain.expressions import parse
    >>> column = Column(name="a", kind="integer", maximum=99, edges=(10, 20))
    >>> rule = parse("a + 5 < 10 OR a > 40", pa.schema([("a", pa.int64())]))
    >>> truth = reach_of(rule, Reader(columns={"a": column}, derived={}))({"a": np.arange(3)})
    >>> truth.true, truth.false
    (array([ True, False,  True]), array([ True,  True,  True]))
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain.codes import decode
from synth_assets.domain.column import Column
from synth_assets.domain.expressions import Expression
from synth_assets.domain.extents import (
    EXACT,
    NULL,
    Numbers,
    Texts,
    Truth,
    UnknownError,
    Value,
    absolute,
    added,
    at_most,
    both,
    coalesced,
    either,
    equal,
    is_null,
    joined,
    less,
    multiplied,
    negated,
    negation,
    truth_of,
)
from synth_assets.domain.lookup import Derivation, LookupTable
from synth_assets.domain.sql import read_sql
from synth_assets.domain.times import seconds_of

__all__ = ["Reach", "Reader", "Truth", "reach_of", "value_of"]

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Codes = Mapping[str, NDArray[Any]]
Reach = Callable[[Codes], Truth]
_LAST = 1 - 2**-53
_MOST_LISTED = 250
_MOST_NODES = 500


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reader:
    """The columns that an expression reads.

    Attributes:
        columns: measured columns, by name.
        derived: how derived columns are computed.
    """

    columns: Mapping[str, Column]
    derived: Mapping[str, Derivation]
    _texts: dict[str, int] = field(default_factory=dict)
    _nodes: list[None] = field(default_factory=list)

    def count_node(self) -> None:
        """Count one more node of an expression, with derived columns written out.

        Raises:
            UnknownError: there are too many; each derived column may read others several times.
        """
        self._nodes.append(None)
        if len(self._nodes) > _MOST_NODES:
            raise UnknownError

    def number_of(self, text: str) -> int:
        """Return the number of a text."""
        return self._texts.setdefault(text, len(self._texts))


_Node = Callable[[Codes], Value]


def reach_of(expression: Expression, reader: Reader) -> Reach | None:
    """Return what a boolean expression can be, as a function of codes; ``None`` if that is always anything."""
    try:
        node = _derived(expression, reader)
        sample = node({name: np.zeros(1, np.int64) for name in reader.columns})
    except UnknownError:
        return None
    return node if isinstance(sample, Truth) else None  # type: ignore[return-value]


def value_of(expression: Expression, codes: Codes, reader: Reader) -> Value | None:
    """Return what an expression can be on rows of codes; ``None`` if that is anything."""
    try:
        return _derived(expression, reader)(codes)
    except UnknownError:
        return None


def _derived(derivation: Derivation, reader: Reader) -> _Node:
    if isinstance(derivation, LookupTable):
        return _looked_up(derivation, reader)
    return _node(read_sql(derivation.sql), reader)


def _node(tree: Any, reader: Reader) -> _Node:
    """Return the value of one node of an expression as a function of codes.

    Raises:
        UnknownError: it can be anything.
    """
    from sqlglot import expressions as sql

    reader.count_node()
    name = type(tree).__name__
    if name == "Column":
        known = tree.name in reader.columns
        return _column(reader.columns[tree.name], reader) if known else _derived(reader.derived[tree.name], reader)
    if name in _LEAVES:
        return _constant(_LEAVES[name](tree, reader))
    if name in _ARITHMETIC and not any(tree.find_all(sql.Column)):
        raise UnknownError  # of literals, whose types are smaller in the engine
    if name in _COMBINED:
        parts = [_node(part, reader) for part in _COMBINED[name](tree)]
        combine = _OPERATIONS[name]
        return lambda codes: combine(*(part(codes) for part in parts))
    if name in _OTHERS:
        return _OTHERS[name](tree, reader)
    raise UnknownError


def _constant(value: Value) -> _Node:
    return lambda _: value


def _column(column: Column, reader: Reader) -> _Node:
    """Return what each code of a column stands for."""
    codes = np.arange(column.size)
    null = codes == (-1 if column.null_code is None else column.null_code)
    ends = [decode(column, codes, within=np.full(codes.size, share)) for share in (0.0, _LAST)]
    return _by_code(column.name, _known(ends[0], ends[1], null, reader))


def _looked_up(table: LookupTable, reader: Reader) -> _Node:
    column = reader.columns.get(table.column)
    if column is None or not column.exact:
        raise UnknownError
    values = table.find(pa.table({table.column: decode(column, np.arange(column.size))})).combine_chunks()
    return _by_code(table.column, _known(values, values, values.is_null().to_numpy(zero_copy_only=False), reader))


def _known(low: pa.Array, high: pa.Array, null: Bools, reader: Reader) -> Value:
    """Return values between two arrays, shape (codes,); as numbers if they have an order."""
    kind = low.type
    if pa.types.is_string(kind):
        texts = [-1 if text is None else reader.number_of(text) for text in low.to_pylist()]
        return Texts(np.array(texts), null)
    if pa.types.is_boolean(kind):
        true = low.fill_null(False).to_numpy(zero_copy_only=False)
        return Truth(true & ~null, ~true & ~null, null)
    unit = "day" if pa.types.is_date(kind) else "second" if pa.types.is_timestamp(kind) else "number"
    ends = [_as_numbers(values, unit) for values in (low, high)]
    whole = bool(pa.types.is_integer(kind) or unit == "day")
    _refuse_large(*(end[~null] for end in ends), whole=whole)
    largest = max(float(np.abs(end[~null]).max(initial=0.0)) for end in ends)
    return Numbers(np.where(null, np.inf, ends[0]), np.where(null, -np.inf, ends[1]), null, largest, unit, whole)


def _as_numbers(values: pa.Array, unit: str) -> Floats:
    if unit == "day":
        values = values.cast(pa.int32())
    elif unit == "second":
        return np.asarray(values.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False) / 1e6)
    return np.asarray(values.cast(pa.float64(), safe=False).fill_null(0.0).to_numpy(zero_copy_only=False))


def _by_code(name: str, value: Value) -> _Node:
    def at(codes: Codes) -> Value:
        chosen = codes[name]
        if isinstance(value, Truth):
            return Truth(value.true[chosen], value.false[chosen], value.null[chosen])
        if isinstance(value, Texts):
            return Texts(value.number[chosen], value.null[chosen])
        ends = value.low[chosen], value.high[chosen]
        return Numbers(*ends, value.null[chosen], value.largest, value.unit, value.whole)

    return at


def _literal(tree: Any, reader: Reader) -> Value:
    if tree.is_string:
        return Texts(reader.number_of(tree.this), False)
    number = float(tree.this)
    whole = tree.this.isdigit()
    _refuse_large(np.array([number]), whole=whole)
    return Numbers(number, number, False, abs(number), whole=whole)


def _time(tree: Any, _: Reader) -> Value:
    """Return a date or a time that stands in an expression; any other cast can be anything."""
    from sqlglot import expressions as sql

    kind = tree.to.this.name
    if kind not in ("DATE", "TIMESTAMP") or not isinstance(tree.this, sql.Literal):
        raise UnknownError
    if kind == "DATE":
        days = float((dt.date.fromisoformat(tree.this.this) - dt.date(1970, 1, 1)).days)
        return Numbers(days, days, False, abs(days), "day", whole=True)
    read = dt.datetime.fromisoformat(tree.this.this)
    seconds = float(seconds_of(read)) + read.microsecond / 1e6
    return Numbers(seconds, seconds, False, abs(seconds), "second")


def _refuse_large(*ends: Floats, whole: bool) -> None:
    """Raise if whole numbers are so large that doubles do not tell them apart, or a number is not finite."""
    for end in ends:
        if not np.isfinite(end).all() or (whole and (np.abs(end) >= EXACT).any()):
            raise UnknownError


_LEAVES: dict[str, Callable[[Any, Reader], Value]] = {
    "Literal": _literal,
    "Boolean": lambda tree, _: Truth(bool(tree.this), not tree.this, False),
    "Null": lambda *_: NULL,
    "Cast": _time,
}


_ANYTHING = Truth(True, True, True)


def _connected(tree: Any, reader: Reader, *, connect: Callable[[Value, Value], Truth]) -> _Node:
    """Return AND or OR; a side that can be anything is one, because the other may decide."""
    sides = []
    for part in (tree.left, tree.right):
        try:
            sides.append(_node(part, reader))
        except UnknownError:
            sides.append(_constant(_ANYTHING))
    left, right = sides
    return lambda codes: connect(left(codes), right(codes))


def _case(tree: Any, reader: Reader) -> _Node:
    from sqlglot import expressions as sql

    base = tree.this
    branches = []
    for branch in tree.args["ifs"]:
        condition = branch.this if base is None else sql.EQ(this=base.copy(), expression=branch.this.copy())
        branches.append((_node(condition, reader), _node(branch.args["true"], reader)))
    last = tree.args.get("default")
    default = _constant(NULL) if last is None else _node(last, reader)

    def at(codes: Codes) -> Value:
        left, values = np.bool_(True), []
        for condition, value in branches:
            truth = truth_of(condition(codes))
            values.append((np.logical_and(left, truth.true), value(codes)))
            left = np.logical_and(left, np.logical_or(truth.false, truth.null))
        return joined([*values, (left, default(codes))])

    return at


def _listed(tree: Any, reader: Reader) -> _Node:
    if len(tree.expressions) > _MOST_LISTED:
        raise UnknownError
    value, *listed = (_node(part, reader) for part in (tree.this, *tree.expressions))
    return lambda codes: reduce(either, (equal(value(codes), other(codes)) for other in listed))


def _between(tree: Any, reader: Reader) -> _Node:
    value, low, high = (_node(part, reader) for part in (tree.this, tree.args["low"], tree.args["high"]))
    return lambda codes: both(at_most(low(codes), value(codes)), at_most(value(codes), high(codes)))


def _rounded(tree: Any, reader: Reader) -> _Node:
    """Return what ROUND gives: at most one of its last digits away, whatever the engine does with halves."""
    value, digit = _node(tree.this, reader), 10.0 ** -int(getattr(tree.args.get("decimals"), "name", 0))

    def at(codes: Codes) -> Value:
        number = value(codes)
        if not isinstance(number, Numbers) or number.unit != "number":
            raise UnknownError
        ends = number.low - digit, number.high + digit
        return Numbers(*ends, number.null, number.largest + digit)

    return at


def _two(tree: Any) -> tuple[Any, Any]:
    return tree.this, tree.expression


_ARITHMETIC = ("Add", "Sub", "Mul")
_OTHERS: dict[str, Callable[[Any, Reader], _Node]] = {
    "Paren": lambda tree, reader: _node(tree.this, reader),
    "And": partial(_connected, connect=both),
    "Or": partial(_connected, connect=either),
    "In": _listed,
    "Between": _between,
    "Round": _rounded,
    "Case": _case,
}
_COMBINED: dict[str, Callable[[Any], Sequence[Any]]] = {
    **dict.fromkeys(("EQ", "NEQ", "LT", "LTE", "GT", "GTE", "Add", "Sub", "Mul", "Is"), _two),
    **dict.fromkeys(("Not", "Neg", "Abs"), lambda tree: (tree.this,)),
    "Coalesce": lambda tree: (tree.this, *tree.expressions),
}
_OPERATIONS: dict[str, Callable[..., Value]] = {
    "EQ": equal,
    "NEQ": lambda a, b: negation(equal(a, b)),
    "LT": less,
    "LTE": at_most,
    "GT": lambda a, b: less(b, a),
    "GTE": lambda a, b: at_most(b, a),
    "Add": added,
    "Sub": lambda a, b: added(a, negated(b)),
    "Mul": multiplied,
    "Is": is_null,
    "Not": negation,
    "Neg": negated,
    "Abs": absolute,
    "Coalesce": coalesced,
}
