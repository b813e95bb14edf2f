"""The policy: everything required passed on exactly this candidate, or there is no promotion."""

import math
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace

import pytest

from synth_assets.checks.policy import CheckResult, decide
from synth_assets.errors import IntegrityError

PASSED = CheckResult(
    name="domain",
    severity="critical",
    passed=True,
    candidate="c1",
    expectation="expect_candidate_values_in_domain",
    kwargs={"columns": {"age": {"min": 0}}},
    observed={"outside": {}, "rows": 3},
    description="all inside",
    entry="e1",
)
REQUIRED = {"domain": "e1"}
FAILED = replace(PASSED, passed=False, description="age: 2 values outside")


def test_only_a_gate_that_nobody_was_asked_for_was_not_asked() -> None:
    gate = replace(PASSED, kind="MEASURED")
    assert PASSED.asked
    assert gate.asked
    assert not replace(gate, observed={"asked": False}).asked
    assert replace(PASSED, observed={"asked": False}).asked


def test_all_required_checks_passed_on_this_candidate_promotes() -> None:
    decision = decide(
        [PASSED, replace(PASSED, name="schema")], required={"domain": "e1", "schema": "e1"}, candidate="c1"
    )
    assert (decision.promote, decision.reasons) == (True, ())


def test_a_missing_check_refuses() -> None:
    decision = decide([PASSED], required={"domain": "e1", "schema": "e1"}, candidate="c1")
    assert decision.reasons == ("check 'schema' has no result for candidate c1",)
    assert not decision.promote


def test_a_failed_check_refuses_and_reports_what_was_seen() -> None:
    decision = decide([FAILED], required=REQUIRED, candidate="c1")
    assert decision.reasons == ("check 'domain' failed: age: 2 values outside",)


def test_a_failed_check_without_words_refuses_too() -> None:
    assert decide([replace(FAILED, description="")], required=REQUIRED, candidate="c1").reasons == (
        "check 'domain' failed",
    )


def test_a_result_for_another_candidate_counts_as_missing() -> None:
    decision = decide([PASSED], required=REQUIRED, candidate="c2")
    assert decision.reasons == ("check 'domain' has no result for candidate c2",)


def test_a_result_by_other_arguments_than_those_of_today_does_not_count() -> None:
    decision = decide([PASSED], required={"domain": "e2"}, candidate="c1")
    assert decision.reasons == ("check 'domain' was judged by other arguments than the suite has now",)
    assert not decide([replace(PASSED, entry="")], required=REQUIRED, candidate="c1").promote


def test_beside_a_result_of_today_an_older_one_is_forgotten() -> None:
    assert decide([replace(FAILED, entry="e0"), PASSED], required=REQUIRED, candidate="c1").promote
    assert not decide([replace(PASSED, entry="e0"), FAILED], required=REQUIRED, candidate="c1").promote


def test_a_failure_on_another_candidate_does_not_count() -> None:
    assert decide([replace(FAILED, candidate="c0"), PASSED], required=REQUIRED, candidate="c1").promote


def test_of_two_results_for_one_check_the_failed_one_counts() -> None:
    assert not decide([PASSED, FAILED], required=REQUIRED, candidate="c1").promote
    assert not decide([FAILED, PASSED], required=REQUIRED, candidate="c1").promote


def test_a_failed_warning_does_not_block() -> None:
    warning = replace(FAILED, name="mean_age", severity="warning")
    assert decide([PASSED, warning], required=REQUIRED, candidate="c1").promote


def test_a_missing_warning_does_not_block() -> None:
    assert decide([PASSED], required=REQUIRED, candidate="c1").promote


def test_what_is_required_blocks_even_if_its_result_calls_itself_a_warning() -> None:
    assert not decide([replace(FAILED, severity="warning")], required=REQUIRED, candidate="c1").promote


def test_a_failed_critical_check_blocks_even_if_nobody_required_it() -> None:
    extra = replace(FAILED, name="extra")
    assert decide([PASSED, extra], required=REQUIRED, candidate="c1").reasons == (
        "check 'extra' failed: age: 2 values outside",
    )


def test_nothing_required_means_nothing_promoted() -> None:
    assert decide([PASSED], required={}, candidate="c1").reasons == (
        "no check is required, so nothing speaks for this candidate",
    )


def test_every_reason_is_given_once_and_in_order() -> None:
    decision = decide([FAILED], required={"schema": "e1", "domain": "e1"}, candidate="c1")
    assert [reason.split("'")[1] for reason in decision.reasons] == ["domain", "schema"]


def test_a_result_survives_json() -> None:
    assert CheckResult.from_json(PASSED.as_json()) == PASSED


def test_a_result_of_an_older_version_is_written_as_it_was_read() -> None:
    older = {name: value for name, value in PASSED.as_json().items() if name != "entry"}
    assert CheckResult.from_json(older).as_json() == older


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "passed",
        {},
        {"name": "domain", "passed": True},
        PASSED.as_json() | {"passed": "yes"},
        PASSED.as_json() | {"severity": "none"},
        PASSED.as_json() | {"kind": "CURATOR"},
        PASSED.as_json() | {"kwargs": []},
        PASSED.as_json() | {"more": 1},
    ],
)
def test_what_is_not_a_result_is_not_read_as_one(value: object) -> None:
    with pytest.raises(IntegrityError, match="not the result of a check"):
        CheckResult.from_json(value)


def test_what_is_not_json_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        replace(PASSED, observed={"share": math.nan}).as_json()


def test_evidence_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        PASSED.passed = False  # type: ignore[misc]


def test_reading_evidence_and_declaring_checks_does_not_import_great_expectations() -> None:
    code = (
        "import sys, synth_assets.checks, synth_assets.candidate\n"
        "heavy = {'great_expectations', 'torch', 'opendp', 'polars', 'dagster', 'mlflow', 'pandas'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout.strip() == "[]"
