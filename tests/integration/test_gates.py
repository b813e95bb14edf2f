"""Gates ask real people about a candidate, once: what is good is promoted, what is bad is refused by its gate."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from gated import (
    FAIR,
    FEW_GATES,
    GATES,
    LEAKAGE,
    ask,
    attempted,
    charged,
    copied,
    flipped,
    gated,
    gated_contract,
    make_people,
    shuffled,
    with_contract,
)
from kit.project import Project, command

from synth_assets.candidate import Candidate
from synth_assets.checks import CheckResult
from synth_assets.contract import DatasetContract
from synth_assets.errors import BudgetRefused, UsageError
from synth_assets.evaluation.asked import gate_faults
from synth_assets.integrations.dagster.internals import finished_check_events
from synth_assets.integrations.dagster.keys import Keys
from synth_assets.integrations.dagster.launch import ChainRun, run_chain
from synth_assets.integrations.summary import summarize
from synth_assets.privacy import HELD_OUT, MEASURED, Cap
from synth_assets.promotion import read_current
from synth_assets.workspace import Workspace

__all__ = ["attempted", "gated"]
pytestmark = pytest.mark.integration

MANY_ROWS = 40_000
"""So many synthetic rows that a twentieth of them, half of which distances are taken from, are many people."""


def failed(results: list[CheckResult]) -> dict[str, str]:
    """Return what each gate that failed says, by its figure."""
    return {str(result.kwargs["figure"]): result.description for result in results if not result.passed}


def run(project: Project, seed: int) -> Any:
    return run_chain(project.contract, workspace=Workspace.current(), seed=seed)


def promoted_candidate(project: Project) -> str:
    current = read_current(project.workspace, "people")
    assert current is not None
    digest: str = json.loads((current.bundle / "manifest.json").read_text())["candidate"]
    return digest


def page_of(check: str) -> str:
    """Return the page that Dagster shows with the last verdict of a check of the candidate."""
    with dg.DagsterInstance.get() as instance:
        event = finished_check_events(instance, Keys("people").check(check), most=1)[0].dagster_event
    assert event is not None
    return str(event.asset_check_evaluation_data.metadata["page"].value)


def evaluations(project: Project) -> list[str]:
    """Return the candidates that were measured."""
    return sorted(path.stem for path in project.workspace.evaluations("people").glob("*.json"))


def test_a_good_candidate_is_promoted_and_the_same_run_again_costs_nothing(attempted: Project) -> None:
    before, candidate = charged(attempted), promoted_candidate(attempted)
    done = run(attempted, 1)
    results = done.results
    measured = [result for result in results if result.kind == "MEASURED"]
    assert [result.kwargs["figure"] for result in measured] == list(FEW_GATES)
    assert failed(measured) == {}
    assert promoted_candidate(attempted) == candidate == measured[0].candidate
    page = attempted.workspace.page("people", candidate).relative_to(attempted.root).as_posix()
    assert {name: page_of(name) for name in ("fidelity", measured[0].name)} == dict.fromkeys(
        ("fidelity", measured[0].name), page
    )
    assert "What real people say" in Path(page).read_text()
    assert charged(attempted) == before
    assert asked_people(attempted, done) == {}
    first = attempted.ledger.reservations("town")[-1].request.run_id
    paid = {part: attempted.contract.evaluation_loss(part).nano_rho for part in (HELD_OUT, MEASURED)}
    assert asked_people(attempted, replace(done, run_id=str(first))) == paid


def asked_people(project: Project, done: ChainRun) -> dict[str, int]:
    """Return what a run's summary says that asking people cost."""
    summary = summarize(project.contract, workspace=project.workspace, done=done)
    asked: dict[str, int] = summary["privacy"]["asked_people"]
    return asked


