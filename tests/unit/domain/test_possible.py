"""No row that keeps a rule has codes that are called impossible, whatever the rule; and impossible ones are found."""

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synth_assets.candidate.rejection import kept
from synth_assets.domain import Column, Domain
from synth_assets.domain.codes import decode
from synth_assets.domain.expressions import parse
from synth_assets.domain.lookup import LookupTable, derive_values
from synth_assets.domain.possible import CellRule, cell_rules

DAY = dt.date(2024, 1, 1).toordinal() - dt.date(1970, 1, 1).toordinal()
DOMAIN = Domain(
    columns=(
        Column(name="a", kind="integer", maximum=1000, edges=(1, 10, 50, 200), specials=(-1,), nullable=True),
        Column(name="b", kind="integer", maximum=1000, edges=(5, 10, 100, 200, 700)),
        Column(name="x", kind="float", maximum=1.0, bins=4, nullable=True),
        Column(name="y", kind="float", minimum=-1.0, maximum=1.0, bins=5, specials=(0.0,)),
        Column(name="n", kind="integer", maximum=4),
        Column(name="t", kind="categorical", categories=("p", "q", "r"), nullable=True),
        Column(name="u", kind="boolean", nullable=True),
        Column(name="d", kind="date", minimum=DAY, maximum=DAY + 365, bins=6, nullable=True),
        Column(name="w", kind="datetime", minimum=DAY * 24, maximum=(DAY + 365) * 24, bins=5, resolution="hour"),
    )
)
SCHEMA = DOMAIN.arrow_schema()
DERIVED = {
    "gap": parse("b - a", SCHEMA),
    "size": LookupTable.of("t", {"p": 10, "q": 300}, key=pa.string(), default=None),
}
WHOLE = SCHEMA.append(pa.field("gap", pa.int64())).append(pa.field("size", pa.int64()))
RULES = (
    "a <= b",
    "a < b",
    "NOT (a > b)",
    "a = b",
    "a <> b",
    "a + n <= b",
    "2 * a - b >= -n",
    "-a <= b * n",
    "ABS(a - b) < 20",
    "(a = 0) = (b = 0)",
    "(a = -1) = (x IS NULL)",
    "x <= y",
    "x < y AND y < 0.5",
    "x * y > 0.2",
    "x - y BETWEEN -0.1 AND 0.1",
    "y = 0",
    "y <> 0 OR x = 0",
    "t <> 'p' OR a >= 300",
    "NOT t = 'q' OR (a <= b AND u)",
    "t IN ('p', 'r') OR n IN (1, 2)",
    "a IN (0, 5, 500)",
    "u = (a > b)",
    "u IS NOT TRUE OR n > 2",
    "a IS NULL OR b > 100",
    "COALESCE(a, b) <= 40",
    "COALESCE(u, a > 5)",
    "CASE WHEN u THEN a <= b WHEN n > 2 THEN x IS NULL ELSE y > 0 END",
    "CASE t WHEN 'p' THEN 10 WHEN 'q' THEN 500 END <= b",
    "CASE WHEN n > 2 THEN a ELSE b END > 600",
    "d >= DATE '2024-06-01'",
    "w < DATE '2024-03-01' OR u",
    "w >= TIMESTAMP '2024-06-01 12:00'",
    "d <= w",
    "gap >= 0",
    "gap > size",
    "size <= b",
    "n % 2 = 0",
    "n / 2 = 1 AND t >= 'q'",
    "a / 2 < b OR n = 0",
    "CAST(a AS DOUBLE) <= b",
    "a * 1000000 * 1000000 <= 5",
    "u OR a / 3 = 7",
    "ROUND(x * y, 1) <= 0.3",
    "ROUND(a * 0.55) < b",
    "ROUND(a) = ROUND(b, 2) OR ROUND(y, 1) > 0.4",
)


def rows_of(codes: dict[str, Any], random: np.random.Generator) -> pa.Table:
    """Return values inside the bins of codes, also at their ends, with the derived columns."""
    shares = {name: random.choice([0.0, 0.3, 0.5, 0.8, 1 - 1e-12], code.size) for name, code in codes.items()}
    arrays = [decode(column, codes[column.name], within=shares[column.name]) for column in DOMAIN.columns]
    table = pa.table(arrays, schema=SCHEMA)
    for name, derivation in DERIVED.items():
        table = table.append_column(name, derive_values([derivation], table)[0])
    return table


