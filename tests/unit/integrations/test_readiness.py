"""Everything that later steps need is looked at and reported at once; nothing is refused where nothing must be paid."""

import json
import os
import subprocess

import pytest
from asked_exactly import gated_contract
from kit.project import Project, command

from synth_assets.checks import write_suite
from synth_assets.contract import DatasetContract
from synth_assets.contract.scenarios import Scenario
from synth_assets.errors import NotReady, StorageUnavailable, UsageError
from synth_assets.integrations.readiness import chain_findings, must_pay, refuse_unready, sampling_findings
from synth_assets.ledger import open_ledger
from synth_assets.ledger.doctor import Finding
from synth_assets.storage.bucket import BucketStorage
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.integration


def states(findings: tuple[Finding, ...]) -> dict[str, str]:
    return {finding.what: finding.state for finding in findings}


def test_a_project_that_is_ready_gets_only_good_findings(contract: DatasetContract) -> None:
    assert states(chain_findings(contract, Workspace.current())) == {
        "DVC": "good",
        "MLflow": "good",
        "suite": "good",
        "folders": "good",
        "disk": "good",
    }
    assert open_ledger(Workspace.current().ledger_url).reservations("town") == ()


def test_a_shared_storage_is_written_to_once_just_before_a_release_is_paid(
    project: Project, bucket: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace, probes = Workspace.current(), list[str]()
    real = BucketStorage.create

    def create(storage: BucketStorage, name: str, content: bytes) -> bool:
        probes.append(name)
        return real(storage, name, content)

    monkeypatch.setattr(BucketStorage, "create", create)
    monkeypatch.setenv("SYNTH_ASSETS_STORAGE", f"s3://{bucket}/team")
    (odd,) = (finding for finding in chain_findings(project.contract, workspace) if finding.what == "storage")
    assert (odd.state, "MLFLOW_TRACKING_URI" in odd.hint) == ("warning", True)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{workspace.root}/shared.db")
    assert "storage" not in states(chain_findings(project.contract, workspace))
    assert probes == []
    command("run", "defs/people", "--dry-run")
    assert "lets one of two promotions win" in capsys.readouterr().out
    probes.clear()
    command("synthesize", "defs/people", "--out", "out")
    assert probes == ["probe/conditional-put"] * 2  # made, and refused the second time


def test_a_storage_that_cannot_be_used_is_said_by_a_dry_run_and_refused_by_a_run(
    project: Project, bucket: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_STORAGE", f"s3://{bucket}-missing/team")
    assert command("run", "defs/people", "--dry-run") == 1
    assert "there is no bucket for the storage" in capsys.readouterr().out
    with pytest.raises(StorageUnavailable, match="there is no bucket for the storage"):
        command("synthesize", "defs/people", "--out", "out")
    assert project.ledger.reservations("town") == ()


@pytest.mark.parametrize("address", ["processes:0", "procesess:2", "dask:/scheduler"])
def test_an_address_that_no_workers_have_is_a_fault_before_paying(
    address: str, contract: DatasetContract, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace.current()
    monkeypatch.setenv("SYNTH_ASSETS_WORKERS", address)
    (fault,) = [finding for finding in chain_findings(contract, workspace) if finding.what == "workers"]
    assert (fault.state, repr(address) in fault.detail) == ("fault", True)
    assert not [finding for finding in chain_findings(contract, workspace, pays=False) if finding.what == "workers"]


def test_faulty_gates_are_refused_before_a_release_is_paid(project: Project) -> None:
    faulty = gated_contract(gates={"tstr_acu": {"min": 0.7}}, evaluation={"model": "oracle"})
    vague = gated_contract(gates={"membership": {"max": 0.01}}, evaluation={"population": 300})
    for contract, wanted in ((faulty, {"gates.tstr_acu", "evaluation.model"}), (vague, {"gates.membership"})):
        write_suite(contract, project.suite)
        findings = chain_findings(contract, Workspace.current())
        assert {finding.what for finding in findings if finding.state == "fault"} == wanted
        with pytest.raises(NotReady, match="nothing was spent"):
            refuse_unready(findings, warn=lambda _: None)


def test_a_run_with_a_faulty_gate_spends_nothing(project: Project) -> None:
    file = project.definition
    file.write_text(f"{file.read_text()}  gates: {{tstr_acu: {{min: 0.7}}}}\n")
    with pytest.raises(NotReady, match="did you mean 'tstr_auc'"):
        command("run", "defs/people")
    assert open_ledger(Workspace.current().ledger_url).reservations("town") == ()


def test_a_scenario_that_cannot_be_drawn_is_a_fault_before_paying(contract: DatasetContract) -> None:
    scenarios = {"old": Scenario.model_validate({"where": "age > 30"})}
    findings = chain_findings(contract.model_copy(update={"scenarios": scenarios}), Workspace.current())
    assert states(findings)["scenarios.old.where"] == "fault"


def test_sampling_needs_folders_and_room_alone(contract: DatasetContract, project: Project) -> None:
    findings = sampling_findings(contract, Workspace.current(), out=project.root / "out", rows=None)
    assert states(findings) == {"folders": "good", "disk": "good"}
    (project.root / "out").write_text("")
    blocked = sampling_findings(contract, Workspace.current(), out=project.root / "out" / "x", rows=None)
    assert [finding.detail for finding in blocked if finding.state == "fault"] == [
        "out/x: out is a file where a folder has to be"
    ]


def test_a_private_zone_that_git_tracks_is_a_fault_where_something_is_to_be_paid(
    contract: DatasetContract, project: Project
) -> None:
    workspace = Workspace.current()
    subprocess.run(["git", "init", "-q"], cwd=project.root, check=True)
    assert "git" not in states(chain_findings(contract, workspace))
    (workspace.private / "journal").write_text("made up")
    subprocess.run(["git", "add", "-f", ".synth-assets/private/journal"], cwd=project.root, check=True)
    sampling = sampling_findings(contract, workspace, out=project.root / "out", rows=None)
    for findings in (chain_findings(contract, workspace), sampling):
        (fault,) = (finding for finding in findings if finding.state == "fault")
        assert (fault.what, fault.detail) == ("git", "git tracks 1 files of .synth-assets, the private zone among them")
        assert "git rm -r -q --cached .synth-assets" in fault.hint
    assert "git" not in states(chain_findings(contract, workspace, pays=False))


def test_a_lock_that_cannot_be_opened_and_one_problem_of_many_folders_are_reported_once(
    contract: DatasetContract, project: Project
) -> None:
    (project.root / "data").write_text("")
    faults = [finding for finding in chain_findings(contract, Workspace.current()) if finding.state == "fault"]
    assert [(finding.what, finding.detail.split(": ")[1]) for finding in faults] == [
        ("folder", "data is a file where a folder has to be")
    ]
    (project.root / "data").unlink()
    (project.promoted / ".lock").mkdir(parents=True)
    faults = [finding for finding in chain_findings(contract, Workspace.current()) if finding.state == "fault"]
    assert [finding.detail for finding in faults] == [
        "data/promoted/people/.lock: .lock cannot be written: Is a directory"
    ]


def test_the_estimate_is_reported_and_follows_the_rows(contract: DatasetContract) -> None:
    def disk(rows: int | None) -> Finding:
        asked = contract.model_copy(update={"rows": rows})
        return next(finding for finding in chain_findings(asked, Workspace.current()) if finding.what == "disk")

    assert "400 rows, in 3 copies" in disk(400).detail
    assert "1,000,000 rows (the contract does not say how many)" in disk(None).detail
    many = contract.model_copy(update={"derived": {f"d{index}": "age * 1.5" for index in range(99)}})
    scarce = next(
        finding
        for finding in chain_findings(many.model_copy(update={"rows": 10**10}), Workspace.current())
        if finding.what == "disk"
    )
    assert scarce.state == "fault"
    assert "GB free" in scarce.detail
    assert "`rows`" in scarce.hint


def test_a_suite_behind_its_contract_is_odd_and_a_check_that_cannot_run_is_a_fault(
    contract: DatasetContract, project: Project
) -> None:
    path = project.root / contract.suite_path
    suite = json.loads(path.read_text())
    suite["expectations"][0]["description"] = "edited"
    path.write_text(json.dumps(suite))
    (suite_finding,) = (finding for finding in chain_findings(contract, Workspace.current()) if finding.what == "suite")
    assert suite_finding.state == "warning"
    assert "is behind its contract" in suite_finding.detail
    warnings: list[str] = []
    refuse_unready((suite_finding,), warn=warnings.append)
    assert len(warnings) == 1

    wrong = {"type": "expect_column_to_exist", "kwargs": {"column": "wage"}, "meta": {"check": "mine"}}
    path.write_text(json.dumps({**suite, "expectations": [*suite["expectations"], wrong]}))
    states = {
        finding.state: finding.detail
        for finding in chain_findings(contract, Workspace.current())
        if finding.what == "suite"
    }
    assert "'wage'" in states["fault"]


def test_a_dataset_that_a_relationship_needs_is_missing_before_anything_is_paid(contract: DatasetContract) -> None:
    checks = contract.checks.model_copy(update={"relationships": {"city": "towns.name"}})
    findings = chain_findings(contract.model_copy(update={"checks": checks}), Workspace.current())
    (fault,) = (finding for finding in findings if finding.what == "checks.relationships")
    assert fault.state == "fault"
    assert "nothing of that dataset was promoted" in fault.detail


def test_all_faults_are_reported_with_their_hints() -> None:
    faults = tuple(
        Finding(what=name, state="fault", detail=f"{name} is not there", hint=f"make {name}") for name in "ab"
    )
    with pytest.raises(NotReady, match="2 things are missing") as refused:
        refuse_unready(faults, warn=lambda _: None)
    for name in "ab":
        assert f"  {name}: {name} is not there\n    hint: make {name}" in str(refused.value)
    with pytest.raises(NotReady, match="1 thing is missing"):
        refuse_unready(faults[:1], warn=lambda _: None)


def test_whether_a_release_must_be_paid_follows_from_the_ledger(finished: Project) -> None:
    known, ledger = finished.contract, open_ledger(Workspace.current().ledger_url)
    assert not must_pay(known, ledger)
    ledger.set_version("census", "2026-12", by="custodian")
    assert not must_pay(known, ledger)
    fresh = known.model_copy(update={"refresh": known.refresh.model_copy(update={"release": "new_version"})})
    assert must_pay(fresh, ledger)
    with pytest.raises(UsageError, match="no source 'nowhere'") as error:
        must_pay(known.model_copy(update={"source": "nowhere"}), ledger)
    assert error.value.where == ("source",)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_private_zone_of_somebody_else_is_a_fault_even_if_it_could_be_written(
    contract: DatasetContract, project: Project
) -> None:
    private = Workspace.current().private
    for folder in [*project.root.parents][:-2]:
        folder.chmod(0o755)
    for folder in (project.root, *(path for path in project.root.rglob("*") if path.is_dir())):
        folder.chmod(0o777)
    os.chown(private, 54321, -1)
    os.seteuid(65534)
    try:
        findings = sampling_findings(contract, Workspace.current(), out=project.root / "out", rows=None)
    finally:
        os.seteuid(0)
    assert [finding.detail for finding in findings if finding.state == "fault"] == [
        "the private zone belongs to user 54321, and is one user's alone"
    ]
