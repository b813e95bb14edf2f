"""Five assets, a check per expectation, a schedule that costs nothing, a code location that loads in a moment."""

import datetime as dt
import json
import subprocess
import sys
import zoneinfo
from pathlib import Path

import dagster as dg
import pytest

from synth_assets.contract import DatasetContract
from synth_assets.contract.generator import GeneratorSpec
from synth_assets.contract.model import Refresh
from synth_assets.contract.scenarios import Scenario
from synth_assets.contract.yaml_file import read_contract
from synth_assets.integrations.dagster.accounts import ACCOUNTS, accounts_definitions
from synth_assets.integrations.dagster.definitions import build_dataset, dataset_definitions
from synth_assets.integrations.dagster.keys import asset_key
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.integration

STEPS = ("source", "release", "generator", "candidate", "promoted")
REPOSITORY = Path(__file__).parents[4]


def tick(definitions: dg.Definitions, moment: dt.datetime) -> dg.RunRequest:
    with dg.build_schedule_context(scheduled_execution_time=moment) as context:
        (request,) = definitions.resolve_schedule_def("people_schedule").evaluate_tick(context).run_requests or ()
    return request


def test_a_schedule_tick_samples_by_its_time_and_selects_no_release(contract: DatasetContract) -> None:
    definitions = build_dataset(contract, root=Workspace.current().root)
    ticked = tick(definitions, dt.datetime(2026, 11, 23, 6, tzinfo=dt.UTC))
    job = definitions.resolve_job_def("people_refresh")
    nodes = {node.name for node in job.nodes}

    assert ticked.run_config == {"ops": {"people__candidate": {"config": {"seed": 202611230600}}}}
    assert nodes == {"people__candidate", "people__promoted", "people_checks"}


def test_ticks_of_an_hourly_schedule_differ_and_a_tick_that_is_evaluated_again_does_not(
    contract: DatasetContract,
) -> None:
    hourly = contract.model_copy(update={"refresh": Refresh(candidate="0 * * * *")})
    definitions = build_dataset(hourly, root=Workspace.current().root)
    moments = [dt.datetime(2026, 11, 23, hour, tzinfo=dt.UTC) for hour in range(24)]
    requests = [tick(definitions, moment) for moment in moments]
    assert len({request.run_key for request in requests}) == 24
    assert len({str(request.run_config) for request in requests}) == 24
    berlin = moments[5].astimezone(zoneinfo.ZoneInfo("Europe/Berlin"))
    assert tick(definitions, berlin) == tick(definitions, moments[5]) == requests[5]


def test_every_expectation_is_one_asset_check_and_critical_ones_block(contract: DatasetContract) -> None:
    root = Workspace.current().root
    suite = json.loads((root / contract.suite_path).read_text())
    names = {entry["meta"]["check"] for entry in suite["expectations"]}
    specs = {
        spec.name: spec
        for checks in build_dataset(contract, root=root).asset_checks or []
        for spec in checks.check_specs  # type: ignore[union-attr]
        if spec.asset_key == asset_key("people", "candidate")
    }

    assert set(specs) == names
    for entry in suite["expectations"]:
        assert specs[entry["meta"]["check"]].blocking == (entry["severity"] == "critical")
    assert "schema" in specs


def test_whatever_draws_or_counts_shards_takes_the_workers_of_the_resource(contract: DatasetContract) -> None:
    north = contract.model_copy(update={"scenarios": {"north": Scenario(where="city = 'north'")}})
    definitions = build_dataset(north, root=Workspace.current().root)
    takes = {
        name
        for definition in [*(definitions.assets or []), *(definitions.asset_checks or [])]
        for name in [definition.node_def.name]  # type: ignore[union-attr]
        if "compute" in definition.node_def.required_resource_keys  # type: ignore[union-attr]
    }
    assert {"people__candidate", "people_checks", "people_scenario_north_checks", "people__promoted"} <= takes


def test_selection_strings_are_read(contract: DatasetContract) -> None:
    # dvc's pin of hydra-core brings an antlr4 that breaks this in a plain install; see pyproject.toml.
    definitions = build_dataset(contract, root=Workspace.current().root)
    graph = definitions.resolve_asset_graph()

    assert dg.AssetSelection.from_string("*").resolve(graph) == {asset_key("people", step) for step in STEPS}
    assert len(dg.AssetSelection.from_string('key:"people/*"').resolve(graph)) == 5


