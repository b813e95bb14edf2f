"""Assets are called and show what a project says, and everything follows their keys."""

import dagster as dg
import pytest
import yaml
from kit.people import make_contract, varied_contract
from kit.project import Project

from synth_assets.contract import DatasetContract
from synth_assets.errors import CheckRefused, ContractError
from synth_assets.integrations.dagster.budget import BUDGET_CHECK
from synth_assets.integrations.dagster.component import SyntheticDataset
from synth_assets.integrations.dagster.definitions import build_dataset
from synth_assets.integrations.dagster.keys import Keys, asset_key
from synth_assets.integrations.dagster.launch import run_chain
from synth_assets.integrations.dagster.newest import newest_digest
from synth_assets.integrations.dagster.resources import PrivacyLedgerResource
from synth_assets.integrations.dagster.translator import StepData, SyntheticDatasetTranslator
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.integration


class Planning(SyntheticDatasetTranslator):
    """Another key, group, owner, tag and kind for each asset."""

    def get_asset_spec(self, data: StepData) -> dg.AssetSpec:
        spec = super().get_asset_spec(data)
        return spec.replace_attributes(
            key=dg.AssetKey(["planning", f"{data.contract.name}_{data.step}{data.scenario}"]),
            group_name="planning",
            owners=["team:planning"],
            tags={**spec.tags, "cost": "low"},
            kinds={*spec.kinds, "table"},
        )


def test_the_whole_chain_runs_under_translated_keys_and_its_checks_open_the_gate(
    contract: DatasetContract, instance: dg.DagsterInstance
) -> None:
    workspace = Workspace.current()
    done = run_chain(contract, workspace=workspace, instance=instance, translator=Planning())
    assert done.results
    assert all(result.passed for result in done.results)
    version = instance.get_latest_materialization_event(dg.AssetKey(["planning", "people_promoted"]))
    assert version is not None
    assert version.asset_materialization
    assert version.asset_materialization.metadata["digest"].value == done.metadata["promoted"]["digest"]
    assert instance.get_latest_materialization_event(asset_key("people", "promoted")) is None
    with pytest.raises(CheckRefused, match="no candidate of people yet"):
        newest_digest(instance, Keys("people"), "candidate")


def test_groups_owners_tags_and_kinds_are_those_of_the_translator_beside_ours() -> None:
    definitions = build_dataset(varied_contract(), root=Workspace.current().root, translator=Planning())
    specs = {spec.key.path[-1]: spec for spec in definitions.resolve_all_asset_specs()}
    assert {"people_source", "people_scenarioeven", "people_promoted"} <= set(specs)
    for spec in specs.values():
        assert (spec.group_name, spec.owners) == ("planning", ["team:planning"])
        assert spec.tags["cost"] == "low"
        assert spec.tags["synth_assets/dataset"] == "people"
        assert "table" in spec.kinds
    assert "opendp" in specs["people_release"].kinds
    assert specs["people_promoted"].automation_condition is not None


def test_checks_jobs_schedules_and_lineage_follow_the_keys() -> None:
    definitions = build_dataset(varied_contract(), root=Workspace.current().root, translator=Planning())
    graph = definitions.resolve_asset_graph()
    keys = {key.to_user_string() for key in graph.get_all_asset_keys()}
    assert all(key.startswith("planning/") for key in keys)
    assert {key.asset_key.to_user_string() for key in graph.asset_check_keys} <= keys
    promoted, candidate = (dg.AssetKey(["planning", f"people_{step}"]) for step in ("promoted", "candidate"))
    assert candidate in graph.get(promoted).parent_keys
    job = definitions.resolve_job_def("people_refresh")
    assert {promoted, candidate} <= set(job.asset_layer.selected_asset_keys)
    lineage = graph.get(candidate).metadata["dagster/column_lineage"].deps_by_column
    assert {dep.asset_key.to_user_string() for deps in lineage.values() for dep in deps} == {"planning/people_source"}


