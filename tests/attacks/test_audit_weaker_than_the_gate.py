"""Forge the verdicts of a candidate that the gate refuses, and send the bundle to an auditor.

The gate limits shares of nulls and the distance of each column's own table. The audit recomputed
neither, so every claim of a bundle whose results were changed to "passed" was verified.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from forged_candidate import forge_candidate, with_column
from kit.people import make_contract
from kit.project import Project
from kit.stores import stores_in

from synth_assets.audit import Status, verify_bundle
from synth_assets.candidate import Candidate, load_candidate
from synth_assets.checks import CheckResult, decide, required_checks, run_checks, write_suite
from synth_assets.checks.counts import count_candidate
from synth_assets.errors import CheckRefused
from synth_assets.promotion import Promotion


def _judge(checked: Project, table: pa.Table, checks: Mapping[str, float]) -> tuple[Project, list[CheckResult]]:
    """Return a project with these limits, and the results of the gate's checks on the table as its candidate."""
    contract = make_contract(checks=checks)
    write_suite(contract, checked.suite)
    forged = forge_candidate(checked, table, contract=contract)
    results = run_checks(contract, forged, checked.release, suite=checked.suite)
    return replace(checked, contract=contract), results


def _promote(checked: Project, results: list[CheckResult], tmp_path: Path) -> Promotion:
    required = required_checks(checked.contract, checked.suite)
    candidate = _candidate(checked, results[0].candidate)
    evidence = replace(
        checked.evidence(0),
        candidate=candidate,
        results=tuple(results),
        decision=decide(results, required=required, candidate=candidate.digest),
        counts=count_candidate(checked.contract, candidate, checked.release),
    )
    return checked.promote(evidence, **stores_in(tmp_path))


def _candidate(checked: Project, digest: str) -> Candidate:
    return load_candidate(checked.workspace.candidates("people") / digest)


def _failed(promotion: Promotion) -> set[str]:
    return {claim.name for claim in verify_bundle(promotion.bundle) if claim.status is Status.FAILED}


def _forge(results: list[CheckResult], name: str) -> list[CheckResult]:
    """Change the verdict of the one failed check that blocks to passed."""
    assert [one.name for one in results if not one.passed and one.severity == "critical"] == [name]
    return [replace(result, passed=True) for result in results]


def test_a_share_of_nulls_that_the_gate_refuses_fails_the_audit(checked: Project, tmp_path: Path) -> None:
    table = checked.candidate(0).table()
    without = with_column(table, "age", [age or 0 for age in table["age"].to_pylist()])
    table = with_column(without, "adult", [age >= 10 for age in without["age"].to_pylist()])
    limited, results = _judge(checked, table, {"max_null_difference": 0.001, "max_excess_distance": 0.9})
    with pytest.raises(CheckRefused):
        _promote(limited, results, tmp_path)
    assert "nulls" in _failed(_promote(limited, _forge(results, "nulls"), tmp_path))


def test_one_column_that_the_gate_refuses_fails_the_audit(checked: Project, tmp_path: Path) -> None:
    table = checked.candidate(0).table()
    table = with_column(table, "member", [False] * table.num_rows)
    _, loose = _judge(checked, table, {"max_excess_distance": 0.9})
    observed = next(result.observed for result in loose if result.name == "fidelity")
    # The mean over all tables is within this limit, one column's own table is not.
    limit = (observed["sure_excess"] + observed["worst_column_sure_excess"]) / 2
    assert observed["sure_excess"] < limit < observed["worst_column_sure_excess"]
    limited, results = _judge(checked, table, {"max_excess_distance": limit})
    with pytest.raises(CheckRefused):
        _promote(limited, results, tmp_path)
    assert "fidelity" in _failed(_promote(limited, _forge(results, "fidelity"), tmp_path))


def test_what_the_gate_lets_through_the_audit_does_too(checked: Project, tmp_path: Path) -> None:
    limited, results = _judge(checked, checked.candidate(0).table(), {"max_excess_distance": 0.05})
    assert _failed(_promote(limited, results, tmp_path)) == set()
