"""A case reads the bundle's files once and gives what they say."""

from made_up_project import Project

from synth_assets.audit.case import Case
from synth_assets.ledger import State
from synth_assets.promotion import Promotion


def test_a_case_reads_back_what_was_promoted(project: Project, promoted: Promotion) -> None:
    case, evidence = Case(bundle=promoted.bundle, data=promoted.folder / "data"), project.evidence(0)
    assert case.contract == project.contract
    assert case.contract.fingerprint() == project.contract.fingerprint()
    assert case.release.digest == project.release.digest
    assert case.candidate.digest == evidence.candidate.digest
    assert case.candidate.table().equals(evidence.candidate.table())
    assert sorted(case.results, key=lambda item: item.name) == sorted(evidence.results, key=lambda item: item.name)
    assert case.lines == list(evidence.ledger_lines)
    assert case.paid.state is State.SETTLED
    assert case.verdict.good


def test_a_case_knows_which_files_are_there_and_which_are_listed(promoted: Promotion) -> None:
    case = Case(bundle=promoted.bundle, data=None)
    assert case.present() == set(case.listed())
