"""Gates are asked once and read again for free; whatever cannot tell or cannot count is refused before it is paid."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from gated_project import GATES, candidate_of, drawn_once, measured_once
from kit.project import Project

from synth_assets.candidate import Candidate
from synth_assets.contract import DatasetContract
from synth_assets.contract.gates import Gate
from synth_assets.errors import BudgetRefused, IntegrityError, UsageError
from synth_assets.evaluation.estimate.gates import Gate as Limit
from synth_assets.evaluation.estimate.planning import Plan
from synth_assets.evaluation.evaluate import evaluate, evaluation_of, vagueness
from synth_assets.evaluation.figure import Figure
from synth_assets.evaluation.record import Evaluation
from synth_assets.privacy import HELD_OUT, MEASURED, PrivacyLoss
from synth_assets.release import load_release

pytestmark = pytest.mark.integration
Copy = Callable[[Project], Project]


@pytest.fixture
def drawn(tmp_path_factory: pytest.TempPathFactory, own_copy: Copy) -> Project:
    return own_copy(drawn_once(tmp_path_factory.getbasetemp()))


@pytest.fixture
def measured(tmp_path_factory: pytest.TempPathFactory, own_copy: Copy) -> Project:
    return own_copy(measured_once(tmp_path_factory.getbasetemp()))


def asked(project: Project, candidate: Candidate | None = None, contract: DatasetContract | None = None) -> Evaluation:
    candidate = candidate or candidate_of(project)
    return evaluate(
        contract or project.contract,
        candidate,
        load_release(project.workspace.releases / candidate.release),
        workspace=project.workspace,
        ledger=project.ledger,
        by="engineer",
        reason="test",
    )


def spent(project: Project) -> dict[str, PrivacyLoss]:
    return {part: balance.spent for part, balance in project.ledger.balance("town").parts.items()}


def file_of(project: Project) -> Any:
    return project.workspace.evaluations("people") / f"{candidate_of(project).digest}.json"


def test_gates_are_asked_once_each_part_for_its_share_and_read_again_for_free(measured: Project) -> None:
    contract, candidate = measured.contract, candidate_of(measured)
    paid = spent(measured)
    assert paid[HELD_OUT] == contract.evaluation_loss(HELD_OUT)
    assert paid[MEASURED] == contract.release_loss() + contract.evaluation_loss(MEASURED)
    first = evaluation_of(contract, candidate, workspace=measured.workspace)
    assert first is not None
    assert set(first.answers) == {MEASURED, HELD_OUT}
    assert set(first.gates) == set(GATES)
    accuracy = first.figure("tstr_accuracy", contract)
    assert 0.6 < accuracy.low < accuracy.value < accuracy.high < 1

    assert asked(measured).as_json() == first.as_json()
    file_of(measured).unlink()
    assert evaluation_of(contract, candidate, workspace=measured.workspace) is None
    assert asked(measured).as_json() == first.as_json()
    assert spent(measured) == paid


def test_facts_that_were_altered_do_not_count_and_asking_again_repairs_them_for_free(measured: Project) -> None:
    contract, candidate, paid = measured.contract, candidate_of(measured), spent(measured)
    stored = json.loads(file_of(measured).read_text())
    altered = json.loads(file_of(measured).read_text())
    altered["gates"]["wasserstein.age"]["facts"]["synthetic"].reverse()
    file_of(measured).write_text(json.dumps(altered))
    assert evaluation_of(contract, candidate, workspace=measured.workspace) is None
    assert asked(measured).as_json() == stored
    assert spent(measured) == paid


def test_answers_about_another_candidate_or_that_are_missing_never_count(measured: Project) -> None:
    contract, candidate = measured.contract, candidate_of(measured)
    stored = json.loads(file_of(measured).read_text())
    file_of(measured).write_text(json.dumps({**stored, "candidate": "e" * 64}))
    assert evaluation_of(contract, candidate, workspace=measured.workspace) is None
    missing = dict.fromkeys(stored["answers"], "f" * 64)
    file_of(measured).write_text(json.dumps({**stored, "answers": missing}))
    with pytest.raises(IntegrityError):
        evaluation_of(contract, candidate, workspace=measured.workspace)


def test_one_gate_more_was_not_asked(measured: Project) -> None:
    more = measured.contract.model_copy(update={"gates": {**measured.contract.gates, "tstr_auc": Gate(min=0.6)}})
    assert evaluation_of(more, candidate_of(measured), workspace=measured.workspace) is None


def test_candidates_beyond_the_contracts_attempts_are_refused(measured: Project) -> None:
    release = load_release(measured.workspace.releases / candidate_of(measured).release)
    paid = spent(measured)
    with pytest.raises(BudgetRefused):
        asked(measured, _sampled(measured, release, 1))
    assert spent(measured) == paid


def _sampled(project: Project, release: Any, seed: int) -> Candidate:
    from synth_assets.candidate import write_candidate

    folder = project.workspace.candidates("people")
    return write_candidate(project.contract, project.generator, release, seed=seed, candidates=folder)


def test_a_gate_whose_noise_is_above_a_third_of_its_room_is_refused_and_nothing_is_charged(drawn: Project) -> None:
    paid = spent(drawn)
    gates = {"wasserstein.age": Gate(max=0.4), "attribute_inference.city": Gate(max=0.001)}
    strict = drawn.contract.model_copy(update={"gates": gates})
    candidate = replace(candidate_of(drawn), contract=strict.digest())
    with pytest.raises(UsageError, match="nothing was asked or charged") as refusal:
        asked(drawn, candidate, strict)
    assert "attribute_inference.city: its noise of" in str(refusal.value)
    assert "wasserstein" not in str(refusal.value)
    assert spent(drawn) == paid
    assert not drawn.workspace.evaluations("people").exists()


def test_a_gate_that_would_fail_whatever_is_true_is_vague_however_little_its_value_moves() -> None:
    luckiest = Figure(value=0.2, low=0.1, high=0.97, beta=0.05, deviation=0.01)
    small_group = Plan(deviation=0.01, below=0.1, above=0.8, luckiest=luckiest)
    fault = vagueness(Limit(name="f", maximum=0.9), Gate(max=0.9), small_group)
    assert fault is not None
    assert fault.startswith("it would fail nine times in ten even if real people are like the synthetic rows")
    assert vagueness(Limit(name="f", maximum=0.98), Gate(max=0.98), small_group) is None
    bad = replace(small_group, luckiest=replace(luckiest, value=0.95))
    assert vagueness(Limit(name="f", maximum=0.9), Gate(max=0.9), bad) is None  # its synthetic rows say that it is bad


def test_a_candidate_of_another_contract_or_release_is_refused_and_nothing_is_charged(drawn: Project) -> None:
    paid, candidate = spent(drawn), candidate_of(drawn)
    for other in (replace(candidate, contract="0" * 64), replace(candidate, digest="1" * 64, contract="0" * 64)):
        with pytest.raises(UsageError, match="could not be promoted"):
            asked(drawn, other)
    assert spent(drawn) == paid


def test_a_source_at_another_version_is_refused_and_nothing_is_charged(drawn: Project) -> None:
    paid = spent(drawn)
    drawn.ledger.set_version("census", "2026-12", by="officer")
    with pytest.raises(UsageError, match="at 2026-12: its rows are not those"):
        asked(drawn)
    assert spent(drawn) == paid
