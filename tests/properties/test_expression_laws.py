"""Laws of the language: parsing is total, literals are data, and no row sees another."""

from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.domain.expressions import evaluate, parse
from synth_assets.errors import UsageError

_SCHEMA = pa.schema([("c", pa.string()), ("n", pa.int64()), ("b", pa.bool_())])
_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
_WORDS = """n c b 1 0.5 'x' NULL ( ) + - * / % = < <> AND OR NOT CASE WHEN THEN ELSE END IN IS BETWEEN , COALESCE( ABS(
CAST( AS INT) OVER () SELECT FROM -- /* */ ; " ' \\ SUM("""
_PIECES = st.sampled_from(_WORDS.split())
_ROWS = st.lists(
    st.tuples(st.none() | _TEXTS, st.none() | st.integers(-100, 100), st.none() | st.booleans()), max_size=6
)


def _table(rows: list[tuple[Any, ...]]) -> pa.Table:
    return pa.table({name: [row[index] for row in rows] for index, name in enumerate("cnb")}, schema=_SCHEMA)


@st.composite
def comparisons(draw: st.DrawFn) -> str:
    number = st.recursive(
        st.sampled_from(["n", "1", "-3", "NULL"]),
        lambda inner: (
            st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*"]), inner)
            | st.builds("COALESCE({}, 2)".format, inner)
            | st.builds("CASE WHEN b THEN {} ELSE {} END".format, inner, inner)
        ),
        max_leaves=5,
    )
    return f"{draw(number)} {draw(st.sampled_from(['=', '<', '>=', '<>']))} {draw(number)}"


@given(_TEXTS | st.lists(_PIECES, max_size=14).map(" ".join))
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    try:
        expression = parse(text, _SCHEMA)
    except UsageError:
        return
    assert set(expression.columns) <= set(_SCHEMA.names)


@given(_TEXTS, _TEXTS)
def test_a_literal_equals_itself_and_nothing_else(first: str, second: str) -> None:
    quoted = first.replace("'", "''")
    (matches,) = evaluate([parse(f"c = '{quoted}'", _SCHEMA)], _table([(first, 1, True), (second, 1, True)]))
    assert matches.to_pylist() == [True, first == second]


@given(comparisons(), _ROWS, _ROWS)
def test_the_value_of_a_row_does_not_depend_on_other_rows(
    text: str, some: list[tuple[Any, ...]], others: list[tuple[Any, ...]]
) -> None:
    expression = parse(text, _SCHEMA)
    together = evaluate([expression], _table([*some, *others]))[0].to_pylist()
    apart = [evaluate([expression], _table([row]))[0].to_pylist()[0] for row in [*some, *others]]
    assert together == apart


@given(comparisons())
def test_the_normal_form_is_its_own_normal_form(text: str) -> None:
    once = parse(text, _SCHEMA)
    assert parse(once.sql, _SCHEMA).sql == once.sql
