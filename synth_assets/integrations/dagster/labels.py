"""A sensor that gives a source its next version label when the asset that fills its table was materialized.

The label is what a release is charged by, and it is public, so it must not follow from the
rows. Of an event only two things are looked at, and both were named before the run began: its
partition, or the run's tag ``synth_assets/label``, which comes first. What the run computed (its
metadata, its data version, how long it took) is never read.

A label only moves forward. An older partition that is filled again changes nothing, and going back is left to
``synth-assets source set-version``, because a release of an old label is used as it is.

Setting a label is the custodian's act: the sensor belongs into a code location whose processes have the ledger's login
and key of an officer, and it is off until somebody switches it on.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg

from synth_assets.errors import Refused, SynthAssetsError, UsageError
from synth_assets.integrations.dagster.resources import PrivacyLedgerResource
from synth_assets.ledger import Ledger
from synth_assets.ledger.messages import check_text
from synth_assets.ledger.trust import trust_of_environment
from synth_assets.workspace import Workspace

__all__ = ["LABEL_TAG", "PERIODS", "label_sensor", "order_of"]

LABEL_TAG = "synth_assets/label"
"""Tag of a run that names the label of what the run is about to write."""
PERIODS = r"\d{4}-((0[1-9]|1[0-2])(-\d{2})?|Q[1-4]|W\d{2})"
"""Labels that are accepted unless others are declared: a month, a day, a quarter or a week."""
_SECONDS = 60
_EVENTS = 1000


def label_sensor(  # noqa: PLR0913 - what a custodian declares, by keyword
    source: str,
    *,
    upstream: dg.AssetKey | str,
    by: str,
    target: Sequence[dg.AssetKey | str] = (),
    labels: str = PERIODS,
    root: Path | None = None,
) -> dg.SensorDefinition:
    """Return a sensor that sets the label of a source after each materialization of the asset that fills its table.

    Args:
        source: the registered name.
        upstream: key of the asset that fills the table.
        by: the custodian, for the ledger's history.
        target: source assets, such as ``visits/source``, that are materialized then and show the label.
        labels: a regular expression that a label matches as a whole; what follows from rows must not match.
        root: the project's folder; by default the current workspace.

    Raises:
        UsageError: ``by`` is empty, or has several lines.
    """
    check_text("by", by)
    key, targets, accepted = _key(upstream), [_key(asset) for asset in target], re.compile(labels)
    workspace = Workspace(root=root) if root else Workspace.current()

    def set_label(context: dg.SensorEvaluationContext, ledger: PrivacyLedgerResource) -> dg.SensorResult:
        after = dg.AssetRecordsFilter(key, after_storage_id=int(context.cursor or 0))
        records = context.instance.fetch_materializations(after, limit=_EVENTS, ascending=True).records
        if not records:
            return dg.SensorResult(skip_reason=f"{key.to_user_string()} was not materialized", cursor=context.cursor)
        named = _named_before_they_ran(context.instance, records)
        label, seen = max(filter(accepted.fullmatch, named), key=order_of, default=None), str(records[-1].storage_id)
        if label is None:
            # Not the refused one: a partition that is called after its content would cross in this message.
            reason = f"{key.to_user_string()} was materialized, and neither its partition nor its run named a label"
            return dg.SensorResult(skip_reason=f"{reason} that matches {labels}", cursor=seen)
        try:
            kept = _set(ledger.find(workspace), source, label, by=by, reason=f"{key.to_user_string()} was materialized")
        except SynthAssetsError as error:
            # The cursor stays where it was, so the next tick tries again.
            return dg.SensorResult(skip_reason=f"label {label} was not set: {error}", cursor=context.cursor)
        if kept is not None:
            return dg.SensorResult(
                skip_reason=f"source {source} keeps its label {kept}: {label} does not come after it", cursor=seen
            )
        if not targets:
            return dg.SensorResult(skip_reason=f"source {source} is now at version {label}", cursor=seen)
        request = dg.RunRequest(run_key=seen, asset_selection=targets)
        return dg.SensorResult(run_requests=[request], cursor=seen)

    return dg.SensorDefinition(
        name=f"{re.sub(r'[^A-Za-z0-9_]', '_', source)}_labels",
        evaluation_fn=set_label,
        minimum_interval_seconds=_SECONDS,
        target=dg.AssetSelection.assets(*targets) if targets else None,
        description=f"Sets the version label of source {source} to the partition of {key.to_user_string()} that was "
        f"materialized, or to its run's tag `{LABEL_TAG}`, if it comes after the label that the source has. A contract "
        "with `refresh: {release: new_version}` may then be charged for a release.",
    )


def order_of(label: str) -> list[str | int]:
    """Return what labels are ordered by: their text, with numbers as numbers.

    Example:
        >>> sorted(["wave_10", "2026-12", "wave_9", "2026-12-31", "2027-01"], key=order_of)
        ['2026-12', '2026-12-31', '2027-01', 'wave_9', 'wave_10']
    """
    parts = re.split(r"(\d+)", label)
    return [int(part) if part.isdigit() else part for part in parts]


def _named_before_they_ran(instance: dg.DagsterInstance, records: Sequence[dg.EventLogRecord]) -> Iterator[str]:
    """Yield what runs and partitions were called; both were chosen before a run could read a row."""
    for record in records:
        run = instance.get_run_by_id(record.event_log_entry.run_id) if record.event_log_entry.run_id else None
        label = (run.tags.get(LABEL_TAG) if run else None) or record.partition_key
        if label:
            yield label


def _set(book: Ledger | None, source: str, label: str, *, by: str, reason: str) -> str | None:
    """Set a label unless it does not come after the one that the source has, which is returned then.

    Raises:
        UsageError: there is no ledger or source, or the label is not one.
        Refused: this login or key is not an officer's.
    """
    if book is None:
        raise UsageError("there is no ledger yet", hint="the officer opens an account: synth-assets budget open")
    current = book.source(source).version
    if order_of(label) <= order_of(current):
        return current
    trust = trust_of_environment()
    if trust.officers and (trust.signer is None or trust.signer.public not in trust.officers):
        # The ledger would take it, and refuse every release of the source from then on.
        raise Refused("labels are signed by an officer here", hint="set SYNTH_ASSETS_LEDGER_KEY to an officer's key")
    book.set_version(source, label, by=by, reason=reason)
    return None


def _key(key: dg.AssetKey | str) -> dg.AssetKey:
    return key if isinstance(key, dg.AssetKey) else dg.AssetKey.from_user_string(key)
