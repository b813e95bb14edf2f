"""One small language for ``derived``, ``rules`` and ``where``: SQL scalar expressions.

Allowed are columns, literals, arithmetic, comparison, AND/OR/NOT, CASE, IN,
BETWEEN, IS NULL, COALESCE, ABS, ROUND and casts to numbers, dates and times. sqlglot
parses, this module refuses everything outside the list, and Polars evaluates
the text that was checked, row by row, with SQL's rules for nulls. Nothing here
can read a file, call Python or look at another row.

``ROUND(x, n)`` is the number of n decimals next to x, as a file with n digits is read; of two equally near ones the
even one. Results of other arithmetic on reals have up to 17 digits.

Times have no zone. They compare with ``TIMESTAMP '2024-06-01 12:00'`` and with
dates, which mean their midnight, but not with numbers or texts. A difference
has no type of its own here: subtract the microseconds, ``CAST(t AS BIGINT)``,
or for dates the days.

Example:
    >>> schema = pa.schema([("happy", pa.string()), ("educ", pa.int64())])
    >>> vhappy = parse("happy = 'very happy'", schema)
    >>> vhappy.columns, str(vhappy.type)
    (('happy',), 'bool')
    >>> table = pa.table({"happy": ["very happy", None], "educ": [12, 3]}, schema=schema)
    >>> evaluate([vhappy], table)[0].to_pylist()
    [True, None]
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pyarrow as pa

from synth_assets.domain.sql import read_sql, write_sql
from synth_assets.domain.times import seconds_of, text_of
from synth_assets.errors import UsageError

__all__ = ["Expression", "columns_in", "evaluate", "parse"]

_NODES = {
    *"Abs Add And Between Boolean Case Cast Coalesce Column DataType Div EQ GT GTE Identifier".split(),  # noqa: SIM905 - reads better
    *"If In Is LT LTE Literal Mod Mul NEQ Neg Not Null Or Paren Round Sub".split(),  # noqa: SIM905 - same
}
_CASTS = {"INT", "BIGINT", "SMALLINT", "DOUBLE", "FLOAT", "BOOLEAN", "DATE", "TIMESTAMP"}
_IF_THEN = re.compile(r"\s*if\b(?!\s*\()", re.IGNORECASE)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_MOST_DECIMALS = 15
"""Doubles hold about so many digits."""
_DEEPEST = 100
_LONGEST = 1 << 16  # a list of all categories that a column can have fits
_MOST_TIMES = 250
"""In the list of one IN: each becomes a comparison of its own, inside those before."""
_LANGUAGE = (
    "columns, literals, + - * / %, comparison, AND OR NOT, CASE, IN, BETWEEN, IS NULL, COALESCE, ABS, ROUND, CAST"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A checked expression.

    Attributes:
        text: what was written.
        sql: the normal form that is evaluated.
        columns: the columns it reads, in order of appearance.
        type: the Arrow type of its value.
    """

    text: str
    sql: str
    columns: tuple[str, ...]
    type: pa.DataType


def parse(text: str, schema: pa.Schema) -> Expression:
    """Check ``text`` against the language and the columns of ``schema``.

    Raises:
        UsageError: when it does not parse, uses something outside the list,
            names an unknown column or compares values of different kinds.
    """
    if len(text) > _LONGEST:
        raise UsageError(
            f"`{text[:40]}...` has {len(text):,} characters, more than {_LONGEST:,}",
            hint="split it into derived columns",
        )
    try:
        return _checked(text, schema)
    except RecursionError as error:
        raise UsageError(_deep(text), hint="split it into derived columns") from error


@lru_cache(maxsize=4096)
def _checked(text: str, schema: pa.Schema) -> Expression:
    tree = _tree(text)
    _refuse_other_nodes(tree, text)
    _refuse_depth(tree, text)
    names = _columns(tree)
    unknown = [name for name in names if name not in schema.names]
    if unknown:
        known = ", ".join(schema.names)
        raise UsageError(f"`{text}` names unknown column {unknown[0]!r}", hint=f"known columns: {known}")
    tree = _with_like_numbers(_with_plain_times(tree, text))
    sql = write_sql(tree)
    read = pa.schema([field for field in schema if field.name in names])  # the engine takes its time for each column
    if any(pa.types.is_temporal(field.type) for field in schema):
        _refuse_times_beside_numbers(tree, text, read)
    try:
        kind = _kind(sql, text, read)
    except UsageError:
        _refuse_texts_beside_others(tree, text, read)
        raise
    return Expression(text=text, sql=sql, columns=tuple(names), type=_plain(kind))


def columns_in(text: str) -> tuple[str, ...]:
    """Return the names that ``text`` reads, whether or not there are such columns; none if it is not an expression."""
    try:
        return tuple(_columns(_tree(text))) if len(text) <= _LONGEST else ()
    except (UsageError, RecursionError):
        return ()


