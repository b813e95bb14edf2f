"""A materialization upstream brings its source the label that its run or partition was called by, and nothing else."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from kit.people import make_contract
from kit.project import Project

from synth_assets.errors import UsageError
from synth_assets.integrations.dagster import build_dataset, label_sensor
from synth_assets.integrations.dagster.keys import asset_key
from synth_assets.integrations.dagster.labels import LABEL_TAG
from synth_assets.integrations.dagster.releases import why_not_now
from synth_assets.integrations.dagster.resources import PrivacyLedgerResource
from synth_assets.ledger.budget import history
from synth_assets.ledger.keys import create_key

pytestmark = pytest.mark.integration

SOURCE = asset_key("people", "source")
ROWS = 4_711_001
"""What the asset upstream says about the rows; no other asset, and no ledger, may hold it."""


@dg.asset(key=["raw", "people"], partitions_def=dg.MonthlyPartitionsDefinition(start_date="2026-01-01", end_offset=24))
def filled() -> dg.MaterializeResult[Any]:
    """Stands for the asset that fills the table, and says what only its owner may know."""
    return dg.MaterializeResult(metadata={"rows": ROWS}, data_version=dg.DataVersion(f"rows-{ROWS}"))


@dg.asset(key=["raw", "people"])
def filled_whole() -> dg.MaterializeResult[Any]:
    """The same of a table without partitions."""
    return dg.MaterializeResult(metadata={"label": f"2026-12-{ROWS}"}, data_version=dg.DataVersion("2026-12"))


def fill(instance: dg.DagsterInstance, month: str) -> None:
    assert dg.materialize([filled], instance=instance, partition_key=month).success


class Daemon:
    """Evaluates the sensor as Dagster's daemon does: with the cursor that the last tick left."""

    def __init__(self, project: Project, instance: dg.DagsterInstance, **said: Any) -> None:
        self.sensor = label_sensor("census", upstream="raw/people", by="custodian", **said)
        self.definitions = dg.Definitions.merge(
            build_dataset(project.contract, root=project.root), dg.Definitions(assets=[filled], sensors=[self.sensor])
        )
        self.instance, self.cursor = instance, None

    def tick(self) -> Any:
        repository = self.definitions.get_repository_def()
        with dg.build_sensor_context(
            instance=self.instance,
            cursor=self.cursor,
            repository_def=repository,
            resources={"ledger": PrivacyLedgerResource()},
        ) as context:
            ticked = repository.get_sensor_def("census_labels").evaluate_tick(context)
        self.cursor = ticked.cursor
        return ticked

    def start(self, request: dg.RunRequest) -> None:
        job = self.definitions.resolve_implicit_global_asset_job_def()
        done = job.execute_in_process(instance=self.instance, asset_selection=request.asset_selection)
        assert done.success


def version(project: Project) -> str:
    return project.ledger.source("census").version


@pytest.mark.slow  # two measurements
def test_a_filled_partition_names_the_label_and_a_release_is_due(
    project: Project, instance: dg.DagsterInstance
) -> None:
    monthly = replace(project, contract=make_contract(refresh={"release": "new_version"}))
    daemon = Daemon(monthly, instance, target=[SOURCE])
    monthly.obtain()
    assert why_not_now(monthly.contract, monthly.ledger) == "the release of version 2026-11 is there already"

    fill(instance, "2026-12-01")
    (request,) = daemon.tick().run_requests
    daemon.start(request)
    event = instance.get_latest_materialization_event(SOURCE)
    assert event is not None
    assert event.asset_materialization is not None
    assert (event.asset_materialization.tags or {})["dagster/data_version"] == "2026-12-01"
    assert version(monthly) == "2026-12-01"
    assert why_not_now(monthly.contract, monthly.ledger) is None
    monthly.obtain()
    assert monthly.charges == 2


def test_only_the_label_crosses(project: Project, instance: dg.DagsterInstance) -> None:
    daemon = Daemon(project, instance, target=["people/source"])
    fill(instance, "2026-12-01")
    (request,) = daemon.tick().run_requests
    daemon.start(request)
    last = list(history(project.ledger))[-1]
    assert (last.by, last.reason) == ("custodian", "raw/people was materialized")
    upstream = instance.get_latest_materialization_event(dg.AssetKey(["raw", "people"]))
    assert upstream is not None
    assert str(ROWS) in str(upstream.asset_materialization)
    beyond = [entry.payload for entry in project.ledger.entries()]
    beyond += [
        str(event.asset_materialization) for event in [instance.get_latest_materialization_event(SOURCE)] if event
    ]
    assert len(beyond) > 1
    assert str(ROWS) not in json.dumps([*beyond, str(request)], default=str)
    assert upstream.run_id not in json.dumps([*beyond, str(request)], default=str)


