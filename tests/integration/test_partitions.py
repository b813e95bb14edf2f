"""Partitions: each month is a dataset of its own with an account of its own, charged once however often it is asked.

The project, and what officer and engineer type, are those of ``docs/partitions.md``.
"""

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml
from backfill import backfill
from followed import Reader
from kit.fixtures import make_databases, stand_in
from kit.project import Project, command
from monthly_project import MONTHS, PAGE, make_monthly_project, name_of, open_month
from pages import dagster_daemon, dagster_page

from synth_assets import load_promoted
from synth_assets.contract import DatasetContract
from synth_assets.contract.yaml_file import beside_contract, read_contract
from synth_assets.errors import CheckRefused, UsageError
from synth_assets.integrations.dagster.component import translator_written_in
from synth_assets.integrations.dagster.dataset import Dataset, translated
from synth_assets.integrations.dagster.definitions import build_dataset
from synth_assets.integrations.dagster.keys import asset_key
from synth_assets.integrations.dagster.launch import run_chain
from synth_assets.integrations.dagster.newest import newest_digest, results_on_newest
from synth_assets.integrations.dagster.resources import PrivacyLedgerResource
from synth_assets.integrations.dagster.translator import SyntheticDatasetTranslator
from synth_assets.release import load_release
from synth_assets.workspace import Workspace

pytestmark = [pytest.mark.integration]

RESOURCES = {"ledger": PrivacyLedgerResource()}
_CHAIN = ("source", "release", "generator", "candidate", "promoted")
_DEFINITIONS = """\
from pathlib import Path

import dagster as dg

from synth_assets.contract.yaml_file import beside_contract, read_contract
from synth_assets.integrations.dagster.component import translator_written_in
from synth_assets.integrations.dagster.definitions import build_dataset

file = Path(__file__).parent / "defs" / "visits" / "defs.yaml"
translator = translator_written_in(beside_contract(file))
defs = dg.Definitions.merge(
    build_dataset(read_contract(file), root=Path(__file__).parent, translator=translator),
    dg.Definitions(executor=dg.in_process_executor),
)
"""


