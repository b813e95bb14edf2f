"""The gate believes nobody: verdicts are needed, and computed again, and the two must agree."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from kit.releases import MadeUp, visits_contract

from synth_assets.candidate import Candidate
from synth_assets.checks import CheckResult, judge_again, recompute_checks, run_checks, write_suite
from synth_assets.checks.context import Context, OtherColumn
from synth_assets.errors import UsageError


def _write_check(visits: MadeUp, path: Path, *, most: int, severity: str = "critical") -> Path:
    """Write a suite with one hand-written check of the largest age."""
    write_suite(visits.contract, path)
    suite = json.loads(path.read_text())
    entry: dict[str, Any] = {
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "age", "min_value": 0, "max_value": most},
        "severity": severity,
        "meta": {"check": "ages"},
    }
    suite["expectations"] = [
        *(old for old in suite["expectations"] if old["meta"] != entry["meta"]),
        entry,
    ]
    path.write_text(json.dumps(suite))
    return path


def _named(results: Sequence[CheckResult], name: str) -> CheckResult:
    return next(result for result in results if result.name == name)


def test_recomputing_without_great_expectations_gives_the_same_results(
    visits: MadeUp, faithful: Candidate, independent: Candidate, no_suite: Path
) -> None:
    for candidate in (faithful, independent):
        judged = run_checks(visits.contract, candidate, visits.release, suite=no_suite)
        again, basis = recompute_checks(visits.contract, candidate, visits.release, suite=no_suite)
        assert (basis.candidate, basis.counts.rows) == (candidate.digest, candidate.rows)
        assert [result.as_json() for result in again] == [result.as_json() for result in judged]


def test_a_suite_without_hand_written_checks_needs_no_great_expectations() -> None:
    code = "import sys, synth_assets.checks.gate; print('great_expectations' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_recomputing_refuses_strangers_too(visits: MadeUp, faithful: Candidate, no_suite: Path) -> None:
    with pytest.raises(UsageError, match="the candidate came from release"):
        recompute_checks(visits.contract, replace(faithful, release="0" * 64), visits.release, suite=no_suite)


def test_hand_written_checks_run_again_on_the_rows(visits: MadeUp, faithful: Candidate, no_suite: Path) -> None:
    suite = _write_check(visits, no_suite, most=9)
    recorded = run_checks(visits.contract, faithful, visits.release, suite=suite)
    judged = judge_again(visits.contract, faithful, visits.release, suite=suite, recorded=recorded)
    assert judged.decision.promote
    assert list(judged.results) == recorded
    assert _named(judged.results, "ages").observed["element_count"] == faithful.rows
    assert judged.counts is not None
    assert judged.counts.rows == faithful.rows


def test_honest_verdicts_are_needed_and_nothing_is_computed_without_them(
    visits: MadeUp, faithful: Candidate, no_suite: Path
) -> None:
    decision = judge_again(visits.contract, faithful, visits.release, suite=no_suite, recorded=[]).decision
    assert "check 'domain' has no result" in " ".join(decision.reasons)
    gone = replace(faithful, folder=no_suite)  # it cannot be counted
    judged = judge_again(visits.contract, gone, visits.release, suite=no_suite, recorded=[])
    assert not judged.decision.promote
    assert judged.counts is None


def test_a_check_that_was_tightened_after_it_ran_refuses(visits: MadeUp, faithful: Candidate, no_suite: Path) -> None:
    recorded = run_checks(visits.contract, faithful, visits.release, suite=_write_check(visits, no_suite, most=9))
    suite = _write_check(visits, no_suite, most=3)
    decision = judge_again(visits.contract, faithful, visits.release, suite=suite, recorded=recorded).decision
    assert decision.reasons == ("check 'ages' was judged by other arguments than the suite has now",)


@pytest.mark.parametrize("name", ["fidelity", "ages"])
def test_a_verdict_that_only_says_passed_is_refused_by_what_is_computed(
    visits: MadeUp, independent: Candidate, no_suite: Path, name: str
) -> None:
    suite = _write_check(visits, no_suite, most=3)
    honest = run_checks(visits.contract, independent, visits.release, suite=suite)
    assert not _named(honest, name).passed
    forged = [replace(result, passed=True) for result in honest]
    judged = judge_again(visits.contract, independent, visits.release, suite=suite, recorded=forged)
    assert not judged.decision.promote
    assert f"check {name!r} is recorded as passed, but computed again it failed" in judged.decision.reasons
    assert not _named(judged.results, name).passed


def test_a_warning_whose_verdict_differs_refuses_and_one_that_failed_does_not(
    visits: MadeUp, faithful: Candidate, no_suite: Path
) -> None:
    suite = _write_check(visits, no_suite, most=3, severity="warning")
    honest = run_checks(visits.contract, faithful, visits.release, suite=suite)
    assert judge_again(visits.contract, faithful, visits.release, suite=suite, recorded=honest).decision.promote
    forged = [replace(result, passed=True) for result in honest]
    decision = judge_again(visits.contract, faithful, visits.release, suite=suite, recorded=forged).decision
    assert decision.reasons == ("check 'ages' is recorded as passed, but computed again it failed",)


def test_what_a_check_compares_with_is_that_of_today(visits: MadeUp, faithful: Candidate, no_suite: Path) -> None:
    contract = visits_contract(rows=2000, checks={"relationships": {"region": "regions.name"}})

    def known(*values: str) -> Context:
        return Context(others={"regions.name": OtherColumn(version="v" * 64, values=values)})

    before, now = known("north", "south", "west"), known("north", "west")
    recorded = run_checks(contract, faithful, visits.release, suite=no_suite, context=before)
    given: dict[str, Any] = {"suite": no_suite, "recorded": recorded}
    assert judge_again(contract, faithful, visits.release, **given, context=before).decision.promote
    judged = judge_again(contract, faithful, visits.release, **given, context=now)
    assert "check 'relationships' is recorded as passed, but computed again it failed" in judged.decision.reasons
    assert judged.context is now
