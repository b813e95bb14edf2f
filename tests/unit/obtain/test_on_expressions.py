"""Rules and derived columns that cannot be meant are refused before anything is paid, each with what to do."""

from typing import Any

import pytest

from synth_assets.contract import DatasetContract
from synth_assets.obtain.on_expressions import remarks_on_expressions

NUMBER = {"type": "integer", "min": 0, "max": 9, "domain_source": "made up"}
AGE = {"type": "integer", "min": 18, "max": 120, "domain_source": "made up"}
AMOUNT = {"type": "float", "min": 0.0, "max": 1000.0, "domain_source": "made up"}
REGION = {"type": "categorical", "categories": ["north", "south"], "domain_source": "made up"}
FLAG = {"type": "boolean", "domain_source": "made up"}
LOOKED_UP = {"north": "cold", "south": "warm"}


def contract(**changes: Any) -> DatasetContract:
    privacy = {"unit": "rows", "spend": {"epsilon": 1.0, "delta": 1e-6}}
    value = {"name": "d", "purpose": "p", "source": "s", "privacy": privacy, "columns": {"x": NUMBER}}
    return DatasetContract.model_validate({**value, **changes})


@pytest.mark.parametrize(
    ("changes", "where", "hint"),
    [
        ({"rules": {"r": "region = 'nrth'"}}, "rules.r", "did you mean 'north'?"),
        ({"rules": {"r": "x > 1 OR region IN ('south', 'east')"}}, "rules.r", "it is one of: north, south"),
        ({"derived": {"d": "CASE region WHEN 'North' THEN 1 ELSE 0 END"}}, "derived.d", "did you mean 'north'?"),
        (
            {"derived": {"d": "CASE WHEN x > 3 THEN 'big' ELSE 'small' END"}, "rules": {"r": "d <> 'huge'"}},
            "rules.r",
            "it is one of: big, small",
        ),
        (
            {"derived": {"d": {"lookup": "region", "values": LOOKED_UP}}, "rules": {"r": "d <> 'north'"}},
            "rules.r",
            "it is one of: cold, warm",
        ),
    ],
)
def test_a_text_that_no_column_has_is_refused(changes: dict[str, Any], where: str, hint: str) -> None:
    (remark,) = remarks_on_expressions(contract(columns={"x": NUMBER, "region": REGION}, **changes))
    assert remark.refused
    assert ".".join(remark.where) == where
    assert hint in remark.hint


def test_numbers_of_a_table_are_not_texts() -> None:
    table = {"lookup": "region", "values": dict.fromkeys(LOOKED_UP, 1)}
    asked = contract(columns={"region": REGION}, derived={"d": table}, rules={"r": "d > 0"})
    assert list(remarks_on_expressions(asked)) == []


def test_texts_of_discovered_categories_are_anybodys_guess() -> None:
    spend = {"epsilon": 1.0, "delta": 1e-6, "threshold_delta": 1e-9}
    column = {"type": "categorical", "categories": "discover", "other": "other", "domain_source": "discovered"}
    open_one = contract(
        privacy={"unit": "rows", "spend": spend}, columns={"region": column}, rules={"r": "region = 'nrth'"}
    )
    assert list(remarks_on_expressions(open_one)) == []


COLUMNS = {"age": AGE, "gross": AMOUNT, "net": AMOUNT, "late": {**NUMBER, "special_values": [999]}, "retired": FLAG}


