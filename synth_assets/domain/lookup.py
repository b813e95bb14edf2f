"""A column that follows from another by a public table: a value for each key.

Keys are texts, as contracts write values (``true``, ``3``, ``north``), and are read as
values of the column that is looked up. Null has no key: its row gets null. A key that the
table does not have gets the default.

Example:
    >>> table = LookupTable.of("state", {"NY": 468.0, "CA": 254.3}, key=pa.string(), default=None)
    >>> table.find(pa.table({"state": ["CA", None, "NY"]})).to_pylist()
    [254.3, None, 468.0]
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc

from synth_assets.domain.expressions import Expression, evaluate
from synth_assets.errors import UsageError

__all__ = ["TRUTH", "Derivation", "LookupTable", "Value", "derive_values", "type_of"]

Value = bool | int | float | str | None
"""What a table may hold."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LookupTable:
    """A checked table.

    Attributes:
        column: the column that is looked up.
        keys: its values that the table has, without null.
        values: what they are looked up to, of the same length.
        default: the value of all other keys, of the same type; ``None`` means null.
    """

    column: str
    keys: pa.Array
    values: pa.Array
    default: pa.Scalar

    @classmethod
    def of(cls, column: str, values: Mapping[str, Value], *, key: pa.DataType, default: Value) -> Self:
        """Return the table of a mapping, for a column of type ``key``.

        Raises:
            UsageError: keys are not values of that type, or values are of several types.
        """
        kind = type_of([*values.values(), default])
        return cls(
            column=column,
            keys=_read_keys(values, key),
            values=pa.array(list(values.values()), kind),
            default=pa.scalar(default, kind),
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads, as an expression has them."""
        return (self.column,)

    @property
    def type(self) -> pa.DataType:
        """The Arrow type of its values."""
        return self.values.type

    def find(self, table: pa.Table) -> pa.ChunkedArray:
        """Return the value of each row, as long as ``table``."""
        keys = table[self.column]
        positions = pc.index_in(keys, value_set=self.keys)
        values = pc.take(self.values, positions)
        unknown = pc.and_(pc.is_null(positions), pc.is_valid(keys))
        filled = pc.if_else(unknown, self.default, values)
        return filled if isinstance(filled, pa.ChunkedArray) else pa.chunked_array([filled])


Derivation = Expression | LookupTable
"""How a derived column is computed from columns before it."""


def derive_values(derivations: Sequence[Derivation], table: pa.Table) -> list[pa.ChunkedArray]:
    """Return one array of values per derivation, each as long as ``table``.

    Raises:
        UsageError: as :func:`~synth_assets.domain.expressions.evaluate`.
    """
    computed = iter(evaluate([one for one in derivations if isinstance(one, Expression)], table))
    return [next(computed) if isinstance(one, Expression) else one.find(table) for one in derivations]


def type_of(values: Sequence[Value]) -> pa.DataType:
    """Return the Arrow type of values: whole numbers among others become real ones; null has any type.

    Raises:
        UsageError: the values are of several types, or all of them are null.
    """
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int, float}:
        return pa.float64()
    if len(kinds) != 1:
        what = "holds no value" if not kinds else f"holds {' and '.join(sorted(_NAMES[kind] for kind in kinds))}"
        raise UsageError(f"the table {what}", hint="a column has values of one type")
    return _TYPES[kinds.pop()]


_TYPES = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.string()}
TRUTH = {"false": False, "true": True}
"""True and false as keys and files of tables have them."""
_NAMES = {bool: "true or false", int: "whole numbers", float: "numbers", str: "texts"}


def _read_keys(keys: Mapping[str, Value], kind: pa.DataType) -> pa.Array:
    """Return keys as values of a column's type.

    Raises:
        UsageError: the type is not text, whole numbers or true and false, or a key is not such a value.
    """
    if pa.types.is_string(kind):
        return pa.array(list(keys), kind)
    if not pa.types.is_boolean(kind) and not pa.types.is_integer(kind):
        raise UsageError(
            f"a column of type {kind} cannot be looked up",
            hint="texts, whole numbers, and true or false can; derive one of these first",
        )
    read = TRUTH.get if pa.types.is_boolean(kind) else _whole
    values = {key: read(key) for key in keys}
    if wrong := [key for key, value in values.items() if value is None]:
        plain = re.fullmatch("(-?)0+([0-9]+)", wrong[0])
        hint = f"write {''.join(plain.groups())}" if plain else "remove the line"
        raise UsageError(f"{wrong[0]!r} is not a value of the column, whose type is {kind}", hint=hint)
    return pa.array(list(values.values()), kind)


def _whole(text: str) -> int | None:
    digits = text.removeprefix("-")
    written = digits.isascii() and digits.isdigit() and len(digits) <= len(str(2**53))
    return int(text) if written and str(int(text)) == text else None
