"""Scenarios are assets beside the candidate, each with checks that know its condition."""

import dagster as dg
import pytest
from kit.people import make_contract, varied_contract

from synth_assets.integrations.dagster.dataset import translated
from synth_assets.integrations.dagster.definitions import build_dataset
from synth_assets.integrations.dagster.keys import asset_key
from synth_assets.integrations.dagster.scenarios import results_on_scenario, scenario_asset, scenario_checks
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.integration


def test_each_scenario_is_an_asset_after_the_candidate_and_before_the_version(workspace: Workspace) -> None:
    contract = varied_contract()
    graph = build_dataset(contract, root=workspace.root).resolve_asset_graph()
    even, promoted = asset_key("people", "scenario", "even"), asset_key("people", "promoted")
    assert even.path == ["people", "scenario", "even"]
    assert graph.get(even).parent_keys == {asset_key("people", "candidate")}
    assert even in graph.get(promoted).parent_keys
    assert asset_key("people", "scenario", "old_north") in graph.get(promoted).parent_keys


def test_its_checks_know_the_condition_and_block(workspace: Workspace) -> None:
    checks = scenario_checks(translated(varied_contract(), workspace), "old_north")
    specs = {spec.name: spec for spec in checks.check_specs}
    assert {spec.asset_key for spec in specs.values()} == {asset_key("people", "scenario", "old_north")}
    assert {"schema", "row_count", "domain", "nulls", "condition"} <= set(specs)
    assert "fidelity" not in specs
    assert all(spec.blocking for spec in specs.values())


def test_the_refresh_draws_them_too(workspace: Workspace) -> None:
    definitions = build_dataset(varied_contract(), root=workspace.root)
    job = definitions.resolve_job_def("people_refresh")
    names = {key.to_user_string() for key in job.asset_layer.selected_asset_keys}
    assert names == {"people/candidate", "people/scenario/old_north", "people/scenario/even", "people/promoted"}


def test_a_contract_without_scenarios_has_five_assets(workspace: Workspace) -> None:
    definitions = build_dataset(make_contract(), root=workspace.root)
    assert len(definitions.resolve_asset_graph().get_all_asset_keys()) == 5


def test_an_asset_says_what_the_scenario_is_for(workspace: Workspace) -> None:
    contract = varied_contract(flu={"where": "age > 3", "description": "A winter with much flu."})
    (spec,) = scenario_asset(translated(contract, workspace), "flu").specs
    assert "A winter with much flu." in str(spec.description)


def test_without_a_table_there_is_no_verdict(workspace: Workspace) -> None:
    del workspace
    with dg.DagsterInstance.ephemeral() as instance:
        assert results_on_scenario(instance, translated(varied_contract(), Workspace.current()), "even") == []