def test_what_is_said_of_the_budget_is_said_on_the_translated_release(project: Project) -> None:
    release = dg.AssetKey(["planning", "people_release"])
    monthly = make_contract(refresh={"release": "new_version", "release_schedule": "0 4 1 * *"})
    definitions = build_dataset(monthly, root=project.root, translator=Planning())
    job = definitions.resolve_job_def("people_release")
    assert {release, dg.AssetKey(["planning", "people_promoted"])} <= set(job.asset_layer.selected_asset_keys)
    assert dg.AssetCheckKey(release, BUDGET_CHECK) in definitions.resolve_asset_graph().asset_check_keys

    with dg.build_sensor_context(resources={"ledger": PrivacyLedgerResource()}) as context:
        project.obtain()
        ticked = definitions.resolve_sensor_def("people_budget_alert").evaluate_tick(context)
    verdict = next(event for event in ticked.asset_events if isinstance(event, dg.AssetCheckEvaluation))
    assert verdict.asset_check_key == dg.AssetCheckKey(release, BUDGET_CHECK)


def test_description_columns_and_freshness_are_the_translators_to_change() -> None:
    class Late(SyntheticDatasetTranslator):
        def get_asset_spec(self, data: StepData) -> dg.AssetSpec:
            spec = super().get_asset_spec(data)
            return spec.replace_attributes(description=f"Ours. {spec.description}", metadata={}, freshness_policy=None)

    contract, root = make_contract(refresh={"candidate": "0 6 * * 1"}), Workspace.current().root
    usual, changed = (
        build_dataset(contract, root=root, translator=translator)
        .resolve_asset_graph()
        .get(asset_key("people", "promoted"))
        for translator in (None, Late())
    )
    assert usual.freshness_policy_or_from_metadata is not None
    assert "dagster/column_schema" in usual.metadata
    assert changed.freshness_policy_or_from_metadata is None
    assert "dagster/column_schema" not in changed.metadata
    assert changed.description == f"Ours. {usual.description}"


def test_two_assets_of_one_key_are_refused_by_their_names() -> None:
    class Same(SyntheticDatasetTranslator):
        def get_asset_spec(self, data: StepData) -> dg.AssetSpec:
            return super().get_asset_spec(data).replace_attributes(key="all")

    with pytest.raises(ContractError, match="source and release were both given the key all"):
        build_dataset(make_contract(), root=Workspace.current().root, translator=Same())


def test_what_fills_the_table_is_the_parent_of_the_source(contract: DatasetContract) -> None:
    @dg.asset(key=["raw", "visits"])
    def visits() -> None: ...

    built = build_dataset(contract, root=Workspace.current().root, deps=["raw/visits"])
    graph = dg.Definitions.merge(dg.Definitions(assets=[visits]), built).resolve_asset_graph()
    assert graph.get(asset_key("people", "source")).parent_keys == {dg.AssetKey(["raw", "visits"])}
    assert graph.get(asset_key("people", "release")).parent_keys == {asset_key("people", "source")}


def component(project: Project, text: str) -> dg.Definitions:
    attributes = {**project.contract.model_dump(mode="json", exclude_unset=True), **yaml.safe_load(text)}
    loaded = SyntheticDataset.from_attributes_dict(attributes=attributes)
    assert loaded.contract == project.contract  # what Dagster alone reads is in no digest
    assert loaded.contract.digest() == project.contract.digest()
    return loaded.build_defs(dg.ComponentTree.for_test().load_context)


def test_a_file_says_the_same_in_its_translation_and_deps(project: Project) -> None:
    graph = component(
        project,
        """
translation: {key_prefix: synthetic, group_name: planning, kinds: [table], tags: {step: "{{ data.step }}"}}
deps: [raw/visits]
""",
    ).resolve_asset_graph()
    source = graph.get(dg.AssetKey(["synthetic", "people", "source"]))
    assert source.parent_keys == {dg.AssetKey(["raw", "visits"])}
    candidate = graph.get(dg.AssetKey(["synthetic", "people", "candidate"]))
    assert (candidate.group_name, candidate.tags["step"], candidate.kinds) == ("planning", "candidate", {"table"})
    assert candidate.tags["synth_assets/zone"] == "public"


def test_a_template_takes_the_place_of_a_key(project: Project) -> None:
    graph = component(
        project, """translation: {key: "planning/{{ data.contract.name }}_{{ spec.key.path[-1] }}"}"""
    ).resolve_asset_graph()
    assert dg.AssetKey(["planning", "people_release"]) in graph.get_all_asset_keys()