@pytest.mark.parametrize(
    ("rule", "message", "hint"),
    [
        ("late <> 500", "compares late with 500, which it never is", "it is one of: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 999"),
        ("age = 200", "compares age with 200, which it never is", "it is one of: 18 to 120"),
        ("retired = 1", "compares `retired`, which is true or false, with `1`, which is not", "write `retired`"),
        ("NOT retired = 0", "compares `retired`, which is true or false", "write `NOT retired`"),
        ("age > 66 OR retired > late", "compares `retired`, which is true or false, with `late`", "stands alone"),
        ("age > 200", "no row can keep `age > 200`", "correct it; age holds 18 to 120"),
        ("zone > 2", "no row can keep `zone > 2`", "correct it; age holds 18 to 120"),
        ("zone = 3", "compares zone with 3, which it never is", "it is one of: 1, 2"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused_once(rule: str, message: str, hint: str) -> None:
    zone = {"lookup": "age", "values": {"18": 1}, "default": 2}
    (remark,) = remarks_on_expressions(contract(columns=COLUMNS, derived={"zone": zone}, rules={"r": rule}))
    assert remark.refused
    assert message in remark.message
    assert hint in remark.hint


def test_comparisons_of_comparisons_get_parentheses_as_a_hint() -> None:
    (remark,) = remarks_on_expressions(contract(columns=COLUMNS, rules={"r": "late = 0 = gross = 0"}))
    assert remark.refused
    assert "`late = 0`, which is true or false, with `gross`" in remark.message
    assert "write `(late = 0) = (... = ...)`" in remark.hint


def test_rules_that_no_row_can_keep_together_are_refused_at_the_later_one() -> None:
    rules = {"one": "net <= gross", "two": "age > 30", "three": "net > gross"}
    (remark,) = remarks_on_expressions(contract(columns=COLUMNS, rules=rules))
    assert (remark.where, remark.refused) == (("rules", "three"), True)
    assert remark.message == "no row can keep `net <= gross` and `net > gross` together (rules one and three)"
    assert remark.hint == "correct or remove one; net holds 0 to 1000; gross holds 0 to 1000"


def test_a_rule_that_only_nulls_keep_is_a_warning_unless_it_speaks_of_null() -> None:
    nullable = {**COLUMNS, "age": {**AGE, "nullable": True}}
    (remark,) = remarks_on_expressions(contract(columns=nullable, rules={"r": "age > 200"}))
    assert not remark.refused
    assert remark.message == "only rows in which something is null keep `age > 200`"
    assert list(remarks_on_expressions(contract(columns=nullable, rules={"r": "age > 200 OR age IS NULL"}))) == []
    assert list(remarks_on_expressions(contract(columns=nullable, rules={"r": "COALESCE(age, 300) > 200"}))) == []


def test_a_division_of_whole_numbers_is_a_warning_and_one_of_reals_is_not() -> None:
    derived = {"share": "net * (1 - late / 100)", "part": "ROUND(late / 100.0, 2)"}
    (remark,) = remarks_on_expressions(contract(columns=COLUMNS, derived=derived))
    assert (remark.where, remark.refused) == (("derived", "share"), False)
    assert "`late / 100` divides whole numbers" in remark.message
    assert "100.0" in remark.hint


def test_a_derived_real_with_17_digits_is_a_warning_that_says_how_to_round_it() -> None:
    derived = {"part": "net / gross", "percent": "ROUND(100 * net / gross, 1)", "more": "net > 1.1 * gross"}
    (remark,) = remarks_on_expressions(contract(columns=COLUMNS, derived=derived))
    assert (remark.where, remark.refused) == (("derived", "part"), False)
    assert "`ROUND(net / gross, 2)`" in remark.hint


def test_rules_over_discovered_categories_are_not_held_against_what_is_unknown() -> None:
    spend = {"epsilon": 1.0, "delta": 1e-6, "threshold_delta": 1e-9}
    column = {"type": "categorical", "categories": "discover", "other": "other", "domain_source": "discovered"}
    rules = {"r": "region = 'north' AND age < 40", "s": "age >= 18"}
    privacy = {"unit": "rows", "spend": spend}
    assert (
        list(remarks_on_expressions(contract(privacy=privacy, columns={"region": column, "age": AGE}, rules=rules)))
        == []
    )


def test_a_rule_that_computes_a_measured_amount_is_a_warning_that_says_how_to_derive_it() -> None:
    columns = dict.fromkeys(("fare", "tip", "total"), AMOUNT) | {"x": NUMBER}
    rules = {
        "sum": "total = ROUND(fare + tip, 2)",
        "most": "tip <= total AND fare > 1.5 * tip",
        "few": "x = x + 0 OR x = 2",
    }
    (remark,) = remarks_on_expressions(contract(columns=columns, rules=rules))
    assert (remark.where, remark.refused) == (("rules", "sum"), False)
    assert "`derived: {total: ROUND(fare + tip, 2)}`" in remark.hint
