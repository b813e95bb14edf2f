"""However a release is asked for, and by how many at once, it is charged once."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dagster as dg
import pytest
from kit.project import command

from synth_assets.contract import DatasetContract
from synth_assets.contract.yaml_file import read_contract
from synth_assets.integrations.dagster.definitions import build_dataset
from synth_assets.integrations.dagster.keys import asset_key
from synth_assets.integrations.dagster.launch import run_chain
from synth_assets.ledger import open_ledger
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.integration


def charges() -> int:
    """Return how many reservations the account holds."""
    return len(open_ledger(Workspace.current().ledger_url).reservations("town"))


@pytest.mark.slow
def test_a_dagster_retry_after_a_fault_behind_the_release_charges_once(
    contract: DatasetContract, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = build_dataset(contract, root=Workspace.current().root).resolve_implicit_global_asset_job_def()
    release = [asset_key("people", "release")]
    with monkeypatch.context() as patch:
        # The release is paid and written; the step dies when it writes its metadata.
        patch.setattr("synth_assets.integrations.dagster.definitions.release_metadata", _broken)
        with pytest.raises(ZeroDivisionError):
            job.execute_in_process(instance=instance, asset_selection=release)
    assert charges() == 1
    again = job.execute_in_process(instance=instance, asset_selection=release)

    (event,) = again.asset_materializations_for_node("people__release")
    assert event.metadata["reused"].value is True
    assert charges() == 1


@pytest.mark.slow
def test_a_re_execution_from_failure_charges_once(
    contract: DatasetContract, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("synth_assets.integrations.dagster.definitions.generator_metadata", _broken)
        failed = whole_job().execute_in_process(instance=instance, raise_on_error=False)
    assert not failed.success
    options = dg.ReexecutionOptions.from_failure(failed.run_id, instance)
    with dg.execute_job(dg.reconstructable(whole_job), instance=instance, reexecution_options=options) as again:
        assert again.success
        assert "people__release" not in {event.step_key for event in again.get_step_success_events()}
    assert charges() == 1


@pytest.mark.slow
def test_command_line_and_dagster_at_once_charge_once(contract: DatasetContract, instance: dg.DagsterInstance) -> None:
    def synthesize(number: int) -> "subprocess.CompletedProcess[str]":
        arguments = ["synthesize", "defs/people", "--out", f"out{number}", "--json"]
        command = [sys.executable, "-m", "synth_assets", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    with ThreadPoolExecutor() as pool:
        launched = [pool.submit(synthesize, number) for number in range(2)]
        run = run_chain(contract, workspace=Workspace.current(), instance=instance)
        done = [future.result() for future in launched]

    assert charges() == 1
    for finished in done:
        # Who came while another measured has waited for the one release.
        assert finished.returncode == 0, finished.stderr
        assert json.loads(finished.stdout)["release"] == run.metadata["release"]["digest"]


@pytest.mark.slow
def test_two_launches_at_once_as_by_two_daemons_charge_once_and_promote_one_version(
    contract: DatasetContract, instance: dg.DagsterInstance
) -> None:
    command_line = [sys.executable, "-m", "synth_assets", "run", "defs/people", "--json"]
    launched = [subprocess.Popen(command_line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    outputs = [process.communicate() for process in launched]
    codes = [process.returncode for process in launched]

    assert charges() == 1
    # One may have seen the other's newer candidate before it was checked (1): it reports that and pays nothing.
    assert 0 in codes, outputs
    assert set(codes) <= {0, 1}, outputs
    assert all(b"unforeseen" not in error for _, error in outputs), outputs
    again = run_chain(contract, workspace=Workspace.current(), instance=instance)
    assert again.metadata["release"]["reused"]
    assert charges() == 1


@pytest.mark.slow
def test_dvc_repro_after_a_run_and_after_an_edit_charges_nothing_more(
    contract: DatasetContract, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    root = Workspace.current().root
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    run_chain(contract, workspace=Workspace.current(), instance=instance)
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    script = bin_folder / "synth-assets"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m synth_assets "$@"\n')
    script.chmod(0o755)
    file = root / "defs" / "people" / "defs.yaml"
    file.write_text(file.read_text().replace("Tests on made-up rows.", "Tests on rows that are made up."))
    command("contract", "suite", "--write", "defs/people")
    path = f"{bin_folder}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "dvc", "repro", "people"],
        capture_output=True,
        text=True,
        check=False,
        cwd=root,
        env={**os.environ, "PATH": path},
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert charges() == 1
    status = subprocess.run(
        [sys.executable, "-m", "dvc", "status", "people"], capture_output=True, text=True, check=True, cwd=root
    )
    assert "changed" not in status.stdout


def whole_job() -> dg.JobDefinition:
    """Return a job of the whole chain that another process could build again."""
    root = Workspace.current().root
    job = dg.define_asset_job("whole", selection=dg.AssetSelection.all(), executor_def=dg.in_process_executor)
    definitions = build_dataset(read_contract(root / "defs" / "people"), root=root)
    return dg.Definitions.merge(definitions, dg.Definitions(jobs=[job])).resolve_job_def("whole")


def _broken(*_: object) -> None:
    raise ZeroDivisionError
