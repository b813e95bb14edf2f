"""What Dagster's event log says about the newest materialization, and nothing older.

Dagster's own blocking works inside one run. The gate must hold for ever, so it
asks the log: the latest record of each check must aim at the storage id of the
newest candidate, or it does not count.
"""

from collections.abc import Sequence

import dagster as dg

from synth_assets.checks.evidence import CheckResult
from synth_assets.contract import DatasetContract
from synth_assets.errors import CheckRefused
from synth_assets.integrations.dagster.keys import Step, asset_key, check_key

__all__ = ["newest_digest", "results_on_newest"]


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
    record = instance.get_latest_asset_check_evaluation_record(check_key(contract.name, name))
    event = record.event.dagster_event if record and record.event else None
    evaluation = event.asset_check_evaluation_data if event and event.event_specific_data else None
    target = evaluation.target_materialization_data if evaluation else None
    if evaluation is None or target is None or target.storage_id != newest:
        return None
    result = CheckResult.from_json(evaluation.metadata["result"].value)  # type: ignore[arg-type]  # written by our check
    # Dagster's own verdict counts too: an event that was reported by hand must say the same.
    return result if result.passed == evaluation.passed else None
