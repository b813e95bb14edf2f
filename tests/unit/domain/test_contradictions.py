"""Rules that some row keeps are never called contradictory, and those that nobody can keep are found."""

from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest

from synth_assets.candidate.rejection import kept
from synth_assets.domain import Column, Domain
from synth_assets.domain.codes import decode
from synth_assets.domain.contradictions import contradictions
from synth_assets.domain.expressions import parse
from synth_assets.domain.lookup import LookupTable, derive_values

DAY = 19_700
DOMAIN = Domain(
    columns=(
        Column(name="a", kind="float", maximum=100.0, bins=4),
        Column(name="b", kind="float", maximum=100.0, bins=4),
        Column(name="age", kind="integer", minimum=18, maximum=120, edges=(40, 60)),
        Column(name="late", kind="integer", maximum=3, specials=(999,)),
        Column(name="k", kind="integer", minimum=200, maximum=300),
        Column(name="z", kind="float", maximum=10.0, bins=3, nullable=True),
        Column(name="t", kind="categorical", categories=("p", "q", "r")),
        Column(name="u", kind="boolean"),
        Column(name="d", kind="date", minimum=DAY, maximum=DAY + 365, bins=6),
        Column(name="w", kind="datetime", minimum=DAY * 24, maximum=(DAY + 365) * 24, bins=5, resolution="hour"),
    )
)
SCHEMA = DOMAIN.arrow_schema()
DERIVED = {
    "gap": parse("a - b", SCHEMA),
    "size": LookupTable.of("t", {"p": 10, "q": 20, "r": 30}, key=pa.string(), default=None),
}
WHOLE = SCHEMA.append(pa.field("gap", pa.float64())).append(pa.field("size", pa.int64()))


def found(*texts: str) -> list[tuple[str, ...]]:
    return contradictions({text: parse(text, WHOLE) for text in texts}, domain=DOMAIN, derived=DERIVED)


@pytest.mark.parametrize(
    "text",
    [
        "age > 200",
        "age < 18",
        "age = 121",
        "late = 5",
        "late BETWEEN 4 AND 998",
        "k < age",
        "age > 50 AND age < 45",
        "a < b AND b < a",
        "a = b AND a <> b",
        "a + b < 3 AND a + b > 4",
        "a + b > 300",
        "t = 'p' AND t = 'q'",
        "t = 'p' AND size <> 10",
        "size > 30",
        "d < DATE '2020-01-01'",
        "w < TIMESTAMP '2020-01-01 12:00'",
        "d > DATE '2024-02-01' AND w < TIMESTAMP '2024-02-01' AND d = w",
        "1 > 2",
        "FALSE",
    ],
)
def test_a_rule_that_no_value_can_keep_is_found(text: str) -> None:
    assert found("b <= a", text) == [(text,)]


@pytest.mark.parametrize(
    "texts",
    [
        ("a < b", "b < a"),
        ("a <= b", "NOT_RELATED", "b < a"),
        ("a = b", "a <> b"),
        ("a < b", "a = b"),
        ("age > 50", "age < 45"),
        ("age >= 50", "age < 50"),
        ("a < 10", "b > 10", "b < a"),
        ("(a) < b", "a > (b)"),
        ("gap > 5", "gap <= 5"),
        ("t = 'p'", "size > 10"),
        ("u", "NOT u"),
        ("u = (late = 999)", "late <> 999", "u"),
        ("d <= w", "w < TIMESTAMP '2024-02-01'", "d >= DATE '2024-02-01'"),
    ],
)
def test_rules_that_no_row_can_keep_together_are_found_without_the_others(texts: tuple[str, ...]) -> None:
    texts = tuple("late < 3 OR u" if text == "NOT_RELATED" else text for text in texts)
    expected = tuple(text for text in texts if text != "late < 3 OR u")
    assert found("late >= 0", *texts) == [expected]


