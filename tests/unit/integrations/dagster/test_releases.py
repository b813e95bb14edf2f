"""A tick asks for a release where there is something to pay and the account covers it, and else says why not."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from kit.people import make_contract
from kit.project import Project

from synth_assets.integrations.dagster.definitions import build_dataset
from synth_assets.integrations.dagster.keys import asset_key
from synth_assets.integrations.dagster.releases import why_not_now
from synth_assets.integrations.dagster.resources import PrivacyLedgerResource
from synth_assets.privacy import Cap

pytestmark = pytest.mark.integration

MONTHLY = {"release": "new_version", "release_schedule": "0 4 1 * *"}


@pytest.fixture
def monthly(project: Project) -> Project:
    """A project whose contract wants a release of each version label."""
    return replace(project, contract=make_contract(refresh=MONTHLY))


def tick(project: Project, *, day: int = 1) -> Any:
    """Evaluate the schedule at one of its times."""
    schedule = build_dataset(project.contract, root=project.root).resolve_schedule_def("people_release_schedule")
    moment = dt.datetime(2026, 12, day, 4, tzinfo=dt.UTC)
    resources = {"ledger": PrivacyLedgerResource()}
    with dg.build_schedule_context(scheduled_execution_time=moment, resources=resources) as context:
        return schedule.evaluate_tick(context)


def test_one_tick_is_one_run_of_the_whole_chain(monthly: Project) -> None:
    keys = {request.run_key for _ in range(2) for request in tick(monthly).run_requests}
    job = build_dataset(monthly.contract, root=monthly.root).resolve_job_def("people_release")
    steps = {f"people__{step}" for step in ("release", "generator", "candidate", "promoted")}

    assert keys == {"2026-12-01T04:00:00+00:00"}
    assert steps < {node.name for node in job.nodes}
    assert asset_key("people", "source") not in job.asset_layer.executable_asset_keys


def test_a_contract_without_the_schedule_has_no_job_of_it(monthly: Project) -> None:
    names = {job.name for job in build_dataset(make_contract(), root=monthly.root).resolve_all_job_defs()}
    assert "people_refresh" in names
    assert "people_release" not in names


def test_what_is_paid_is_not_asked_for_again_until_the_label_changes(monthly: Project) -> None:
    monthly.obtain()
    assert tick(monthly).skip_message == "the release of version 2026-11 is there already"
    monthly.ledger.set_version("census", "2026-12", by="officer")
    assert len(tick(monthly, day=2).run_requests) == 1
    assert monthly.charges == 1


def test_a_contract_that_keeps_its_release_says_so(monthly: Project) -> None:
    kept = replace(monthly, contract=make_contract(refresh={**MONTHLY, "release": "once"}))
    kept.obtain()
    kept.ledger.set_version("census", "2026-12", by="officer")
    assert "the release of version 2026-11 is kept" in tick(kept).skip_message


def test_a_tick_that_the_account_does_not_cover_is_skipped_with_the_reason(monthly: Project) -> None:
    monthly.ledger.set_cap("town", Cap(epsilon=1.0, delta=1e-5), by="officer")
    ticked = tick(monthly)
    assert ticked.run_requests == []
    assert "account town has room for epsilon" in ticked.skip_message
    assert "a release of version 2026-11 costs epsilon" in ticked.skip_message
    assert list(monthly.ledger.reservations()) == []


def test_a_closed_account_is_named(monthly: Project) -> None:
    monthly.ledger.close_account("town", by="officer")
    assert "account town is closed" in tick(monthly).skip_message


def test_a_release_that_is_charged_and_not_finished_needs_no_room(monthly: Project) -> None:
    reservation = monthly.reserve()
    monthly.ledger.begin(reservation.id)
    monthly.ledger.set_cap("town", Cap(epsilon=2.0, delta=1e-6), by="officer")
    assert why_not_now(monthly.contract, monthly.ledger) is None


def test_without_a_ledger_or_a_source_nothing_is_asked_and_nothing_made(monthly: Project, tmp_path: Path) -> None:
    assert why_not_now(monthly.contract, None) == "source census is not registered yet"
    unknown = monthly.contract.model_copy(update={"source": "nobody"})
    assert why_not_now(unknown, monthly.ledger) == "source nobody is not registered yet"
    empty = replace(monthly, root=tmp_path / "empty")
    empty.root.mkdir()
    assert "not registered" in tick(empty).skip_message
    assert list(empty.root.iterdir()) == []


def test_there_is_no_schedule_unless_the_contract_asks_for_one(project: Project) -> None:
    names = [schedule.name for schedule in build_dataset(project.contract, root=project.root).schedules or []]
    assert names == ["people_schedule"]
