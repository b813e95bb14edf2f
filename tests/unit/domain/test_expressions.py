"""The language: what it takes, what it refuses, and SQL's rules for nulls."""

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from synth_assets.domain.expressions import evaluate, parse
from synth_assets.errors import UsageError

_SCHEMA = pa.schema(
    [
        ("c", pa.string()),
        ("n", pa.int64()),
        ("f", pa.float64()),
        ("b", pa.bool_()),
        ("d", pa.date32()),
        ("t", pa.timestamp("us")),
        ("Order", pa.int64()),
        ("a b", pa.int64()),
        ('q"x', pa.int64()),
    ]
)
_TABLE = pa.table(
    {
        "c": ["x", None, "a\\"],
        "n": [7, None, -2],
        "f": [0.5, None, 4.0],
        "b": [True, None, False],
        "d": [dt.date(2020, 1, 2), None, dt.date(2021, 1, 1)],
        "t": [dt.datetime(2020, 1, 2, 12, 30), None, dt.datetime(2021, 1, 1)],  # noqa: DTZ001 - times have no zone here
        "Order": [1, 2, 3],
        "a b": [1, 2, 3],
        'q"x': [1, 2, 3],
    },
    schema=_SCHEMA,
)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("n + 1", [8, None, -1]),
        ("n * n - n", [42, None, 6]),
        ("n % 2", [1, None, 0]),
        ("f / 2", [0.25, None, 2.0]),
        ("n = 7", [True, None, False]),
        ("n <> 7 AND b", [False, None, False]),
        ("b OR n < 0", [True, None, True]),
        ("NOT b", [False, None, True]),
        ("n = NULL", [None, None, None]),
        ("n IS NULL", [False, True, False]),
        ("n IS NOT NULL", [True, False, True]),
        ("n BETWEEN -2 AND 0", [False, None, True]),
        ("n NOT IN (1, 7)", [False, None, True]),
        ("c IN ('x', 'y')", [True, None, False]),
        ("f IN (4, 0.25, -1)", [False, None, True]),
        ("n IN (7, 0.5)", [True, None, False]),
        ("c = 'a\\'", [False, None, True]),
        ("COALESCE(n, 0)", [7, 0, -2]),
        ("ABS(n)", [7, None, 2]),
        ("ROUND(f * 0.6000000000000001, 1)", [0.3, None, 2.4]),
        ("ROUND(f)", [0.0, None, 4.0]),
        ("ROUND(f + 1, 0)", [2.0, None, 5.0]),  # of two equally near ones the even one
        ("ROUND(n, 1)", [7, None, -2]),
        ("ROUND(f / 3, 2)", [0.17, None, 1.33]),
        ("ROUND(ROUND(CAST(n AS DOUBLE) / 3, 1) + ROUND(2.25, 1), 1)", [4.5, None, 1.5]),
        ("ROUND(CAST(f AS DOUBLE), 0)", [0.0, None, 4.0]),
        ("ROUND(CASE WHEN b THEN 0.25 ELSE 0.375 END, 2)", [0.25, 0.38, 0.38]),
        ("CASE WHEN n > 1 THEN 'a' ELSE 'b' END", ["a", "b", "b"]),
        ("CASE n WHEN 7 THEN 1 END", [1, None, None]),
        ("CAST(n AS DOUBLE)", [7.0, None, -2.0]),
        ("CAST(b AS INT)", [1, None, 0]),
        ("d >= DATE '2020-06-01'", [False, None, True]),
        ("d IN (DATE '2020-01-02', NULL)", [True, None, None]),
        ("t >= TIMESTAMP '2020-01-02 12:30'", [True, None, True]),
        ("t > TIMESTAMP '2020-01-02T12:30:00'", [False, None, True]),
        ("t = TIMESTAMP '2020-01-02 14:30+02:00'", [True, None, False]),
        ("t < TIMESTAMP '2020-01-02 12:30:00.000001'", [True, None, False]),
        ("t BETWEEN TIMESTAMP '2020-01-02' AND TIMESTAMP '2020-12-31 23:59:59'", [True, None, False]),
        ("t NOT IN (TIMESTAMP '2021-01-01', TIMESTAMP '2022-01-01')", [True, None, False]),
        ("t = DATE '2021-01-01'", [False, None, True]),
        ("CAST(t AS DATE) = d", [True, None, True]),
        ("CAST(d AS TIMESTAMP) < t", [True, None, False]),
        ("(CAST(t AS BIGINT) - CAST(CAST(d AS TIMESTAMP) AS BIGINT)) / 1000000", [45_000, None, 0]),
        ("CASE t WHEN TIMESTAMP '2021-01-01' THEN 1 ELSE 0 END", [0, 0, 1]),
        ("t = NULL", [None, None, None]),
        ('"Order" + 1', [2, 3, 4]),
        ('"a b"', [1, 2, 3]),
        ('"q""x"', [1, 2, 3]),
        ("1", [1, 1, 1]),
        ("n -- a comment", [7, None, -2]),
    ],
)
def test_expressions_are_evaluated_row_by_row_with_the_nulls_of_sql(text: str, values: list[Any]) -> None:
    (result,) = evaluate([parse(text, _SCHEMA)], _TABLE)
    assert result.to_pylist() == values
    assert result.type == parse(text, _SCHEMA).type


