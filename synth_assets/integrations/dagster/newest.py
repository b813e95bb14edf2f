"""What Dagster's event log says about the newest materialization, and nothing older.

Dagster's own blocking works inside one run. The gate must hold for ever, so it
asks the log: the latest record of each check must aim at the storage id of the
newest candidate, or it does not count.
"""

from collections.abc import Sequence

import dagster as dg
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from synth_assets.checks.evidence import CheckResult
from synth_assets.contract import DatasetContract
from synth_assets.errors import CheckRefused
from synth_assets.integrations.dagster.keys import Step, asset_key, check_key

__all__ = ["newest_digest", "results_on_newest"]

_FINISHED = {AssetCheckExecutionRecordStatus.SUCCEEDED, AssetCheckExecutionRecordStatus.FAILED}
_RECORDS = 25
"""Verdicts that are looked through, newest first: those of other runs at the same time may lie in between."""


def newest_digest(instance: dg.DagsterInstance, contract: DatasetContract, step: Step) -> str:
    """Return the digest of the newest materialization of a step.

    Raises:
        CheckRefused: the step was never materialized.
    """
    event = instance.get_latest_materialization_event(asset_key(contract.name, step))
    found = event.asset_materialization if event else None
    if found is None:
        hint = f"materialize {contract.name}/{step} first"
        raise CheckRefused(f"there is no {step} of {contract.name} yet", hint=hint)
    return str(found.metadata["digest"].value)


def results_on_newest(
    instance: dg.DagsterInstance, contract: DatasetContract, names: Sequence[str]
) -> list[CheckResult]:
    """Return the results of those checks whose latest record aims at exactly the newest candidate."""
    records = instance.fetch_materializations(asset_key(contract.name, "candidate"), limit=1).records
    newest = records[0].storage_id if records else None
    found = (_latest_result(instance, contract, name, newest) for name in names)
    return [result for result in found if result is not None]


def _latest_result(
    instance: dg.DagsterInstance, contract: DatasetContract, name: str, newest: int | None
) -> CheckResult | None:
    """Return the last verdict on exactly the newest candidate; one that another run has only planned is no verdict."""
    records = instance.event_log_storage.get_asset_check_execution_history(
        check_key(contract.name, name), limit=_RECORDS, status=_FINISHED
    )
    verdicts = [
        (record.event.timestamp, evaluation)
        for record in records
        if record.event and (evaluation := _evaluation(record.event)) and _target(evaluation) == newest
    ]
    if not verdicts:
        return None
    _, evaluation = max(verdicts, key=lambda verdict: verdict[0])
    result = CheckResult.from_json(evaluation.metadata["result"].value)  # type: ignore[arg-type]  # written by our check
    # Dagster's own verdict counts too: an event that was reported by hand must say the same.
    return result if result.passed == evaluation.passed else None


def _evaluation(event: dg.EventLogEntry) -> dg.AssetCheckEvaluation | None:
    found = event.dagster_event
    if found is None or found.event_type is not dg.DagsterEventType.ASSET_CHECK_EVALUATION:
        return None
    return found.asset_check_evaluation_data


def _target(evaluation: dg.AssetCheckEvaluation) -> int | None:
    target = evaluation.target_materialization_data
    return target.storage_id if target else None
