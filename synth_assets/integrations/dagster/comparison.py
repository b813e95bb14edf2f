"""Kinds of generators side by side as one asset with a partition per kind; it leads nowhere and spends nothing."""

from typing import TYPE_CHECKING, Any

import dagster as dg

from synth_assets.integrations.dagster.dataset import Dataset
from synth_assets.integrations.dagster.newest import newest_digest, newest_record
from synth_assets.integrations.dagster.resources import ComputeResource

if TYPE_CHECKING:
    from synth_assets.checks.comparison import KindFigures

__all__ = ["comparison_asset"]


def comparison_asset(dataset: Dataset) -> dg.AssetsDefinition:
    """Return the asset: a partition per kind of the contract's `compare`, fitted to the newest release."""
    workspace = dataset.workspace
    kinds = dg.StaticPartitionsDefinition([spec.kind for spec in dataset.contract.compare])

    @dg.multi_asset(**dataset.declared("comparison"), partitions_def=kinds)
    def comparison(context: dg.AssetExecutionContext, compute: ComputeResource) -> dg.MaterializeResult[Any]:
        from synth_assets.candidate.at_hand import release_at_hand
        from synth_assets.checks.comparison import compare_kinds, kinds_asked
        from synth_assets.errors import Refused

        contract = _compared(dataset, context.instance).contract
        release = release_at_hand(workspace, newest_digest(context.instance, dataset.keys, "release"))
        specs, _ = kinds_asked([context.partition_key], contract)
        with compute.compute().pool() as executor:
            ((figures, _),) = compare_kinds(
                contract,
                release,
                specs,
                folder=workspace.comparisons(contract.name),
                device=compute.device,
                progress=context.log.info,
                executor=executor,
            )
        if figures.fault:
            raise Refused(
                f"{figures.kind} was not fitted: {figures.fault}", hint="materialize another kind's partition"
            )
        return dg.MaterializeResult(
            data_version=dg.DataVersion(figures.candidate), metadata=_metadata(figures, release.digest)
        )

    return comparison


def _compared(dataset: Dataset, instance: dg.DagsterInstance) -> Dataset:
    """Return the dataset, or that of its partition whose release is the newest."""
    record = newest_record(instance, dataset.keys.asset("release"))
    return dataset if record is None or record.partition_key is None else dataset.of(record.partition_key)


def _metadata(figures: "KindFigures", release: str) -> dict[str, Any]:
    facts = {name: value for name, value in figures.as_json().items() if value is not None and name != "fault"}
    return {"release": release, **facts}