def test_the_same_label_again_changes_nothing(project: Project, instance: dg.DagsterInstance) -> None:
    daemon = Daemon(project, instance)
    fill(instance, "2026-12-01")
    assert daemon.tick().skip_message == "source census is now at version 2026-12-01"
    entries = len(list(project.ledger.entries()))
    assert daemon.tick().skip_message == "raw/people was not materialized"
    fill(instance, "2026-12-01")
    assert daemon.tick().skip_message == ("source census keeps its label 2026-12-01: 2026-12-01 does not come after it")
    assert len(list(project.ledger.entries())) == entries


def test_a_month_that_is_filled_again_takes_no_label_back_and_a_backfill_ends_at_its_last(
    project: Project, instance: dg.DagsterInstance
) -> None:
    daemon = Daemon(project, instance)
    for month in ("2026-11-01", "2026-12-01", "2026-10-01"):  # as they happen to be finished
        fill(instance, month)
    daemon.tick()
    assert version(project) == "2026-12-01"
    fill(instance, "2026-09-01")
    assert "2026-09-01 does not come after it" in daemon.tick().skip_message
    assert version(project) == "2026-12-01"


def test_a_table_without_partitions_takes_the_tag_of_its_run_and_nothing_that_the_run_computed(
    project: Project, instance: dg.DagsterInstance
) -> None:
    daemon = Daemon(project, instance)
    dg.materialize([filled_whole], instance=instance)
    said = daemon.tick().skip_message
    assert "neither its partition nor its run named a label" in said
    assert str(ROWS) not in said
    assert version(project) == "2026-11"
    dg.materialize([filled_whole], instance=instance, tags={LABEL_TAG: "2026-Q4"})
    daemon.tick()
    assert version(project) == "2026-Q4"


def test_a_partition_that_is_called_after_its_content_is_no_label_unless_a_person_declares_such(
    project: Project, instance: dg.DagsterInstance
) -> None:
    daemon = Daemon(project, instance)
    for digest in ("9f86d081884c7d65", "41873", "2026-12 "):
        dg.materialize([filled_whole], instance=instance, tags={LABEL_TAG: digest})
        said = daemon.tick().skip_message
        assert "named a label that matches" in said
        assert digest not in said
    assert version(project) == "2026-11"
    waves = Daemon(project, instance, labels=r"wave_\d+")
    dg.materialize([filled_whole], instance=instance, tags={LABEL_TAG: "wave_9"})
    dg.materialize([filled_whole], instance=instance, tags={LABEL_TAG: "wave_10"})
    waves.tick()
    assert version(project) == "wave_10"


def test_a_materialization_that_was_reported_without_a_run_has_its_partition(
    project: Project, instance: dg.DagsterInstance
) -> None:
    daemon = Daemon(project, instance)
    instance.report_runless_asset_event(dg.AssetMaterialization(["raw", "people"], partition="2027-01"))
    daemon.tick()
    assert version(project) == "2027-01"


def test_where_officers_sign_a_label_without_a_key_is_not_set_and_the_next_tick_tries_again(
    project: Project, instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemon = Daemon(project, instance)
    create_key(tmp_path / "officer.key")
    monkeypatch.setenv("SYNTH_ASSETS_OFFICER_KEYS", str(tmp_path / "officer.pub"))
    fill(instance, "2026-12-01")
    for _ in range(2):
        assert "label 2026-12-01 was not set: labels are signed by an officer here" in daemon.tick().skip_message
    assert version(project) == "2026-11"
    monkeypatch.setenv("SYNTH_ASSETS_LEDGER_KEY", str(tmp_path / "officer.key"))
    daemon.tick()
    assert version(project) == "2026-12-01"
    assert list(project.ledger.entries())[-1].signature


def test_without_a_ledger_or_a_source_the_tick_says_so_and_makes_none(
    project: Project, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    fill(instance, "2026-12-01")
    empty = Daemon(project, instance, root=tmp_path / "empty")
    assert "there is no ledger yet" in empty.tick().skip_message
    assert not (tmp_path / "empty").exists()
    stranger = label_sensor("nobody", upstream="raw/people", by="custodian")
    with dg.build_sensor_context(instance=instance, resources={"ledger": PrivacyLedgerResource()}) as context:
        assert "there is no source 'nobody'" in str(stranger.evaluate_tick(context).skip_message)


def test_a_label_has_an_author(project: Project) -> None:
    with pytest.raises(UsageError, match="by='' must be one line"):
        label_sensor("census", upstream="raw/people", by="")


def test_the_sensor_is_off_until_somebody_switches_it_on(project: Project) -> None:
    sensor = label_sensor("census", upstream="raw/people", by="custodian")
    assert sensor.default_status is dg.DefaultSensorStatus.STOPPED
