"""Sound mechanisms pass, each broken copy is flagged, and the record adds up; see also tests/statistical."""

import pytest

from synth_assets.assurance import mechanisms
from synth_assets.assurance.mechanisms import FALSE_ALARM, FEWEST_RUNS, audit_mechanisms, order_results
from synth_assets.audit.assurance import TestResult, parse_record
from synth_assets.errors import Fault, UsageError
from synth_assets.files import canonical_json


def result(number: int, *, broken: bool = False, value: float = 0.0) -> TestResult:
    return TestResult(
        name=f"test {number}", what="made up", measure="epsilon", value=value, limit=1.0, alarm="above", broken=broken
    )


def faked(monkeypatch: pytest.MonkeyPatch, results: list[TestResult]) -> None:
    monkeypatch.setattr(mechanisms, "results_of", lambda *_, **__: results)
    monkeypatch.setattr(mechanisms, "order_results", list)


@pytest.mark.slow
@pytest.mark.integration
def test_a_charge_comes_before_a_reading_and_the_copy_that_charges_afterwards_is_flagged() -> None:
    verdicts = {result.name: result.verdict for result in order_results()}
    assert verdicts == {
        "ledger: charge before reading": "passed",
        "ledger: announced before drawn": "passed",
        "ledger: charge after reading": "flagged",
    }


def test_the_record_can_be_read_again_and_says_how_often_it_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    faked(monkeypatch, [result(1), result(2, broken=True, value=2.0)])
    record = audit_mechanisms(runs=FEWEST_RUNS)
    assert record.passed
    assert 0 < float(record.facts["probability of a false alarm, at most"]) < FALSE_ALARM
    assert parse_record(canonical_json(record.as_json()), kind="mechanisms") == record


@pytest.mark.parametrize(("broken", "value"), [(False, 2.0), (True, 0.0)])
def test_a_test_that_fails_or_a_copy_that_is_missed_fails_the_record(
    broken: bool,  # noqa: FBT001 - a parameter of a test
    value: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faked(monkeypatch, [result(1), result(2, broken=broken, value=value)])
    assert not audit_mechanisms(runs=FEWEST_RUNS).passed


def test_so_many_tests_that_chance_would_fail_them_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    faked(monkeypatch, [result(number) for number in range(400)])
    with pytest.raises(Fault, match="too many"):
        audit_mechanisms(runs=FEWEST_RUNS)


@pytest.mark.parametrize("runs", [0, FEWEST_RUNS - 1, 10**9])
def test_too_few_runs_to_notice_a_fault_are_refused(runs: int) -> None:
    with pytest.raises(UsageError, match="must be from"):
        audit_mechanisms(runs=runs)