@pytest.mark.parametrize(
    "text",
    [
        "",
        "n +",
        "n; n",
        "SELECT n",
        "(SELECT 1)",
        "n IN (SELECT 1)",
        "EXISTS (SELECT 1)",
        "*",
        "t.*",
        "t.n",
        "nothing + 1",
        "order + 1",
        "SUM(n)",
        "SUM(n) OVER ()",
        "COUNT(*)",
        "ROW_NUMBER() OVER (ORDER BY n)",
        "RANDOM()",
        "CURRENT_DATE",
        "NOW()",
        "read_csv('x')",
        "c LIKE 'x%'",
        "c || 'y'",
        "UPPER(c)",
        "c ~ 'x'",
        "CAST(n AS TEXT)",
        "n::text",
        "n = ANY(ARRAY[1])",
        "n AS m",
        "$1",
        ":a",
        "?",
        "E'x'",
        "$$x$$",
        "c > 1",
        "n > 'a'",
        "d > '2020-06-01'",
        "n IN (f, 1)",
        "t > '2020-06-01'",
        "t > 5",
        "d = n",
        "d IN ('2020-06-01')",
        "t BETWEEN 1 AND 2",
        "t - t > 5",
        "d - d",
        "t + 1",
        "t > TIMESTAMP 'soon'",
        "d > DATE '2020-06-31'",
        "t > TIMESTAMP '0001-01-01 00:00+14:00'",
        "t > TIMESTAMPTZ '2020-06-01'",
        "t > NOW()",
        "1e400",
        "ROUND(f, -1)",
        "ROUND(f, 16)",
        "ROUND(f, n)",
        "ROUND(f, 1.5)",
        "ROUND(f, '1')",
        "ROUND(f, 1, 1)",
        "ROUND(c, 1)",
        "CAST('x' AS DATE)",
        "(" * 60 + "n" + ")" * 60,
        "+".join(["n"] * 3000),
        "NOT " * 500 + "b",
    ],
    ids=lambda text: text[:30],
)
def test_everything_outside_the_language_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text, _SCHEMA)
    assert caught.value.hint
    assert len(caught.value.message) < 400


@pytest.mark.parametrize("text", ["IF a > 1 THEN b > 2", " If\ta > 1 then true"])
def test_if_then_is_refused_with_what_says_the_same_and_nothing_else_is_printed(
    text: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError, match="begins with IF") as refused:
        parse(text, _SCHEMA)
    assert "NOT (condition) OR consequence" in refused.value.hint
    assert capfd.readouterr() == ("", "")


def test_an_unknown_column_is_named_beside_those_that_are_known() -> None:
    with pytest.raises(UsageError, match="names unknown column 'm'") as caught:
        parse("m = 1", pa.schema([("n", pa.int64())]))
    assert caught.value.hint == "known columns: n"


def test_a_cast_that_fails_on_a_row_is_a_clear_error() -> None:
    expression = parse("CAST(c AS INT)", _SCHEMA)
    with pytest.raises(UsageError, match="cannot be computed on every row"):
        evaluate([expression], _TABLE)


def test_many_expressions_are_evaluated_at_once_and_none_gives_none() -> None:
    results = evaluate([parse("n", _SCHEMA), parse("n + 1", _SCHEMA), parse("n", _SCHEMA)], _TABLE)
    assert [column.to_pylist()[0] for column in results] == [7, 8, 7]
    assert evaluate([], _TABLE) == []


def test_an_expression_over_no_rows_gives_no_values() -> None:
    (result,) = evaluate([parse("n + 1", _SCHEMA)], _SCHEMA.empty_table())
    assert (len(result), result.type) == (0, pa.int64())


def test_columns_are_listed_once_in_order_of_appearance() -> None:
    assert parse("n + f > n", _SCHEMA).columns == ("n", "f")


def test_an_expression_that_is_too_long_is_refused_before_it_is_read() -> None:
    with pytest.raises(UsageError, match="characters, more than 65,536") as refusal:
        parse("a IN (" + "1," * 40_000 + "1)", pa.schema([("a", pa.int64())]))
    assert len(str(refusal.value)) < 200


def test_a_list_of_times_without_an_end_is_refused_at_once() -> None:
    days = ", ".join(["DATE '2024-01-01'"] * 251)
    with pytest.raises(UsageError, match="more than 250 dates"):
        parse(f"d IN ({days})", _SCHEMA)
    inner = "CASE WHEN d IN (DATE '2024-01-01') THEN d END"
    with pytest.raises(UsageError, match="one inside another"):
        parse(f"({inner}) IN (DATE '2024-01-02')", _SCHEMA)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("c = 5", "compares c, which is text, with 5, which is not", "quote it: '5'"),
        ("NULL = c OR n > '66'", "compares '66', which is text, with n, which is not", "write 66 without quotes"),
        ("c IN (1, 2)", "compares c, which is text, with 1", "quote it: '1'"),
        ("n > c", "compares c, which is text, with n, which is not", "compare like with like"),
        ("n IN (f, 1)", "cannot be evaluated", "compare like with like"),
    ],
)
def test_texts_beside_numbers_are_refused_with_what_to_write(text: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text, _SCHEMA)
    assert message in caught.value.message
    assert caught.value.hint == hint


def test_a_cast_to_decimals_is_refused_with_what_rounds() -> None:
    with pytest.raises(UsageError, match=r"casts to DECIMAL\(12, 2\), which is not allowed") as caught:
        parse("CAST(f AS DECIMAL(12, 2))", _SCHEMA)
    assert "ROUND(x, n) has n decimals" in caught.value.hint
