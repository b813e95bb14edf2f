"""One asset shows all accounts; looking at it spends nothing and makes nothing."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from kit.project import Project

from synth_assets.integrations.dagster.accounts import ACCOUNTS, accounts_definitions, accounts_metadata
from synth_assets.integrations.dagster.resources import PrivacyLedgerResource
from synth_assets.ledger import Account
from synth_assets.privacy import Cap, PrivacyUnit
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.integration


def look(workspace: Workspace, cursor: str | None = None) -> Any:
    """Evaluate the sensor once."""
    sensor = accounts_definitions(root=workspace.root).resolve_sensor_def("synth_assets_accounts")
    with dg.build_sensor_context(cursor=cursor, resources={"ledger": PrivacyLedgerResource()}) as context:
        return sensor.evaluate_tick(context)


def test_an_account_that_changed_is_shown_once(project: Project) -> None:
    entries = list(project.ledger.entries())
    first = look(project.workspace)
    assert [event.asset_key for event in first.asset_events] == [ACCOUNTS]
    assert look(project.workspace, first.cursor).skip_message == "no account changed"
    assert list(project.ledger.entries()) == entries

    project.ledger.set_cap("town", Cap(epsilon=7.0, delta=1e-5), by="officer")
    assert look(project.workspace, first.cursor).asset_events


def test_each_account_has_a_line_with_population_cap_spent_room_and_last_charge(project: Project) -> None:
    unit = project.contract.unit()
    parent = Account(name="region", source="census", population="people | of a region", unit=unit)
    project.ledger.open_account(parent, Cap(epsilon=9.0, delta=1e-5), by="officer")
    child = replace(parent, name="village", population="people of a village", parent="region")
    project.ledger.open_account(child, Cap(epsilon=1.0, delta=1e-5), by="officer")
    project.obtain()

    metadata = accounts_metadata(project.ledger)
    lines = {line.split(" | ")[0]: line for line in str(metadata["accounts"].value).splitlines()}
    balance = project.ledger.balance("town")
    charged = next(entry.time for entry in project.ledger.entries("town") if entry.kind == "OPENED")

    assert f"| {balance.epsilon_cap:g} | {balance.epsilon_spent:.4g} | {balance.epsilon_left:.4g} |" in lines["| town"]
    assert charged[:10] in lines["| town"]
    assert "people \\| of a region" in lines["| region"]
    assert lines["| village"].endswith("| never |")
    assert metadata["epsilon_spent_town"] == balance.epsilon_spent > 0


def test_a_parent_was_charged_when_its_child_was(project: Project) -> None:
    family = Account(name="family", source="other", population="all", unit=PrivacyUnit())
    project.ledger.open_account(family, Cap(epsilon=9.0, delta=1e-5), by="officer")
    child = replace(family, name="child", parent="family")
    project.ledger.open_account(child, Cap(epsilon=9.0, delta=1e-5), by="officer")
    source = replace(project.ledger.source("census"), name="second", account="child")
    project.ledger.add_source(source, by="officer")
    contract = project.contract.model_copy(update={"source": "second"})
    replace(project, contract=contract).obtain()

    lines = str(accounts_metadata(project.ledger)["accounts"].value).splitlines()
    never = {line.split(" | ")[0].removeprefix("| ") for line in lines if line.endswith("| never |")}
    assert project.ledger.balance("family").epsilon_spent > 0
    assert never == {"town"}


def test_looking_makes_no_ledger(tmp_path: Path) -> None:
    workspace = Workspace(root=tmp_path)
    assert "no account is open yet" in look(workspace).skip_message
    assert list(tmp_path.iterdir()) == []
