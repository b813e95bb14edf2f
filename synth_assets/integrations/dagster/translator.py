"""What each asset of a dataset is called and shows: the default, and where a project changes it.

As in dagster-dbt and dagster-dlt, a project overrides ``get_asset_spec`` and starts from what it returns:

    class OurTranslator(SyntheticDatasetTranslator):
        def get_asset_spec(self, data: StepData) -> dg.AssetSpec:
            spec = super().get_asset_spec(data)
            return spec.replace_attributes(key=spec.key.with_prefix("synthetic"), group_name="planning")

Dependencies between the assets of a dataset follow their keys by themselves; ``deps`` of a spec are further parents.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import dagster as dg

from synth_assets.contract import DatasetContract
from synth_assets.integrations.dagster.cards import purpose_of
from synth_assets.integrations.dagster.internals import longest_gap
from synth_assets.integrations.dagster.keys import Step, asset_key
from synth_assets.integrations.dagster.metadata import column_schema

__all__ = ["StepData", "SyntheticDatasetTranslator"]

_WITH_TORCH = frozenset({"mixture", "gan", "vae", "transformer", "diffusion"})
"""Kinds that show PyTorch's sign beside their name."""
_PROMOTE = dg.AutomationCondition.eager() & dg.AutomationCondition.all_deps_blocking_checks_passed()
_LATE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepData:
    """What a translator is told about an asset.

    Attributes:
        contract: the dataset's.
        step: which of its assets.
        scenario: the name of the scenario, of a step `scenario` alone.
    """

    contract: DatasetContract
    step: Step
    scenario: str = ""


class SyntheticDatasetTranslator:
    """Says what each asset is called and shows. Override :meth:`get_asset_spec`."""

    def get_asset_spec(self, data: StepData) -> dg.AssetSpec:
        """Return key, group, owners, tags, kinds, description, metadata, freshness and further parents of an asset.

        The group is the dataset, owners are the contract's, and tags say in which zone it lies.
        """
        contract = data.contract
        return dg.AssetSpec(
            key=asset_key(contract.name, data.step, data.scenario),
            group_name=contract.name,
            owners=list(contract.owners) or None,
            tags={
                "synth_assets/dataset": contract.name,
                "synth_assets/zone": "public" if data.step != "source" else "private",
            },
            kinds=_kinds(data),
            description=_description(data),
            metadata=_metadata(data),
            freshness_policy=_freshness(data.contract) if data.step == "promoted" else None,
            automation_condition=_PROMOTE if data.step == "promoted" else None,
        )


def _kinds(data: StepData) -> set[str]:
    generator = data.contract.generator.kind
    kinds: dict[Step, set[str]] = {
        "source": {"private"},
        "release": {"opendp"},
        "generator": {generator, *(["pytorch"] if generator in _WITH_TORCH else [])},
        "promoted": {"parquet", "dvc", "mlflow"},
    }
    return kinds.get(data.step, {"parquet"})


def _description(data: StepData) -> str:
    if data.step == "scenario":
        purpose = data.contract.scenarios[data.scenario].description
        return f"Another table on purpose, from the candidate's generator. Free. {purpose}".strip()
    texts: dict[Step, str] = {
        "source": (
            f"The private table, registered by the privacy officer as source `{data.contract.source}`. "
            "Materializing it records the custodian's version label and reads no row."
        ),
        "release": "Noisy marginals and the privacy statement. Spends the budget once; again costs nothing.",
        "generator": "A model fitted to the release alone: post-processing, free of charge.",
        "candidate": "Rows sampled from the generator. Free; a new seed gives a new candidate.",
        "promoted": f"{purpose_of(data.contract)}\n\nThe version that people use: only if every blocking check passed "
        "on exactly this candidate, and on each of the contract's scenarios.",
        "comparison": "Kinds of generators on one release, a partition each, to choose from. Free; nothing is promoted "
        "from it. `synth-assets compare` shows them in one table.",
    }
    return texts[data.step]


def _metadata(data: StepData) -> dict[str, Any]:
    contract = data.contract
    if data.step == "source":
        schema = column_schema(contract.measured_schema(), contract)
        return {"synth_assets/privacy_unit": contract.unit().describe(), "dagster/column_schema": schema}
    if data.step in ("candidate", "scenario", "promoted"):
        return {"dagster/column_schema": column_schema(contract.table_schema(), contract)}
    return {}


def _freshness(contract: DatasetContract) -> dg.FreshnessPolicy | None:
    """Warn when one refresh promoted nothing, fail when two did not; without a schedule nothing is late."""
    if contract.refresh.candidate is None:
        return None
    gap = longest_gap(contract.refresh.candidate)
    late = min(gap, _LATE)  # a run takes a while
    return dg.FreshnessPolicy.time_window(warn_window=gap + late, fail_window=2 * gap + late)
