"""A dataset as its Dagster steps know it: contract, folders, and the specs of its assets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypedDict

import dagster as dg

from synth_assets.contract import DatasetContract
from synth_assets.errors import ContractError, UsageError
from synth_assets.integrations.dagster.keys import Keys, Step, steps_of
from synth_assets.integrations.dagster.metadata import column_lineage
from synth_assets.integrations.dagster.translator import StepData, SyntheticDatasetTranslator
from synth_assets.listing import some_of
from synth_assets.workspace import Workspace

__all__ = ["Dataset", "translated"]

_SHOWN = 12


class _Declared(TypedDict):
    name: str
    specs: list[dg.AssetSpec]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """What the steps of a dataset share.

    Attributes:
        contract: the dataset's.
        workspace: where its artefacts are.
        keys: of its assets and checks.
        specs: of its assets, with their parents, by step and scenario.
        partitions: of its assets, each a dataset of its own; ``None`` if it has none.
    """

    contract: DatasetContract
    workspace: Workspace
    keys: Keys
    specs: Mapping[tuple[Step, str], dg.AssetSpec]
    partitions: dg.PartitionsDefinition | None = None

    def of(self, partition: str) -> "Dataset":
        """Return the dataset of one partition: its own contract, and of each asset only what was made for it.

        Raises:
            UsageError: there is no such partition, or the key cannot be part of a name.
        """
        keys = [] if self.partitions is None else list(self.partitions.get_partition_keys())
        if partition not in keys:
            listed = some_of(keys, most=_SHOWN) or "none yet"
            raise UsageError(f"{self.contract.name} has no partition {partition!r}", hint=f"it has: {listed}")
        return self._member(partition)

    def _member(self, partition: str) -> "Dataset":
        contract = self.contract.of_partition(partition)
        return replace(self, contract=contract, keys=replace(self.keys, dataset=contract.name, partition=partition))

    def at(self, context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> "Dataset":
        """Return the dataset of the partition that a step runs for; itself if it has no partitions."""
        return self if self.partitions is None else self.of(context.partition_key)

    def members(self) -> Mapping[str, "Dataset"]:
        """Return the dataset of each partition by its key, oldest first; itself under an empty key if it has none."""
        if self.partitions is None:
            return {"": self}
        return {key: self._member(key) for key in self.partitions.get_partition_keys()}

    def declared(self, step: Step, scenario: str = "") -> _Declared:
        """Return what the decorator ``multi_asset`` takes of the one asset of a step."""
        spec = self.specs[step, scenario]
        return {"name": spec.key.to_python_identifier(), "specs": [spec]}


def translated(
    contract: DatasetContract,
    workspace: Workspace,
    *,
    translator: SyntheticDatasetTranslator | None = None,
    deps: Sequence[dg.AssetKey] = (),
) -> Dataset:
    """Ask a translator for every asset of a dataset, and lead each to its parents.

    Args:
        contract: the dataset's.
        workspace: the project.
        translator: says what each is called; the default one if omitted.
        deps: the assets that fill the private table, parents of the source.

    Raises:
        ContractError: two assets of the dataset got one key.
    """
    ask = (translator or SyntheticDatasetTranslator()).get_asset_spec
    given = {
        (step, scenario): ask(StepData(contract=contract, step=step, scenario=scenario))
        for step, scenario in steps_of(contract)
    }
    keys = Keys(contract.name, {place: spec.key for place, spec in given.items()})
    _refuse_twins(keys)
    version, partitions = contract.digest()[:12], _partitions(contract, given)
    specs = {
        place: spec.replace_attributes(
            deps=[*spec.deps, *_parents(place[0], contract, keys, deps)], code_version=spec.code_version or version
        ).merge_attributes(metadata=_lineage(place[0], contract, keys))
        for place, spec in given.items()
    }
    return Dataset(contract=contract, workspace=workspace, keys=keys, specs=specs, partitions=partitions)


def _partitions(
    contract: DatasetContract, given: Mapping[tuple[Step, str], dg.AssetSpec]
) -> dg.PartitionsDefinition | None:
    """Return the partitions that all assets of a dataset have; those of a comparison are kinds of generators."""
    said = {spec.partitions_def for (step, _), spec in given.items() if step != "comparison"}
    if len(said) > 1:
        raise ContractError(
            f"{contract.name}: its assets were given different partitions",
            hint="give all of them the same `partitions_def`",
        )
    partitions = said.pop()
    if isinstance(partitions, dg.StaticPartitionsDefinition):
        _refuse_keys(contract, partitions.get_partition_keys())
    return partitions


def _refuse_keys(contract: DatasetContract, keys: Sequence[str]) -> None:
    """Refuse keys that make no name, or one name for two of them."""
    named = dict[str, str]()
    for key in keys:
        name = contract.of_partition(key).name
        if name in named:
            raise ContractError(
                f"{contract.name}: partitions {named[name]!r} and {key!r} would both be dataset {name!r}",
                hint="keys differ in small letters, digits or _",
            )
        named[name] = key


def _parents(step: Step, contract: DatasetContract, keys: Keys, deps: Sequence[dg.AssetKey]) -> Sequence[dg.AssetKey]:
    before: dict[Step, list[dg.AssetKey]] = {
        "source": list(deps),
        "release": [keys.asset("source")],
        "generator": [keys.asset("release")],
        "candidate": [keys.asset("generator")],
        "scenario": [keys.table()],
        "promoted": [keys.table(name) for name in ("", *contract.scenarios)],
        "comparison": [keys.asset("release")],
    }
    return before[step]


def _lineage(step: Step, contract: DatasetContract, keys: Keys) -> dict[str, Any]:
    if step not in ("candidate", "scenario"):
        return {}
    return {"dagster/column_lineage": column_lineage(contract, source=keys.asset("source"))}


def _refuse_twins(keys: Keys) -> None:
    places = dict[dg.AssetKey, str]()
    for place, key in keys.translated.items():
        words = " ".join(filter(None, place))
        if key in places:
            raise ContractError(
                f"{keys.dataset}: {places[key]} and {words} were both given the key {key.to_user_string()}",
                hint="a translation of keys keeps the step in them, such as `key_prefix`",
            )
        places[key] = words