@pytest.mark.slow
def test_loading_the_code_location_leaves_the_heavy_packages_alone() -> None:
    code = (
        "import sys, dagster_project.definitions as d; d.defs().resolve_asset_graph();"
        "heavy = {'torch', 'opendp', 'great_expectations', 'mlflow', 'dvc', 'cryptography'} & set(sys.modules);"
        "print(sorted(heavy)); sys.exit(bool(heavy))"
    )
    root = REPOSITORY
    completed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=False)

    assert completed.returncode == 0, completed.stdout + completed.stderr


def test_the_demo_contracts_have_no_fault_and_their_suites_do_not_drift() -> None:
    from synth_assets.checks.suite import suite_drift

    root = REPOSITORY
    for name in ("happiness", "minimal"):
        demo = read_contract(root / "dagster_project" / "defs" / name)
        assert suite_drift(demo, root / demo.suite_path) == []


def test_several_datasets_share_one_ledger(contract: DatasetContract) -> None:
    others = contract.model_copy(update={"name": "others"})
    root = Workspace.current().root
    datasets = dataset_definitions([contract, others], root=root)
    definitions = dg.Definitions.merge(datasets, accounts_definitions(root=root), accounts_definitions(root=root))

    keys = definitions.resolve_asset_graph().get_all_asset_keys()
    assert keys - datasets.resolve_asset_graph().get_all_asset_keys() == {ACCOUNTS}
    assert len(keys) == 11
    assert definitions.resolve_sensor_def("synth_assets_accounts")
    assert set(definitions.resources or {}) == {"compute", "counting", "ledger"}


def test_every_asset_shows_who_owns_it_and_in_which_zone_it_lies(contract: DatasetContract) -> None:
    owned = contract.model_copy(update={"owners": ("team:data",)})
    specs = build_dataset(owned, root=Workspace.current().root).resolve_all_asset_specs()
    for spec in specs:
        assert spec.owners == ["team:data"]
        assert spec.group_name == "people"
        assert spec.tags["synth_assets/zone"] == ("private" if spec.key.path[-1] == "source" else "public")
        assert spec.kinds


@pytest.mark.parametrize(
    ("kind", "shown"), [("gan", {"gan", "pytorch"}), ("mixture", {"mixture", "pytorch"}), ("ensemble", {"ensemble"})]
)
def test_a_generator_shows_its_kind_and_the_sign_of_what_it_is_fitted_with(
    contract: DatasetContract, kind: str, shown: set[str]
) -> None:
    fitted = contract.model_copy(update={"generator": GeneratorSpec(kind=kind)})
    graph = build_dataset(fitted, root=Workspace.current().root).resolve_asset_graph()
    assert graph.get(asset_key("people", "generator")).kinds == shown


def test_a_version_is_late_when_a_refresh_promoted_nothing(contract: DatasetContract) -> None:
    def policy(dataset: DatasetContract) -> dg.FreshnessPolicy | None:
        graph = build_dataset(dataset, root=Workspace.current().root).resolve_asset_graph()
        return graph.get(asset_key("people", "promoted")).freshness_policy

    week = dt.timedelta(days=7)
    late = dt.timedelta(hours=1)
    assert policy(contract) == dg.FreshnessPolicy.time_window(warn_window=week + late, fail_window=2 * week + late)
    assert policy(contract.model_copy(update={"refresh": Refresh()})) is None


def test_all_that_runs_by_itself_says_what_it_does(contract: DatasetContract) -> None:
    refresh = Refresh(candidate="0 6 * * 1", release_schedule="0 4 1 * *")
    root = Workspace.current().root
    dataset = build_dataset(contract.model_copy(update={"refresh": refresh}), root=root)
    definitions = dg.Definitions.merge(dataset, accounts_definitions(root=root))
    repository = definitions.get_repository_def()
    named = [
        one
        for one in [*repository.sensor_defs, *repository.schedule_defs]
        if not isinstance(one, dg.AutomationConditionSensorDefinition)  # Dagster's own
    ]
    assert len(named) == 4
    assert [one.name for one in named if not one.description] == []
    jobs = [repository.get_job(name) for name in ("people_refresh", "people_release")]
    assert [job.tags["synth_assets/dataset"] for job in jobs] == ["people", "people"]
    assert all(job.description for job in jobs)
