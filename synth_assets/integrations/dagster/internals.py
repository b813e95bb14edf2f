"""What this package takes from Dagster beyond its public names, and why: look here when Dagster moves.

Dagster 1.13 has no public name for any of these:

- the error of a blocking check that failed. Every other error of a run is raised as it was, so a refusal
  can only be told from a fault by its class.
- the history of a check. The public methods return its newest record alone, which a run that has
  only planned the check hides.
- which partition's verdicts are meant.
- when a cron expression ticks, as Dagster reads it.
"""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice, pairwise

import dagster as dg
from dagster import PreviewWarning
from dagster._core.errors import DagsterAssetCheckFailedError
from dagster._core.event_api import PartitionKeyFilter
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._utils.schedules import cron_string_iterator

__all__ = ["DagsterAssetCheckFailedError", "checks_of_partitions", "finished_check_events", "longest_gap"]

_FROM = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
_TICKS = 400

_FINISHED = {AssetCheckExecutionRecordStatus.SUCCEEDED, AssetCheckExecutionRecordStatus.FAILED}


def finished_check_events(
    instance: dg.DagsterInstance, key: dg.AssetCheckKey, *, most: int, partition: str | None = None
) -> Sequence[dg.EventLogEntry]:
    """Return the newest events of a check, or of a partition of it, that came to a verdict, newest first."""
    records = instance.event_log_storage.get_asset_check_execution_history(
        key, limit=most, status=_FINISHED, partition_filter=PartitionKeyFilter(key=partition)
    )
    return [record.event for record in records if record.event is not None]


@contextmanager
def checks_of_partitions(partitions: dg.PartitionsDefinition | None) -> Iterator[None]:
    """Declare checks with partitions, a preview as Dagster says at each; else one month's verdict hides another's."""
    if partitions is None:
        yield
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PreviewWarning)
        yield


@cache
def longest_gap(cron: str) -> timedelta:
    """Return the longest time between two of the next 400 ticks of a cron expression, in UTC.

    Example:
        >>> longest_gap("0 6 * * 1-5").days
        3
    """
    ticks = islice(cron_string_iterator(_FROM, cron, "UTC"), _TICKS)
    return max(later - earlier for earlier, later in pairwise(ticks))
