"""What an expression compares and divides, as far as that tells that something else was meant.

All of it is allowed by the language and computed without a message: a text that a column never is, true or false
beside a number (which are 1 and 0 there), a division of whole numbers, which is rounded down, and reals that are
computed and not rounded, which have up to 17 digits.

Example:
    >>> schema = pa.schema([("n", pa.int64()), ("late", pa.bool_())])
    >>> [(side.text, other.text) for side, other in unlike_sides("n > 3 AND late = 1", schema)]
    [('late', '1')]
    >>> whole_divisions("n / 100 + n / 100.0", schema)
    ['n / 100']
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from synth_assets.domain.codes import decode
from synth_assets.domain.column import Column
from synth_assets.domain.expressions import parse
from synth_assets.domain.sql import read_sql, write_sql
from synth_assets.errors import UsageError

__all__ = [
    "Side",
    "Texts",
    "can_be",
    "computed_columns",
    "is_rounded",
    "possible_texts",
    "unlike_sides",
    "unlisted_numbers",
    "unlisted_texts",
    "whole_divisions",
]

Texts = frozenset[str]
"""Every text that a value can be."""


def possible_texts(text: str, known: Mapping[str, Texts]) -> Texts | None:
    """Return every text that an expression's value can be; ``None`` when that is not known.

    Args:
        text: an expression that :func:`parse` accepted.
        known: the texts of the columns whose texts are known.
    """
    return _texts_of(read_sql(text), known)


def unlisted_texts(text: str, known: Mapping[str, Texts]) -> list[tuple[str, str, Texts]]:
    """List the literals that an expression compares with something that never is that text.

    Args:
        text: an expression that :func:`parse` accepted.
        known: the texts of the columns whose texts are known.

    Returns:
        what it is compared with, the literal, and the texts that this can be.

    Example:
        >>> regions = {"region": frozenset({"north", "south"})}
        >>> [(side, literal) for side, literal, _ in unlisted_texts("region IN ('north', 'nrth')", regions)]
        [('region', 'nrth')]
    """
    return [
        (write_sql(side), literal, listed)
        for side, literals in _comparisons(read_sql(text))
        if (listed := _texts_of(side, known)) is not None
        for literal in literals
        if literal not in listed
    ]


def unlisted_numbers(text: str, possible: Mapping[str, Callable[[float], bool]]) -> list[tuple[str, str]]:
    """List the numbers that an expression compares, for being equal, with a column that never is that number.

    Args:
        text: an expression that :func:`parse` accepted.
        possible: of each column of known numbers, whether it can be one.

    Returns:
        the column's name and the number as it is written.

    Example:
        >>> unlisted_numbers("late <> 500 AND (late) IN (999, -1)", {"late": lambda number: number == 999})
        [('late', '500'), ('late', '-1')]
    """
    from sqlglot import expressions as sql

    compared = (
        (side.unnest(), others) for side, others in _compared(read_sql(text), sql.EQ, sql.NEQ, sql.In, sql.Case)
    )
    return [
        (side.name, write_sql(other))
        for side, others in compared
        if isinstance(side, sql.Column) and side.name in possible
        for other in others
        if (number := _number(other.unnest())) is not None and not possible[side.name](number)
    ]


def can_be(column: Column) -> Callable[[float], bool]:
    """Return whether a column of numbers can be a number: one of its values, or in its range where codes are bins."""
    if column.exact:
        values = frozenset(value for value in decode(column, np.arange(column.size)).to_pylist() if value is not None)
        return values.__contains__
    whole, specials = pa.types.is_integer(column.arrow_type()), frozenset(column.specials)

    def at(number: float) -> bool:
        inside = column.minimum <= number <= column.maximum and (not whole or number == int(number))
        return inside or number in specials

    return at


class Side(NamedTuple):
    """One side of a comparison: as it is written, its type, and whether it is a comparison itself."""

    text: str
    type: pa.DataType
    compares: bool


def unlike_sides(text: str, schema: pa.Schema) -> list[tuple[Side, Side]]:
    """List the comparisons of something true or false with something else, which is allowed and seldom meant.

    Args:
        text: an expression that :func:`parse` accepted.
        schema: of the columns that it reads.

    Returns:
        the side that is true or false, and the first that is not; what such a comparison is a part of is left out.
    """
    from sqlglot import expressions as sql

    kinds = (sql.EQ, sql.NEQ, sql.LT, sql.LTE, sql.GT, sql.GTE, sql.Between, sql.In, sql.Case)
    pairs, unlike = [], list[Any]()
    for node in reversed(list(read_sql(text).find_all(*kinds))):  # inner ones first
        sides = [side for part in _sides(node) if (side := _side(part.unnest(), schema)) is not None]
        truths = [side for side in sides if pa.types.is_boolean(side.type)]
        others = [side for side in sides if not pa.types.is_boolean(side.type)]
        if truths and others and not any(part is inner for part in node.walk() for inner in unlike):
            pairs.append((truths[0], others[0]))
            unlike.append(node)
    return pairs[::-1]


def whole_divisions(text: str, schema: pa.Schema) -> list[str]:
    """List the divisions of whole numbers by whole numbers, which are rounded down.

    Args:
        text: an expression that :func:`parse` accepted.
        schema: of the columns that it reads.
    """
    from sqlglot import expressions as sql

    divisions = []
    for node in read_sql(text).find_all(sql.Div):
        side = _side(node, schema)
        if side is not None and pa.types.is_integer(side.type):
            divisions.append(side.text)
    return divisions


def is_rounded(text: str, schema: pa.Schema) -> bool:
    """Tell whether arithmetic on reals is rounded to a number of digits, wherever an expression has any.

    Args:
        text: an expression that :func:`parse` accepted.
        schema: of the columns that it reads.
    """
    from sqlglot import expressions as sql

    for node in read_sql(text).find_all(sql.Add, sql.Sub, sql.Mul, sql.Div, sql.Mod):
        side = _side(node, schema)
        real = side is not None and pa.types.is_floating(side.type)
        if real and node.find_ancestor(sql.Round, sql.Predicate) is None:
            return False
    return True


def computed_columns(text: str) -> list[tuple[str, str]]:
    """List the columns that an expression says are computed from others, each with how.

    Args:
        text: an expression that :func:`parse` accepted.

    Example:
        >>> computed_columns("total = ROUND(fare + tip, 2) AND tip = 0 AND fare <= total")
        [('total', 'ROUND(fare + tip, 2)')]
    """
    from sqlglot import expressions as sql

    tree = read_sql(text).unnest()
    equals = [part.unnest() for part in (tree.flatten() if isinstance(tree, sql.And) else [tree])]
    return [
        (side.name, write_sql(other))
        for equal in equals
        if isinstance(equal, sql.EQ)
        for side, other in ((equal.this.unnest(), equal.expression), (equal.expression.unnest(), equal.this))
        if isinstance(side, sql.Column) and _computes(other, besides=side.name)
    ]


def _computes(tree: Any, *, besides: str) -> bool:
    """Tell whether an expression has arithmetic on columns, and not on one of a name."""
    from sqlglot import expressions as sql

    names = {column.name for column in tree.find_all(sql.Column)}
    return tree.find(sql.Add, sql.Sub, sql.Mul, sql.Div) is not None and bool(names) and besides not in names


def _sides(node: Any) -> list[Any]:
    """Return what one node compares with each other; nothing for a CASE of conditions."""
    if node.this is None:
        return []
    others = [node.args.get(key) for key in ("expression", "low", "high")]
    branches = [branch.this for branch in node.args.get("ifs", ())]
    return [side for side in (node.this, *others, *node.expressions, *branches) if side is not None]


def _compared(tree: Any, *kinds: type) -> Iterator[tuple[Any, list[Any]]]:
    """Yield each side of each comparison of some kinds, with the other sides."""
    for node in tree.find_all(*kinds):
        sides = _sides(node)
        yield from ((side, [other for other in sides if other is not side]) for side in sides)


def _side(node: Any, schema: pa.Schema) -> Side | None:
    """Return a side with its type; ``None`` if it has none, as null."""
    from sqlglot import expressions as sql

    if isinstance(node, sql.Null):
        return None
    text, compares = write_sql(node), isinstance(node, sql.Predicate)
    try:
        return Side(text, parse(text, schema).type, compares)
    except UsageError:  # a difference of times has no type by itself
        return None


def _number(node: Any) -> float | None:
    from sqlglot import expressions as sql

    if isinstance(node, sql.Neg):
        opposite = _number(node.this)
        return None if opposite is None else -opposite
    return float(node.this) if isinstance(node, sql.Literal) and not node.is_string else None


def _comparisons(tree: Any) -> Iterator[tuple[Any, list[str]]]:
    """Yield what is compared with literal texts for being equal, and these texts."""
    from sqlglot import expressions as sql

    for side, others in _compared(tree, sql.EQ, sql.NEQ, sql.In, sql.Case):
        if not isinstance(side, sql.Literal):
            yield side, [other.this for other in others if isinstance(other, sql.Literal) and other.is_string]


def _texts_of(node: Any, known: Mapping[str, Texts]) -> Texts | None:
    from sqlglot import expressions as sql

    if isinstance(node, sql.Literal):
        return frozenset({node.this}) if node.is_string else None
    if isinstance(node, sql.Column):
        return known.get(node.name)
    if isinstance(node, sql.Null):
        return frozenset()
    if isinstance(node, sql.Paren):
        return _texts_of(node.this, known)
    if isinstance(node, sql.Coalesce):
        parts = [node.this, *node.expressions]
    elif isinstance(node, sql.Case):
        parts = [*(branch.args["true"] for branch in node.args["ifs"]), node.args.get("default")]
    else:
        return None
    texts = [_texts_of(part, known) for part in parts if part is not None]
    return None if None in texts else frozenset().union(*(part for part in texts if part is not None))
