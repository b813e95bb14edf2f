"""What ``status`` and the promoted asset call: the followers are the project's own DVC and MLflow."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from gated_project import GATES, candidate_of, drawn_once, measured_once
from kit.project import Project, impossible
from made_up_records import BAD, keep

from synth_assets.candidate import write_candidate
from synth_assets.checks import CheckResult
from synth_assets.contract.scenarios import Scenario
from synth_assets.errors import CheckRefused, UsageError
from synth_assets.integrations.status import dataset_status
from synth_assets.integrations.versions import measure_candidate, promote_candidate
from synth_assets.ledger import open_ledger
from synth_assets.promotion import context_of
from synth_assets.release import load_release
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.integration


def test_a_candidate_without_evidence_is_not_promoted_and_the_version_before_stays(finished: Project) -> None:
    contract, workspace = finished.contract, Workspace.current()
    before = dataset_status(contract, workspace=workspace)
    (candidate,) = workspace.candidates("people").iterdir()

    with pytest.raises(CheckRefused):
        promote_candidate(contract, candidate.name, [], workspace=workspace, ledger=open_ledger(workspace.ledger_url))

    assert not before["needs_repair"]
    assert dataset_status(contract, workspace=workspace) == before


@pytest.mark.slow
def test_a_measured_candidate_is_judged_again_for_free(
    tmp_path_factory: pytest.TempPathFactory, own_copy: Callable[[Project], Project]
) -> None:
    project = own_copy(measured_once(tmp_path_factory.getbasetemp()))
    paid = project.ledger.balance("town").spent
    results = measured(project)
    assert [result.kwargs["figure"] for result in results] == list(GATES)
    assert all(result.passed for result in results), [result.description for result in results]
    assert all(result.observed["charged_rho"] > 0 for result in results)
    assert project.ledger.balance("town").spent == paid


@pytest.mark.slow
def test_a_page_that_cannot_be_written_changes_no_verdict_and_loses_nothing_that_was_paid(
    tmp_path_factory: pytest.TempPathFactory, own_copy: Callable[[Project], Project]
) -> None:
    project = own_copy(drawn_once(tmp_path_factory.getbasetemp()))
    (project.root / "data" / "pages").write_text("in the way")
    lines: list[str] = []
    first = measured(project, lines.append)
    assert all(result.passed for result in first)
    assert lines[-1].endswith("was not written (Not a directory); its verdicts stand")
    paid = project.ledger.balance("town").spent
    (project.root / "data" / "pages").unlink()
    assert measured(project) == first
    assert project.ledger.balance("town").spent == paid
    assert "✓ Passed" in project.workspace.page("people", candidate_of(project).digest).read_text()


def test_nobody_is_asked_about_a_candidate_that_fails_a_public_check(
    tmp_path_factory: pytest.TempPathFactory, own_copy: Callable[[Project], Project]
) -> None:
    project = own_copy(drawn_once(tmp_path_factory.getbasetemp()))
    paid = project.ledger.balance("town").spent
    broken = replace(project, contract=impossible(project.contract))
    results = measured(broken)
    assert len(results) == len(GATES)
    assert not any(result.passed for result in results)
    reason = "nobody was asked and nothing was charged: public check 'rule_impossible' failed"
    assert {result.description for result in results} == {reason}
    assert project.ledger.balance("town").spent == paid
    assert not project.workspace.evaluations("people").exists()


def test_nobody_is_asked_about_a_candidate_that_could_not_be_promoted(
    tmp_path_factory: pytest.TempPathFactory, own_copy: Callable[[Project], Project]
) -> None:
    project = own_copy(drawn_once(tmp_path_factory.getbasetemp()))
    paid = project.ledger.balance("town").spent
    never = Scenario.model_validate({"where": "(age >= 15 OR member) AND (age < 15 OR NOT member) AND age = age + 1"})
    with pytest.raises(UsageError, match=r"scenario 'never': condition .* leaves no value of age"):
        measured(replace(project, contract=project.contract.model_copy(update={"scenarios": {"never": never}})))
    keep(project.workspace, BAD)
    with pytest.raises(CheckRefused, match="tests, mechanisms, says that they failed") as refusal:
        measured(project)
    assert "`synth-assets audit mechanisms` shows what failed" in str(refusal.value.hint)
    assert project.ledger.balance("town").spent == paid
    assert not project.workspace.evaluations("people").exists()


def test_answers_about_one_candidate_are_not_those_about_another(
    tmp_path_factory: pytest.TempPathFactory, own_copy: Callable[[Project], Project]
) -> None:
    project = own_copy(measured_once(tmp_path_factory.getbasetemp()))
    known = candidate_of(project)
    folder = project.workspace.candidates("people")
    releases = project.workspace.releases
    other = write_candidate(
        project.contract, project.generator, load_release(releases / known.release), seed=9, candidates=folder
    )
    first = project.workspace.evaluations("people") / f"{known.digest}.json"
    copied = first.with_name(f"{other.digest}.json")
    copied.write_bytes(first.read_bytes())
    assert context_of(project.contract, known, workspace=project.workspace).evaluation is not None
    assert context_of(project.contract, other, workspace=project.workspace).evaluation is None


def measured(project: Project, progress: Callable[[str], None] = lambda _: None) -> list[CheckResult]:
    return measure_candidate(
        project.contract,
        candidate_of(project),
        workspace=project.workspace,
        ledger=project.ledger,
        by="engineer",
        progress=progress,
    )
