"""Write "passed" into Dagster's event log by hand, for a check that failed or never ran.

Everyone who can reach the log, through the user interface or the instance's interface, can
report an evaluation with an invented result. It was trusted, and a candidate that breaks
its check was promoted. Events with other content stopped the promotion with a crash.
"""

from typing import Any

import dagster as dg
import pytest
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData,
)
from kit.project import Project, impossible

from synth_assets.contract import DatasetContract
from synth_assets.contract.yaml_file import read_contract
from synth_assets.errors import CheckRefused
from synth_assets.integrations.dagster.definitions import build_dataset
from synth_assets.integrations.dagster.keys import Keys, asset_key
from synth_assets.integrations.dagster.launch import run_chain
from synth_assets.integrations.dagster.newest import newest_digest, results_on_newest
from synth_assets.promotion import read_current
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.integration


def _report(instance: dg.DagsterInstance, metadata: dict[str, Any], *, check: str) -> None:
    """Report a passed evaluation of the newest candidate, as the user interface's button does."""
    newest = instance.fetch_materializations(asset_key("people", "candidate"), limit=1).records[0]
    instance.report_runless_asset_event(
        dg.AssetCheckEvaluation(
            asset_key=asset_key("people", "candidate"),
            check_name=check,
            passed=True,
            metadata=metadata,
            target_materialization_data=AssetCheckEvaluationTargetMaterializationData(
                storage_id=newest.storage_id, run_id=newest.run_id, timestamp=newest.timestamp
            ),
        )
    )


def _promote_alone(contract: DatasetContract, instance: dg.DagsterInstance) -> None:
    job = build_dataset(contract, root=Workspace.current().root).resolve_implicit_global_asset_job_def()
    job.get_subset(asset_selection={asset_key("people", "promoted")}).execute_in_process(instance=instance)


@pytest.mark.slow
def test_a_made_up_result_of_a_check_that_failed_promotes_nothing(
    contract: DatasetContract, instance: dg.DagsterInstance
) -> None:
    broken = impossible(contract)
    with pytest.raises(CheckRefused):
        run_chain(broken, workspace=Workspace.current(), instance=instance)
    (honest,) = results_on_newest(instance, Keys(broken.name), ["rule_impossible"])
    forged = {**honest.as_json(), "passed": True, "observed": {"rows": 400, "violations": 0}}
    _report(instance, {"result": dg.MetadataValue.json(forged)}, check="rule_impossible")

    with pytest.raises(CheckRefused, match="recorded as passed, but computed again it failed"):
        _promote_alone(broken, instance)
    assert read_current(Workspace.current(), "people") is None


_NO_RESULTS: tuple[dict[str, Any], ...] = (
    {},
    {"result": "passed"},
    {"result": dg.MetadataValue.json([])},
    {"result": dg.MetadataValue.json({"passed": True})},
    {"result": dg.MetadataValue.json({"name": "schema", "more": 1})},
)


def test_an_event_that_carries_no_result_is_not_a_verdict_and_crashes_nothing(finished: Project) -> None:
    contract = read_contract(finished.definition)
    with dg.DagsterInstance.get() as instance:
        assert _names(contract, instance) == ["schema"]
        for metadata in _NO_RESULTS:
            _report(instance, metadata, check="schema")
            assert _names(contract, instance) == []
        with pytest.raises(CheckRefused, match="'schema' has no result"):
            _promote_alone(contract, instance)


def test_the_result_of_another_check_is_not_a_verdict(finished: Project) -> None:
    contract = read_contract(finished.definition)
    with dg.DagsterInstance.get() as instance:
        (fidelity,) = results_on_newest(instance, Keys(contract.name), ["fidelity"])
        _report(instance, {"result": dg.MetadataValue.json(fidelity.as_json())}, check="schema")
        assert _names(contract, instance) == []


def _names(contract: DatasetContract, instance: dg.DagsterInstance) -> list[str]:
    try:
        return [result.name for result in results_on_newest(instance, Keys(contract.name), ["schema"])]
    except (KeyError, TypeError, AttributeError) as error:
        return [f"a crash: {type(error).__name__}"]


def test_a_candidate_that_was_reported_by_hand_is_not_a_path_and_crashes_nothing(finished: Project) -> None:
    contract = read_contract(finished.definition)
    with dg.DagsterInstance.get() as instance:
        for metadata in ({}, {"digest": "../../../elsewhere"}):
            event = dg.AssetMaterialization(asset_key=asset_key("people", "candidate"), metadata=metadata)
            instance.report_runless_asset_event(event)
            try:
                digest = newest_digest(instance, Keys(contract.name), "candidate")
            except CheckRefused as error:
                digest = error.message
            except KeyError:
                digest = "a crash"
            assert digest == "the newest candidate of people was reported by hand, without a digest"