def evaluate(expressions: Sequence[Expression], table: pa.Table) -> list[pa.ChunkedArray]:
    """Return one array of values per expression, each as long as ``table``.

    Raises:
        UsageError: when a cast fails on a row. The message may name values: evaluate public tables only.
    """
    import polars as pl

    if not expressions:
        return []
    read = {name for expression in expressions for name in expression.columns}
    frame = pl.from_arrow(table.select([name for name in table.column_names if name in read] or table.column_names[:1]))
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a table, by the signature
    chosen = [pl.sql_expr(expression.sql).alias(str(index)) for index, expression in enumerate(expressions)]
    names = [str(index) for index in range(len(chosen))]
    try:
        result = frame.lazy().with_columns(chosen).select(names).collect().to_arrow()
    except pl.exceptions.PolarsError as error:
        raise UsageError(
            f"an expression cannot be computed on every row: {_first_line(error)}", hint="guard it with CASE WHEN"
        ) from error
    return [column.cast(expression.type) for column, expression in zip(result.columns, expressions, strict=True)]


def _tree(text: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - sqlglot's root type is private
    import sqlglot

    if _IF_THEN.match(text):
        raise UsageError(
            f"`{text}` begins with IF, which is not allowed",
            hint="write `NOT (condition) OR consequence`, or `CASE WHEN condition THEN a ELSE b END`",
        )
    try:
        tree = read_sql(text)
    except sqlglot.errors.SqlglotError as error:
        raise UsageError(f"`{text}` is not an expression", hint=f"allowed: {_LANGUAGE}") from error
    return tree


def _refuse_other_nodes(tree, text: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    for node in tree.walk():
        name = type(node).__name__
        if name == "DataType" and node.this.name not in _CASTS:
            raise UsageError(
                f"`{text}` casts to {write_sql(node)}, which is not allowed",
                hint=f"casts are to {', '.join(sorted(_CASTS))}; ROUND(x, n) has n decimals",
            )
        if name not in _NODES or node.args.get("query"):
            used = "a subquery" if node.args.get("query") else name.upper()
            raise UsageError(f"`{text}` uses {used}, which is not allowed", hint=f"allowed: {_LANGUAGE}")
        if name == "Column" and node.args.get("table"):
            raise UsageError(f"`{text}` names a table", hint="write the column's name alone")
        if name == "Round" and not _rounds_to_decimals(node):
            raise UsageError(
                f"`{text}` does not say to how many decimals it rounds",
                hint=f"write ROUND(x, n), where n is a number from 0 to {_MOST_DECIMALS}",
            )


def _rounds_to_decimals(node) -> bool:  # type: ignore[no-untyped-def]  # noqa: ANN001
    decimals = node.args.get("decimals")
    given = decimals is None or (decimals.is_int and 0 <= int(decimals.name or -1) <= _MOST_DECIMALS)
    return given and node.args.get("truncate") is None


def _refuse_depth(tree, text: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Refuse what would overflow the stack of the engine, which ends the process without a message."""
    if any(node.depth > _DEEPEST for node in tree.walk()):
        raise UsageError(_deep(text), hint="split it into derived columns")


def _deep(text: str) -> str:
    return f"`{text[:40]}...` nests deeper than {_DEEPEST} levels"


def _with_plain_times(tree, text: str):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Write dates and times as the engine reads them: literals in one form, and never in the list of an IN."""
    from sqlglot import expressions as sql

    for cast in tree.find_all(sql.Cast):
        if cast.to.this.name in ("DATE", "TIMESTAMP") and isinstance(cast.this, sql.Literal):
            plain = _plain_time(cast.this.this, text, whole_day=cast.to.this.name == "DATE")
            cast.this.replace(sql.Literal.string(plain))
    for listed in filter(_lists_times, tree.find_all(sql.In)):
        if len(listed.expressions) > _MOST_TIMES or any(map(_lists_times, listed.this.find_all(sql.In))):
            raise UsageError(
                f"`{text[:40]}...` has a list of more than {_MOST_TIMES} dates or times, or one inside another",
                hint="use BETWEEN, or a derived column",
            )

    def spelt_out(node: sql.Expression) -> sql.Expression:
        if not isinstance(node, sql.In) or not _lists_times(node):
            return node
        return sql.paren(sql.or_(*(sql.EQ(this=node.this.copy(), expression=literal) for literal in node.expressions)))

    return tree.transform(spelt_out)


def _with_like_numbers(tree: Any) -> Any:
    """Write whole numbers beside reals in the list of an IN as reals: the engine takes lists of one type only."""
    from sqlglot import expressions as sql

    for listed in tree.find_all(sql.In):
        numbers = [
            literal for entry in listed.expressions for literal in entry.find_all(sql.Literal) if not literal.is_string
        ]
        if any(not literal.is_int for literal in numbers):
            for literal in filter(lambda literal: literal.is_int, numbers):
                literal.replace(sql.Literal.number(f"{literal.this}.0"))
    return tree


def _lists_times(node) -> bool:  # type: ignore[no-untyped-def]  # noqa: ANN001
    from sqlglot import expressions as sql

    return any(isinstance(literal, sql.Cast) for literal in node.expressions)


def _plain_time(literal: str, text: str, *, whole_day: bool) -> str:
    try:
        read = dt.date.fromisoformat(literal) if whole_day else dt.datetime.fromisoformat(literal)
        if whole_day:
            return read.isoformat()
        fraction = f".{read.microsecond:06}" if isinstance(read, dt.datetime) and read.microsecond else ""
        return text_of(seconds_of(read), seconds=1) + fraction
    except (ValueError, OverflowError) as error:
        kind, hint = ("date", "2024-06-01") if whole_day else ("time", "2024-06-01 12:00:00")
        raise UsageError(f"`{text}`: '{literal}' is not a {kind}", hint=f"write it as {hint}") from error


def _refuse_times_beside_numbers(tree, text: str, schema: pa.Schema) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Refuse to compare dates or times with numbers, which the engine would take for days or microseconds."""
    from sqlglot import expressions as sql

    for node in tree.find_all(sql.EQ, sql.NEQ, sql.LT, sql.LTE, sql.GT, sql.GTE, sql.Between, sql.In):
        sides = [node.this, *(side for key in ("expression", "low", "high") if (side := node.args.get(key)))]
        kinds = [_kind(write_sql(side), text, schema) for side in [*sides, *node.expressions]]
        temporal = {pa.types.is_temporal(kind) for kind in kinds if not pa.types.is_null(kind)}
        if len(temporal) > 1:
            raise UsageError(
                f"`{text}` compares a date or time with something else",
                hint="write DATE '2024-06-01' or TIMESTAMP '2024-06-01 12:00:00'",
            )


def _refuse_texts_beside_others(tree, text: str, schema: pa.Schema) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Say in our words what the engine refuses: texts beside numbers."""
    from sqlglot import expressions as sql

    for node in tree.find_all(sql.EQ, sql.NEQ, sql.LT, sql.LTE, sql.GT, sql.GTE, sql.Between, sql.In):
        sides = [node.this, *(side for key in ("expression", "low", "high") if (side := node.args.get(key)))]
        written = [write_sql(side) for side in [*sides, *node.expressions]]
        kinds = {side: _kind(side, text, schema) for side in written}
        known = {side: _plain(kind) for side, kind in kinds.items() if not pa.types.is_null(kind)}
        texts = [side for side, kind in known.items() if pa.types.is_string(kind)]
        others = [side for side, kind in known.items() if not pa.types.is_string(kind)]
        if texts and others:
            raise UsageError(
                f"`{text}` compares {texts[0]}, which is text, with {others[0]}, which is not",
                hint=_like_with_like(texts[0], others[0]),
            )


def _like_with_like(text: str, other: str) -> str:
    if _NUMBER.fullmatch(other):
        return f"quote it: '{other}'"
    unquoted = text.removeprefix("'").removesuffix("'")
    if _NUMBER.fullmatch(unquoted):
        return f"write {unquoted} without quotes"
    return "compare like with like"


def _columns(tree) -> list[str]:  # type: ignore[no-untyped-def]  # noqa: ANN001
    from sqlglot import expressions

    return list(dict.fromkeys(node.name for node in tree.find_all(expressions.Column)))


def _kind(sql: str, text: str, schema: pa.Schema) -> pa.DataType:
    import polars as pl

    empty = pl.DataFrame(schema=pl.Schema(schema))  # a table of Arrow without rows would import pandas
    try:
        frame = empty.lazy().with_columns(pl.sql_expr(sql).alias("value")).select("value").collect()
    except (pl.exceptions.PolarsError, ValueError) as error:
        raise UsageError(
            f"`{text}` cannot be evaluated: {_first_line(error)}", hint="compare like with like"
        ) from error
    kind = frame.to_arrow().schema.field("value").type
    if pa.types.is_duration(kind):
        raise UsageError(
            f"`{text}` is a difference of dates or times, which has no type here",
            hint="subtract numbers: CAST(t AS BIGINT) is microseconds since 1970, days for a date",
        )
    return kind


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_boolean(kind) or pa.types.is_date(kind):
        return kind
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us")
    if pa.types.is_integer(kind):
        return pa.int64()
    return pa.float64() if pa.types.is_floating(kind) else pa.string()


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