def test_each_candidate_is_charged_to_both_parts_and_one_more_is_refused(
    attempted: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    before, candidate, contract = charged(attempted), promoted_candidate(attempted), attempted.contract
    released = contract.release_loss().nano_rho
    assert before[MEASURED] == released + 2 * contract.evaluation_loss(MEASURED).nano_rho
    assert before[HELD_OUT] == 2 * contract.evaluation_loss(HELD_OUT).nano_rho
    with pytest.raises(BudgetRefused) as refusal:
        run(attempted, 2)
    assert refusal.value.message == (
        "the contract's slice for evaluations is used up by 2 of them; nothing was charged"
    )
    assert "the version that was promoted stays" in str(refusal.value.hint)
    assert charged(attempted) == before
    assert promoted_candidate(attempted) == candidate
    command("budget", "show", "town", "--json")
    (shown,) = json.loads(capsys.readouterr().out)
    parts = shown["split"]["parts"]
    assert {part: parts[part]["spent"]["nano_rho"] for part in parts} == {
        part: before[part] for part in (MEASURED, HELD_OUT)
    }
    attempts = [charge["part"] for charge in shown["charges"] if charge["by"] == "dagster"]
    assert attempts == [HELD_OUT, MEASURED] * 2
    command("budget", "history", "town", "--json")
    events = json.loads(capsys.readouterr().out)
    reasons = [event["reason"] for event in events if event["what"].startswith("reserved")]
    assert reasons == ["test", *["gates of people"] * 4]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "gates", "gate", "others"),
    [
        (lambda project: project.candidate(0), LEAKAGE, None, set()),
        (copied, LEAKAGE, "nearest", set()),
        (lambda project: project.candidate(0), GATES, None, set()),
        (shuffled, GATES, "workload_error", {"tstr_auc", FAIR}),
        (flipped, GATES, FAIR, {"workload_error"}),
    ],
    ids=["nothing copied", "copied", "good", "shuffled", "flipped"],
)
def test_a_bad_candidate_is_refused_by_the_gate_that_is_meant_for_it(
    gated: Project,
    make: Callable[[Project], Candidate],
    gates: dict[str, Any],
    gate: str | None,
    others: set[str],
) -> None:
    project = with_contract(gated, gated_contract(gates, rows=MANY_ROWS if gates is LEAKAGE else 8000))
    candidate = make(project)
    results = ask(project, candidate)
    refused = failed(results)
    assert set(refused) - others == ({gate} if gate else set())
    page = project.workspace.page("people", candidate.digest).read_text()
    assert "What real people say" in page
    assert ("✗ Refused" if refused else "✓ Passed") in page
    assert all(f'<b class="failed">{name}</b>' in page for name in refused)


def test_public_checks_that_fail_come_first_and_nobody_is_asked(gated: Project) -> None:
    contract = gated_contract(GATES, rows=2000, checks={})
    project = with_contract(gated, contract)
    before = charged(project)
    results = ask(project, shuffled(project))
    reason = "nobody was asked and nothing was charged: public check 'fidelity' failed"
    assert failed(results) == dict.fromkeys(GATES, reason)
    (page,) = project.workspace.page("people", "x").parent.iterdir()
    assert "the blocking check fidelity failed, so real people were not asked." in page.read_text()
    assert charged(project) == before
    assert evaluations(project) == []


def test_a_source_that_moved_on_is_refused_with_what_to_do_and_costs_nothing(gated: Project) -> None:
    candidate, before = gated.candidate(0), charged(gated)
    gated.ledger.set_version("census", "2026-12", by="custodian")
    with pytest.raises(UsageError, match=r"the release is of version 2026-11, and source 'census' is at 2026-12") as no:
        ask(gated, candidate)
    assert "refresh: {release: new_version}" in str(no.value.hint)
    assert charged(gated) == before
    assert len(gated.ledger.reservations("town")) == 1


def test_no_part_is_charged_if_the_other_cannot_be(gated: Project) -> None:
    """What is left covers the evaluation on held-out people, and not the one on those whom the release measured."""
    candidate, before = gated.candidate(0), charged(gated)
    gated.ledger.set_cap("town", Cap(epsilon=1.6, delta=1e-5, threshold_delta=1e-6), by="officer", reason="test")
    with pytest.raises(BudgetRefused):
        ask(gated, candidate)
    assert charged(gated) == before
    assert gated.ledger.balance("town").parts[HELD_OUT].reserved.nano_rho == 0
    assert evaluations(gated) == []


def without_holdout(gates: dict[str, Any]) -> DatasetContract:
    privacy = {"holdout": 0.0, "evaluation_share": 0.3, "evaluation_attempts": 1}
    return gated_contract(gates, rows=2000, privacy=privacy)


@pytest.mark.slow
def test_without_a_holdout_figures_are_in_sample_and_charged_to_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    project = make_people(tmp_path, without_holdout(FEW_GATES))
    results = ask(project, project.candidate(0))
    assert failed(results) == {}
    assert [result.observed["read"] for result in results] == ["in sample"] * len(FEW_GATES)
    assert all(", in sample; wanted" in result.description for result in results)
    contract = project.contract
    whole = contract.release_loss().nano_rho + contract.evaluation_loss(None).nano_rho
    assert charged(project) == {"all": whole}


def test_without_a_holdout_leakage_is_refused_when_the_contract_is_checked(
    gated: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    gates = {name: {"max": 0.3} for name in ("nearest", "membership", "attribute_inference.city")}
    contract = without_holdout({**gates, "tstr_auc": {"min": 0.6}})
    assert [where for where, _, _ in gate_faults(contract)] == [("gates", name) for name in gates]
    project = with_contract(gated, contract)
    assert command("contract", "check", str(project.definition), "--no-ledger") == 2
    shown = capsys.readouterr().out
    assert shown.count("reads real people, and the contract leaves nothing to pay for it") == len(gates)
    assert "set `holdout` and `evaluation_share` under `privacy`" in shown
    assert ":" in shown
