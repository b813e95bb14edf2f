"""What Dagster's event log says about the newest materialization, and nothing older.

Dagster's own blocking works inside one run. The gate must hold at any later time, so it
asks the log: the latest record of each check must aim at the storage id of the
newest candidate, or it does not count. Anybody who reaches the log can write an
event by hand, so what it says is read strictly and believed by nobody: promotion
computes every verdict again.
"""

import re
from collections.abc import Sequence

import dagster as dg

from synth_assets.checks.policy import CheckResult
from synth_assets.errors import CheckRefused, IntegrityError
from synth_assets.integrations.dagster.internals import finished_check_events
from synth_assets.integrations.dagster.keys import Keys, Step

__all__ = ["newest_digest", "newest_record", "results_on_newest"]

_DIGEST = re.compile(r"[0-9a-f]{64}")
_RECORDS = 25
"""Verdicts that are looked through, newest first: those of other runs at the same time may lie in between."""


def newest_digest(instance: dg.DagsterInstance, keys: Keys, step: Step, scenario: str = "") -> str:
    """Return the digest of the newest materialization of a step, or of a scenario.

    Raises:
        CheckRefused: the step was never materialized, or its newest event names no digest.
    """
    newest = newest_record(instance, keys.asset(step, scenario), partition=keys.partition)
    materialization = newest.asset_materialization if newest else None
    hint = f"materialize {keys.asset(step, scenario).to_user_string()} first"
    called = f"{step} {scenario}".strip()
    if materialization is None:
        raise CheckRefused(f"there is no {called} of {keys.dataset} yet", hint=hint)
    digest = materialization.metadata.get("digest")
    # The digest becomes part of a path.
    if digest is None or not _DIGEST.fullmatch(str(digest.value)):
        raise CheckRefused(f"the newest {called} of {keys.dataset} was reported by hand, without a digest", hint=hint)
    return str(digest.value)


def results_on_newest(
    instance: dg.DagsterInstance, keys: Keys, names: Sequence[str], *, scenario: str = ""
) -> list[CheckResult]:
    """Return the results of those checks whose latest record aims at exactly the newest candidate, or scenario."""
    record = newest_record(instance, keys.table(scenario), partition=keys.partition)
    newest = record.storage_id if record else None
    results = (_latest_result(instance, name, keys, scenario, newest) for name in names)
    return [result for result in results if result is not None]


def newest_record(
    instance: dg.DagsterInstance, key: dg.AssetKey, *, partition: str | None = None
) -> dg.EventLogRecord | None:
    """Return the newest materialization of an asset, or of one of its partitions; ``None`` if there is none."""
    partitions = None if partition is None else [partition]
    wanted = dg.AssetRecordsFilter(asset_key=key, asset_partitions=partitions)
    return next(iter(instance.fetch_materializations(wanted, limit=1).records), None)


def _latest_result(
    instance: dg.DagsterInstance, name: str, keys: Keys, scenario: str, newest: int | None
) -> CheckResult | None:
    """Return the last verdict on exactly the newest candidate; a planned check is not a verdict."""
    events = finished_check_events(instance, keys.check(name, scenario), most=_RECORDS, partition=keys.partition)
    verdicts = [
        (event.timestamp, evaluation)
        for event in events
        if (evaluation := _evaluation(event)) and _target(evaluation) == newest
    ]
    if not verdicts:
        return None
    _, evaluation = max(verdicts, key=lambda verdict: verdict[0])
    result = _result(evaluation)
    # Dagster's own verdict counts too: an event that was reported by hand must say the same.
    return result if result is not None and (result.name, result.passed) == (name, evaluation.passed) else None


def _result(evaluation: dg.AssetCheckEvaluation) -> CheckResult | None:
    """Return the result that a verdict carries; one that was reported by hand may carry anything."""
    carried = evaluation.metadata.get("result")
    try:
        return CheckResult.from_json(carried.value if carried else None)
    except IntegrityError:
        return None


def _evaluation(event: dg.EventLogEntry) -> dg.AssetCheckEvaluation | None:
    dagster_event = event.dagster_event
    if dagster_event is None or dagster_event.event_type is not dg.DagsterEventType.ASSET_CHECK_EVALUATION:
        return None
    return dagster_event.asset_check_evaluation_data


def _target(evaluation: dg.AssetCheckEvaluation) -> int | None:
    target = evaluation.target_materialization_data
    return target.storage_id if target else None
