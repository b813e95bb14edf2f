"""Only the newest candidate's own verdicts count."""

import dagster as dg
import pytest
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData,
)
from kit.project import impossible

from synth_assets.contract import DatasetContract
from synth_assets.errors import CheckRefused
from synth_assets.integrations.dagster.definitions import build_dataset
from synth_assets.integrations.dagster.keys import Keys, asset_key
from synth_assets.integrations.dagster.launch import run_chain
from synth_assets.integrations.dagster.newest import newest_digest, results_on_newest
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.integration


@pytest.mark.slow
def test_a_check_on_an_older_candidate_does_not_count(contract: DatasetContract, instance: dg.DagsterInstance) -> None:
    workspace = Workspace.current()
    run_chain(contract, workspace=workspace, instance=instance)
    job = build_dataset(contract, root=workspace.root).resolve_implicit_global_asset_job_def()
    # Sample again without the checks: the newest candidate has no verdict yet.
    config = {"ops": {"people__candidate": {"config": {"seed": 7}}}}
    job.get_subset(asset_selection={asset_key("people", "candidate")}, asset_check_selection=set()).execute_in_process(
        instance=instance, run_config=config
    )

    assert results_on_newest(instance, Keys(contract.name), ["schema"]) == []
    with pytest.raises(CheckRefused):
        job.get_subset(asset_selection={asset_key("people", "promoted")}).execute_in_process(instance=instance)


@pytest.mark.slow
def test_a_verdict_reported_by_hand_does_not_promote(contract: DatasetContract, instance: dg.DagsterInstance) -> None:
    workspace = Workspace.current()
    broken = impossible(contract)
    with pytest.raises(CheckRefused):
        run_chain(broken, workspace=workspace, instance=instance)
    (honest,) = results_on_newest(instance, Keys(broken.name), ["rule_impossible"])
    newest = instance.fetch_materializations(asset_key("people", "candidate"), limit=1).records[0]
    target = AssetCheckEvaluationTargetMaterializationData(
        storage_id=newest.storage_id, run_id=newest.run_id, timestamp=newest.timestamp
    )
    for aim in (None, target):
        instance.report_runless_asset_event(
            dg.AssetCheckEvaluation(
                asset_key=asset_key("people", "candidate"),
                check_name="rule_impossible",
                passed=True,
                metadata={"result": dg.MetadataValue.json(honest.as_json())},
                target_materialization_data=aim,
            )
        )
        assert not any(result.passed for result in results_on_newest(instance, Keys(broken.name), ["rule_impossible"]))
    assert not honest.passed


def test_a_step_that_never_ran_is_named(contract: DatasetContract, instance: dg.DagsterInstance) -> None:
    with pytest.raises(CheckRefused, match="people/generator"):
        newest_digest(instance, Keys(contract.name), "generator")