def rules_of(text: str) -> tuple[CellRule, ...]:
    return cell_rules({"r": parse(text, WHOLE)}, domain=DOMAIN, derived=DERIVED)


def possible(rules: tuple[CellRule, ...], codes: dict[str, Any]) -> Any:
    return np.logical_and.reduce([np.ones(codes["a"].size, bool), *(rule.possible(codes) for rule in rules)])


@pytest.mark.parametrize("text", RULES)
def test_rows_that_keep_a_rule_are_never_called_impossible(text: str) -> None:
    random = np.random.default_rng(3)
    codes = {column.name: random.integers(0, column.size, 40_000) for column in DOMAIN.columns}
    can = possible(rules_of(text), codes)
    keeps = kept(rows_of(codes, random), {"r": parse(text, WHOLE)})[0]
    assert not (keeps & ~can).any()


@pytest.mark.parametrize(
    "text", [rule for rule in RULES if "/" not in rule and "CAST" not in rule and "1000000" not in rule]
)
def test_rows_that_can_only_break_a_rule_are_found(text: str) -> None:
    random = np.random.default_rng(4)
    few = {column.name: random.integers(0, column.size, 300) for column in DOMAIN.columns}
    codes = {name: np.repeat(code, 200) for name, code in few.items()}
    ever = kept(rows_of(codes, random), {"r": parse(text, WHOLE)})[0].reshape(300, 200).any(axis=1)
    can = possible(rules_of(text), few)
    assert (can & ~ever).mean() <= 0.2  # equal reals were not drawn, and names are taken apart
    assert not (~can).all()


def test_an_order_splits_the_plane_of_codes() -> None:
    (rule,) = rules_of("a < b")
    table = rule.possible({"a": np.arange(6)[:, None], "b": np.arange(6)[None, :]})
    assert table.astype(int).tolist() == [
        [1, 1, 1, 1, 1, 1],  # a = 0
        [1, 1, 1, 1, 1, 1],  # 1 to 9
        [0, 0, 1, 1, 1, 1],  # 10 to 49
        [0, 0, 1, 1, 1, 1],  # 50 to 199
        [0, 0, 0, 0, 1, 1],
        [1, 1, 1, 1, 1, 1],  # -1
    ]


def test_a_rule_is_split_at_its_ands_and_says_which_columns_it_reads() -> None:
    parts = rules_of("gap >= 0 AND (t <> 'p' OR u) AND n / 0 = b")
    assert [set(part.columns) for part in parts] == [{"a", "b"}, {"t", "u"}]


@pytest.mark.parametrize("text", ["n >= 0", "a / 2 = 3", "1 = 1", "CAST(a AS DOUBLE) < 3"])
def test_what_codes_cannot_tell_is_left_out(text: str) -> None:
    assert rules_of(text) == ()


def test_numbers_that_doubles_do_not_tell_apart_can_be_anything() -> None:
    wide = Domain(columns=(Column(name="k", kind="integer", minimum=-(2**53) + 1, maximum=2**53 - 1, bins=4),))
    rules = {"r": parse("k * k * k < 0", wide.arrow_schema()), "s": parse("k < 9007199254740993", wide.arrow_schema())}
    assert cell_rules(rules, domain=wide, derived={}) == ()


def test_rules_of_a_stranger_cost_a_bounded_number_of_tables_and_parts() -> None:
    large = Domain(columns=tuple(Column(name=name, kind="integer", maximum=1999) for name in "ab"))
    many = {f"r{number}": parse(f"a + b <> {number}", large.arrow_schema()) for number in range(300)}
    assert len(cell_rules(many, domain=large, derived={})) == 256


def test_derived_columns_that_read_each_other_many_times_end() -> None:
    schema = pa.schema([("a", pa.int64()), ("b", pa.int64())])
    derived = {"d0": parse("a - b", schema), "d1": parse("b - a", schema)}
    schema = schema.append(pa.field("d0", pa.int64())).append(pa.field("d1", pa.int64()))
    for number in range(2, 60):
        derived[f"d{number}"] = parse(f"d{number - 1} - d{number - 2}", schema)
        schema = schema.append(pa.field(f"d{number}", pa.int64()))
    domain = Domain(columns=DOMAIN.columns[:2])
    assert cell_rules({"r": parse("d59 > 0", schema)}, domain=domain, derived=derived) == ()
    (rule,) = cell_rules({"r": parse("d3 > 4000", schema)}, domain=domain, derived=derived)
    assert set(rule.columns) == {"a", "b"}
