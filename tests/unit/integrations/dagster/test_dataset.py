"""A dataset as its steps know it: specs with parents, keys, and one digest for all."""

import dagster as dg
import pytest
from kit.people import make_contract, varied_contract

from synth_assets.errors import ContractError, SynthAssetsError
from synth_assets.integrations.dagster.dataset import translated
from synth_assets.integrations.dagster.translator import StepData, SyntheticDatasetTranslator
from synth_assets.workspace import Workspace


def parents(spec: dg.AssetSpec) -> list[str]:
    return [dep.asset_key.to_user_string() for dep in spec.deps]


def test_each_asset_has_the_parents_of_its_step(workspace: Workspace) -> None:
    specs = translated(varied_contract(), workspace, deps=[dg.AssetKey(["raw", "people"])]).specs
    assert parents(specs["source", ""]) == ["raw/people"]
    assert parents(specs["release", ""]) == ["people/source"]
    assert parents(specs["scenario", "even"]) == ["people/candidate"]
    assert parents(specs["promoted", ""])[0] == "people/candidate"
    assert "people/scenario/even" in parents(specs["promoted", ""])


def test_parents_and_a_version_that_a_translator_gives_stay(workspace: Workspace) -> None:
    class More(SyntheticDatasetTranslator):
        def get_asset_spec(self, data: StepData) -> dg.AssetSpec:
            spec = super().get_asset_spec(data)
            return spec.replace_attributes(deps=["codebook"], code_version="7") if data.step == "candidate" else spec

    contract = make_contract()
    specs = translated(contract, workspace, translator=More()).specs
    assert parents(specs["candidate", ""]) == ["codebook", "people/generator"]
    assert specs["candidate", ""].code_version == "7"
    assert specs["release", ""].code_version == contract.digest()[:12]


def test_a_step_is_declared_under_the_name_of_its_key(workspace: Workspace) -> None:
    dataset = translated(make_contract(), workspace)
    declared = dataset.declared("release")
    assert (declared["name"], declared["specs"]) == ("people__release", [dataset.specs["release", ""]])


@pytest.mark.parametrize(
    ("keys", "words"), [(["s-d", "s.d"], "would both be dataset 'people_s_d'"), (["a", ""], "cannot be part of a name")]
)
def test_keys_that_make_no_name_or_one_name_are_refused_when_it_loads(
    keys: list[str], words: str, workspace: Workspace
) -> None:
    class Parted(SyntheticDatasetTranslator):
        def get_asset_spec(self, data: StepData) -> dg.AssetSpec:
            return super().get_asset_spec(data).replace_attributes(partitions_def=dg.StaticPartitionsDefinition(keys))

    with pytest.raises(SynthAssetsError, match=words):
        translated(make_contract(), workspace, translator=Parted())


def test_all_assets_have_the_same_partitions(workspace: Workspace) -> None:
    class Some(SyntheticDatasetTranslator):
        def get_asset_spec(self, data: StepData) -> dg.AssetSpec:
            parts = dg.StaticPartitionsDefinition(["a"]) if data.step == "release" else None
            return super().get_asset_spec(data).replace_attributes(partitions_def=parts)

    with pytest.raises(ContractError, match="different partitions"):
        translated(make_contract(), workspace, translator=Some())
