"""Each kind of check judges facts by its own arguments, and reports what it saw."""

from collections.abc import Mapping
from typing import Any

import pytest
from kit.releases import visits_contract

from synth_assets.checks.judgement import KINDS, judge
from synth_assets.checks.suite import suite_of

FIELD = {"name": "age", "type": "int64", "nullable": True}


def _judge(kind: str, facts: Mapping[str, Any], **kwargs: Any) -> tuple[bool, Mapping[str, Any], str]:
    return judge(f"expect_candidate_{kind}", {"as_declared": True, **facts}, kwargs)


def test_every_generated_check_has_a_judgement_and_no_other_has() -> None:
    assert {entry.type for entry in suite_of(visits_contract())} == set(KINDS)


def test_with_another_schema_only_schema_and_rows_are_judged() -> None:
    facts = {"as_declared": False, "rows": 3, "released_rows": 3, "schema": []}
    messages = {entry.check: judge(entry.type, facts, entry.kwargs)[2] for entry in suite_of(visits_contract(rows=3))}
    assert [name for name, text in messages.items() if not text.startswith("not evaluated")] == ["schema", "row_count"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ([FIELD], "1 columns as declared"),
        ([], "columns differ: age"),
        ([FIELD | {"type": "double"}], "columns differ: age"),
        ([FIELD, FIELD | {"name": "more"}], "columns differ: more"),
    ],
)
def test_schemas_are_compared_field_by_field(fields: list[dict[str, Any]], message: str) -> None:
    verdict = _judge("schema_to_match", {"schema": fields}, columns=[FIELD])
    assert (verdict[0], verdict[2]) == (fields == [FIELD], message)


def test_another_order_of_columns_is_another_schema() -> None:
    sex = FIELD | {"name": "sex"}
    passed, _, message = _judge("schema_to_match", {"schema": [sex, FIELD]}, columns=[FIELD, sex])
    assert (passed, message) == (False, "columns differ: their order")


@pytest.mark.parametrize(
    ("rows", "counted", "passed"), [(10, 10, True), (10, 9, False), (None, 12, True), (None, 10, False)]
)
def test_rows_are_the_contracts_or_else_the_released_ones(rows: int | None, counted: int, passed: bool) -> None:  # noqa: FBT001
    facts = {"rows": counted, "released_rows": 12}
    assert _judge("row_count_to_match", facts, rows=rows)[0] is passed


def test_the_domain_names_the_columns_with_values_outside() -> None:
    facts = {"rows": 9, "outside": {"age": 2, "sex": 0, "old": 1}}
    passed, observed, message = _judge("values_in_domain", facts, columns={"age": {}, "sex": {}}, derived={"old": ""})
    assert not passed
    assert observed["outside"] == {"age": 2, "old": 1}
    assert message == "age: 2 values outside; old: 1 values outside"


def _nulls(gap: float, error: float, forbidden: int = 0) -> tuple[bool, Mapping[str, Any], str]:
    facts = {"nulls": {"sex": forbidden, "age": 5}, "null_shares": {"age": {"gap": gap, "error": error}}}
    return _judge("null_shares_near_release", facts, never=["sex"], sometimes=["age"], max_difference=0.05)


@pytest.mark.parametrize(
    ("gap", "error", "passed"),
    [(0.04, 0.0, True), (0.06, 0.0, False), (-0.06, 0.0, False), (0.06, 0.01, True), (0.09, 0.01, False)],
)
def test_a_gap_counts_as_far_as_three_standard_errors_do_not_explain_it(gap: float, error: float, passed: bool) -> None:  # noqa: FBT001
    assert _nulls(gap, error)[0] is passed


def test_nulls_where_none_may_be_fail() -> None:
    passed, observed, message = _nulls(0.0, 0.0, forbidden=3)
    assert (passed, observed["forbidden"], message) == (False, {"sex": 3}, "sex: 3 nulls where none may be")


def test_a_table_without_nullable_columns_has_no_shares_to_compare() -> None:
    facts = {"nulls": {"sex": 0}, "null_shares": {}}
    kwargs = {"never": ["sex"], "sometimes": [], "max_difference": 0.05}
    assert _judge("null_shares_near_release", facts, **kwargs)[0::2] == (True, "no nulls")


@pytest.mark.parametrize(("broken", "passed"), [(0, True), (1, False)])
def test_one_row_breaks_a_rule(broken: int, passed: bool) -> None:  # noqa: FBT001
    facts = {"rows": 10, "violations": {"age > 3": broken}}
    assert _judge("rule_to_hold", facts, rule="age > 3")[0] is passed


@pytest.mark.parametrize(
    ("sure", "column", "passed"),
    [(0.0, 0.0, True), (0.05, 0.05, True), (0.0501, 0.0, False), (0.0, 0.0501, False)],
)
def test_fidelity_fails_on_what_is_surely_above_the_threshold(sure: float, column: float, passed: bool) -> None:  # noqa: FBT001
    facts = {"excess": 0.2, "sure_excess": sure, "worst_column": "age", "worst_column_sure_excess": column}
    verdict, _, message = _judge("marginals_near_release", {"fidelity": facts}, max_excess_distance=0.05)
    assert verdict is passed
    assert ("column age alone" in message) == (column > 0.05)
