"""Tighten a hand-written check after it ran, and promote on the verdict of the old, looser check.

The verdict named the check and the candidate, but not the check's arguments. So the candidate was
promoted as if it had passed the current suite, and the bundle showed the tightened suite
beside results that it had not judged.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from kit.project import Project
from resealed import edit_json, reseal

from synth_assets.audit import exit_code, verify_bundle
from synth_assets.contract import DatasetContract
from synth_assets.contract.yaml_file import read_contract
from synth_assets.errors import CheckRefused
from synth_assets.integrations.dagster.definitions import build_dataset
from synth_assets.integrations.dagster.keys import asset_key
from synth_assets.integrations.dagster.launch import run_chain
from synth_assets.promotion import read_current
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.integration


def _expect_ages_up_to(suite: Path, most: int) -> None:
    """Write the check ``ages`` by hand, or change its argument."""
    entry: dict[str, Any] = {
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "age", "min_value": 0, "max_value": most},
        "severity": "critical",
        "meta": {"check": "ages"},
    }

    def change(document: dict[str, Any]) -> None:
        others = [expectation for expectation in document["expectations"] if expectation["meta"]["check"] != "ages"]
        document["expectations"] = [*others, entry]

    edit_json(suite, change)


def _promote_alone(contract: DatasetContract, instance: dg.DagsterInstance) -> None:
    """Materialize ``promoted`` with the verdicts that the event log has."""
    job = build_dataset(contract, root=Workspace.current().root).resolve_implicit_global_asset_job_def()
    job.get_subset(asset_selection={asset_key("people", "promoted")}).execute_in_process(instance=instance)


@pytest.mark.slow
def test_a_verdict_of_yesterdays_suite_does_not_promote_today(finished: Project) -> None:
    contract, workspace = read_contract(finished.definition), Workspace.current()
    suite = finished.root / contract.suite_path
    with dg.DagsterInstance.get() as instance:
        _expect_ages_up_to(suite, 19)
        run_chain(contract, workspace=workspace, instance=instance)
        _promote_alone(contract, instance)
        before = read_current(workspace, "people")

        _expect_ages_up_to(suite, 4)
        with pytest.raises(CheckRefused, match="'ages' was judged by other arguments"):
            _promote_alone(contract, instance)
        assert read_current(workspace, "people") == before

        _expect_ages_up_to(suite, 19)
        _promote_alone(contract, instance)


def test_a_bundle_whose_suite_is_stricter_than_what_was_judged_fails(finished: Project, tmp_path: Path) -> None:
    contract, workspace = read_contract(finished.definition), Workspace.current()
    _expect_ages_up_to(finished.root / contract.suite_path, 19)
    run_chain(contract, workspace=workspace)
    promotion = read_current(workspace, "people")
    assert promotion is not None
    assert exit_code(verify_bundle(promotion.bundle)) == 0
    copy = Path(shutil.copytree(promotion.folder, tmp_path / "copy", copy_function=shutil.copyfile))
    _expect_ages_up_to(copy / "bundle" / "expectations.json", 4)
    assert json.loads((copy / "bundle" / "checks" / "ages.json").read_text())["passed"]
    assert exit_code(verify_bundle(reseal(copy))) == 1