@pytest.mark.parametrize(
    "texts",
    [
        ("a <= b", "b <= a"),
        ("age <= 120", "age >= 120"),
        ("late = 999",),
        ("late > 3", "late < 1000"),
        ("z > 99",),  # null keeps it
        ("z < a", "a < z"),
        ("a / 2 > b", "b > a"),
        ("a * 3 < b", "b * 2 < a * 7"),
        ("t > 'r' OR u",),
        ("CASE WHEN t = 'p' THEN a END < 3", "CASE WHEN t = 'p' THEN a END > 4"),
        ("CAST(age AS DOUBLE) > 200",),  # what is not known can be anything
        ("w >= TIMESTAMP '2023-12-09 12:00'", "d <= DATE '2023-12-10'"),
        ("a = 100",),
        ("a = 100.0", "b = 0"),
    ],
)
def test_rules_that_some_row_keeps_or_that_nobody_can_tell_are_left_alone(texts: tuple[str, ...]) -> None:
    assert found(*texts) == []


RULES = (
    "a <= b",
    "a < b",
    "a > b",
    "a = b",
    "a <> b",
    "age > 50",
    "age < 41",
    "age >= 40",
    "NOT age > 60",
    "late = 999",
    "late < 3",
    "k > age + 100",
    "k >= 200",
    "z > 5",
    "z <= 5",
    "z IS NULL",
    "a <= z",
    "t IN ('p', 'q')",
    "t = 'r' OR u",
    "NOT u",
    "u = (late = 999)",
    "size > 10",
    "size < age",
    "gap > 0",
    "gap < 50",
    "a - b < 0",
    "a + b > 120",
    "a + b <= 60",
    "d <= w",
    "d < DATE '2024-02-01'",
    "w >= TIMESTAMP '2024-01-01 07:00'",
    "a BETWEEN 25 AND 75",
    "b NOT BETWEEN 25 AND 75",
    "ABS(a - b) < 20",
    "(a < 30) = (b < 30)",
    "CASE WHEN u THEN a <= b ELSE late = 0 END",
    "age / 2 < 30",
    "a * 2 > 120",
)


def test_no_rules_that_a_row_keeps_together_are_called_contradictory() -> None:
    random = np.random.default_rng(5)
    codes = {column.name: random.integers(0, column.size, 60_000) for column in DOMAIN.columns}
    shares = {name: random.choice([0.0, 0.3, 0.5, 0.8, 1 - 1e-12], 60_000) for name in DOMAIN.names}
    arrays = [decode(column, codes[column.name], within=shares[column.name]) for column in DOMAIN.columns]
    table = pa.table(arrays, schema=SCHEMA)
    for name, derivation in DERIVED.items():
        table = table.append_column(name, derive_values([derivation], table)[0])
    keeps = dict(zip(RULES, kept(table, {text: parse(text, WHOLE) for text in RULES}), strict=True))
    claimed = found(*RULES)
    assert not [group for group in claimed if np.logical_and.reduce([keeps[name] for name in group]).any()]
    never = {pair for pair in combinations(RULES, 2) if not (keeps[pair[0]] & keeps[pair[1]]).any()}
    assert len(claimed) >= 7
    assert {group for group in claimed if len(group) == 2} <= never


def test_rules_over_columns_that_are_not_known_are_left_out() -> None:
    part = Domain(columns=DOMAIN.columns[1:])
    rules = {text: parse(text, WHOLE) for text in ("a > 200", "gap > 500", "b > 200")}
    assert contradictions(rules, domain=part, derived=DERIVED) == [("b > 200",)]


def test_what_a_strangers_rules_cost_is_bounded() -> None:
    large = Domain(columns=tuple(Column(name=name, kind="integer", maximum=999) for name in "abcd"))
    pairs = list(combinations("abcd", 2))
    texts = [f"{one} * {number} <> {other} + 7" for number in range(2, 40) for one, other in pairs]
    rules = {text: parse(text, large.arrow_schema()) for text in texts}
    assert contradictions(rules, domain=large, derived={}) == []
