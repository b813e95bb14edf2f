"""The chain in one run: one release, one charge, a gate that holds, refusals before anything is reserved."""

from pathlib import Path

import dagster as dg
import pytest
from kit.people import make_contract
from kit.project import impossible

from synth_assets.checks.policy import CheckResult, Kind
from synth_assets.checks.suite import write_suite
from synth_assets.contract import DatasetContract
from synth_assets.errors import CheckRefused, NotReady, UsageError
from synth_assets.generator.compute import Compute
from synth_assets.integrations.dagster.dataset import translated
from synth_assets.integrations.dagster.definitions import build_dataset
from synth_assets.integrations.dagster.keys import asset_key
from synth_assets.integrations.dagster.launch import _refusal, _run_config, dagster_home, run_chain
from synth_assets.ledger import open_ledger
from synth_assets.promotion import read_current
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.integration

STEPS = ("release", "generator", "candidate", "promoted")


def spent() -> int:
    """Return what the account has spent, nano-rho."""
    return open_ledger(Workspace.current().ledger_url).balance("town").spent.nano_rho


def test_two_runs_make_one_release_one_charge_and_one_version(
    contract: DatasetContract, instance: dg.DagsterInstance
) -> None:
    workspace = Workspace.current()
    first = run_chain(contract, workspace=workspace, instance=instance)
    paid = spent()
    second = run_chain(contract, workspace=workspace, instance=instance)

    assert paid == contract.cap().loss().nano_rho
    assert spent() == paid
    assert [first.metadata[step]["digest"] for step in STEPS] == [second.metadata[step]["digest"] for step in STEPS]
    assert second.metadata["release"]["reused"]
    assert len(open_ledger(workspace.ledger_url).reservations("town")) == 1


@pytest.mark.slow
def test_an_impossible_rule_fails_its_check_and_nothing_is_promoted_in_that_run_or_alone_afterwards(
    contract: DatasetContract, instance: dg.DagsterInstance
) -> None:
    workspace = Workspace.current()
    run_chain(contract, workspace=workspace, instance=instance)
    before = read_current(workspace, contract.name)
    broken = impossible(contract)

    with pytest.raises(CheckRefused, match="impossible") as refusal:
        run_chain(broken, workspace=workspace, instance=instance)
    page = Path(str(refusal.value.hint).rsplit("; see ", 1)[1])
    assert page.parent == workspace.root / "data" / "pages" / contract.name
    assert "Refused:</b> the blocking check rule impossible failed." in page.read_text()
    alone = build_dataset(broken, root=workspace.root).resolve_implicit_global_asset_job_def()
    with pytest.raises(CheckRefused):
        alone.execute_in_process(instance=instance, asset_selection=[asset_key(contract.name, "promoted")])

    assert before is not None
    assert read_current(workspace, contract.name) == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"source": "nowhere"}, "nowhere"),
        ({"privacy": {"unit": {"column": "person", "max_rows": 2}, "spend": {"epsilon": 2.0, "delta": 1e-6}}}, "unit"),
        (
            {
                "columns": {"height": {"type": "integer", "min": 0, "max": 9, "domain_source": "x"}},
                "derived": {},
                "rules": {},
            },
            "height",
        ),
    ],
    ids=["unknown source", "another unit", "unknown column"],
)
def test_what_cannot_be_opened_is_refused_before_anything_is_reserved(
    contract: DatasetContract, instance: dg.DagsterInstance, change: dict[str, object], message: str
) -> None:
    wrong = DatasetContract.model_validate({**contract.model_dump(exclude_defaults=True), **change})
    write_suite(wrong, Workspace.current().root / wrong.suite_path)

    with pytest.raises(UsageError, match=message):
        run_chain(wrong, workspace=Workspace.current(), instance=instance)

    assert spent() == 0
    assert open_ledger(Workspace.current().ledger_url).reservations("town") == ()


@pytest.mark.parametrize(("resource", "environment"), [("processes:0", "local"), ("local", "processes:0")])
def test_the_release_is_counted_by_what_the_resource_says_and_not_the_environment(
    contract: DatasetContract,
    instance: dg.DagsterInstance,
    resource: str,
    environment: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_WORKERS", environment)
    job = build_dataset(contract, root=Workspace.current().root).resolve_implicit_global_asset_job_def()
    config = {"resources": {"counting": {"config": {"workers": resource}}}}
    release = {"instance": instance, "run_config": config, "asset_selection": [asset_key(contract.name, "release")]}
    if resource == "local":
        assert job.execute_in_process(**release).success
        return
    with pytest.raises(NotReady, match=r"nothing was spent(.|\n)*workers 'processes:0'"):
        job.execute_in_process(**release)
    assert spent() == 0


def test_dagster_gets_a_home_with_its_telemetry_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "to be restored")
    monkeypatch.delenv("DAGSTER_HOME")
    home = dagster_home(Workspace(root=tmp_path))

    assert home == tmp_path / ".synth-assets" / "dagster"
    assert (tmp_path / ".synth-assets" / ".gitignore").read_text() == "*\n"
    assert "enabled: false" in (home / "dagster.yaml").read_text()


def test_seeds_device_and_workers_are_what_the_steps_take(contract: DatasetContract) -> None:
    config = _run_config(
        translated(contract, Workspace.current()),
        seeds={"generator": 7, "candidate": 3},
        compute=Compute(device="cuda", workers=2),
    )
    del config["loggers"]
    job = build_dataset(contract, root=Workspace.current().root).resolve_implicit_global_asset_job_def()
    taken = dg.validate_run_config(job, config)
    assert taken["ops"]["people__generator"]["config"] == {"seed": 7}
    assert taken["ops"]["people__candidate"]["config"] == {"seed": 3}
    assert taken["resources"]["compute"]["config"] == {"device": "cuda", "workers": 2, "address": None}


@pytest.mark.parametrize(("kind", "hint"), [("PUBLIC", "both are free"), ("MEASURED", "is another attempt")])
def test_another_candidate_is_called_free_only_if_no_gate_on_people_refused_this_one(
    kind: Kind, hint: str, instance: dg.DagsterInstance
) -> None:
    failed = CheckResult(
        name="a", kind=kind, severity="critical", passed=False, candidate="c", expectation="e", description="too far"
    )
    refusal = _refusal([failed], translated(make_contract(), Workspace.current()), instance)
    assert refusal.message == "people is not promoted, blocking checks failed: a (too far)"
    assert hint in str(refusal.hint)