@pytest.fixture
def monthly(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Three months of rows; the officer has registered none yet."""
    project = make_monthly_project(tmp_path / "project", databases=make_databases(tmp_path_factory.getbasetemp()))
    stand_in(project, monkeypatch)
    return project


def definitions(project: Project, **changes: Any) -> dg.Definitions:
    """Return what the project's code location has, with keys of the contract replaced."""
    contract = DatasetContract.model_validate({**read_contract(project.definition).model_dump(), **changes})
    return build_dataset(contract, root=project.root, translator=translator_of(project))


def translator_of(project: Project) -> SyntheticDatasetTranslator | None:
    return translator_written_in(beside_contract(project.definition))


def chain(project: Project, month: str) -> None:
    """Run the chain of one month in this process."""
    contract = read_contract(project.definition)
    run_chain(contract, workspace=Workspace.current(), translator=translator_of(project), partition=month)


def member_of(project: Project, month: str) -> Dataset:
    contract = read_contract(project.definition)
    return translated(contract, project.workspace, translator=translator_of(project)).of(month)


def charges(project: Project) -> dict[str, int]:
    """Return how many releases were reserved, by source."""
    return dict(Counter(reservation.request.source for reservation in project.ledger.reservations()))


@pytest.mark.slow
def test_a_backfill_of_three_months_is_charged_three_times_once_each(monthly: Project) -> None:
    reader = Reader(PAGE, monthly.root)
    officer, engineer = (block.script for block in reader.blocks if block.is_typed)
    reader.run(officer)
    (monthly.root / "months.py").write_text(_DEFINITIONS)
    assets = [("visits", step) for step in _CHAIN]
    with (
        dagster_page(monthly.root, module="months", read_only=False) as address,
        dagster_daemon(monthly.root, module="months"),
    ):
        ended = backfill(address, assets, list(MONTHS))
    printed = reader.run(engineer)

    assert ended == "COMPLETED_SUCCESS"
    assert "a run would cost nothing" in printed
    assert all(name_of(month) in printed.rpartition("state")[2] for month in MONTHS)
    assert charges(monthly) == dict.fromkeys(map(name_of, MONTHS), 1)
    # Charges of separate windows do not add up: no row of one window is in another.
    loss = monthly.contract.release_loss()
    assert monthly.ledger.balance("visits").spent.nano_rho == loss.nano_rho
    with dg.DagsterInstance.get() as instance:
        digests = [newest_digest(instance, member_of(monthly, month).keys, "release") for month in MONTHS]
        assert set(instance.get_materialized_partitions(asset_key("visits", "promoted"))) == set(MONTHS)
    rows = [load_release(monthly.workspace.releases / digest).total() for digest in digests]
    assert rows == pytest.approx([200, 400, 600], abs=100)
    for month in MONTHS:
        table = load_promoted("visits", partition=month)
        assert table.dataset == name_of(month)
        command("audit", "verify", str(table.bundle))


@pytest.mark.slow
def test_a_failed_check_of_one_month_stops_no_other(monthly: Project) -> None:
    for month in list(MONTHS)[:2]:
        open_month(monthly, month)
    chain(monthly, "2026-08")
    file = monthly.definition
    written = yaml.safe_load(file.read_text())
    written["attributes"]["rules"]["impossible"] = "NOT (age >= 0 OR member OR city <> 'east')"
    file.write_text(yaml.safe_dump(written))
    command("contract", "suite", "--write")
    with pytest.raises(CheckRefused, match="visits_2026_09 is not promoted"):
        chain(monthly, "2026-09")
    with dg.DagsterInstance.get() as instance:
        names = ["schema", "rule_impossible"]
        found = {month: results_on_newest(instance, member_of(monthly, month).keys, names) for month in MONTHS}
    assert [[result.name for result in found[month] if result.passed] for month in MONTHS] == [
        ["schema"],
        ["schema"],
        [],
    ]
    assert [result.name for result in found["2026-09"] if not result.passed] == ["rule_impossible"]
    assert sorted(yaml.safe_load((monthly.root / "dvc.yaml").read_text())["stages"]) == ["visits_2026_08"]


def test_a_run_wants_one_partition_that_is_there(monthly: Project) -> None:
    with pytest.raises(UsageError, match="has partitions, and a run makes one"):
        command("run", "visits")
    command("contract", "check", "--no-ledger")
    open_month(monthly, "2026-08")
    assert command("contract", "check") == 0
    with pytest.raises(UsageError, match="visits_2026_12"):
        command("run", "visits_2026_12")
    contract = read_contract(monthly.definition)
    with pytest.raises(UsageError, match="has no partition '2026-12'"):
        run_chain(contract, workspace=Workspace.current(), translator=translator_of(monthly), partition="2026-12")
    assert charges(monthly) == {}


def test_a_tick_asks_for_each_month_that_can_be_paid(monthly: Project) -> None:
    refresh = {"release_schedule": "0 4 1 * *", "candidate": "0 6 * * 1"}
    ticked = tick(monthly, "visits_release_schedule", refresh=refresh)
    assert ticked.skip_message == "2026-10: source visits_2026_10 is not registered yet"
    for month in list(MONTHS)[:2]:
        open_month(monthly, month)
    requests = tick(monthly, "visits_release_schedule", refresh=refresh).run_requests
    assert [request.partition_key for request in requests] == ["2026-08", "2026-09"]
    assert len({request.run_key for request in requests}) == 2
    assert "no partition has a generator" in tick(monthly, "visits_schedule", refresh=refresh).skip_message


def test_the_sensor_says_of_each_month_what_its_account_covers(monthly: Project) -> None:
    for month in list(MONTHS)[:2]:
        open_month(monthly, month)
    sensor = definitions(monthly).resolve_sensor_def("visits_budget_alert")
    with dg.DagsterInstance.get() as instance:
        looked = sensor.evaluate_tick(dg.build_sensor_context(instance, resources=RESOURCES))
        verdicts = [event for event in looked.asset_events if isinstance(event, dg.AssetCheckEvaluation)]
        assert [(one.partition, one.passed) for one in verdicts] == [("2026-08", True), ("2026-09", True)]
        again = dg.build_sensor_context(instance, cursor=looked.cursor, resources=RESOURCES)
        assert "did not change" in sensor.evaluate_tick(again).skip_message


def tick(project: Project, schedule: str, **changes: Any) -> Any:
    """Evaluate a schedule at one of its times."""
    moment = dt.datetime(2026, 11, 2, 6, tzinfo=dt.UTC)
    location = definitions(project, **changes)
    with (
        dg.DagsterInstance.get() as instance,
        dg.build_schedule_context(
            instance,
            scheduled_execution_time=moment,
            resources=RESOURCES,
            repository_def=location.get_repository_def(),
        ) as context,
    ):
        return location.resolve_schedule_def(schedule).evaluate_tick(context)
