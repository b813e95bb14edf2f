"""The budget sensor reports each threshold once."""

import json
from typing import Any

import dagster as dg
import pytest

from synth_assets.contract import DatasetContract
from synth_assets.integrations.dagster.alerts import budget_sensor
from synth_assets.integrations.dagster.dataset import translated
from synth_assets.integrations.dagster.resources import PrivacyLedgerResource
from synth_assets.ledger import ReservationRequest, open_ledger
from synth_assets.privacy import PrivacyLoss
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.integration


def spend(contract: DatasetContract, *, share: float, key: str) -> None:
    """Charge the account a share of its cap, as a release would."""
    ledger = open_ledger(Workspace.current().ledger_url)
    nano_rho = int(ledger.balance("town").cap.nano_rho * share)
    request = ReservationRequest(
        source="census",
        version="2026-11",
        fingerprint=key * 64,
        refresh="",
        dataset="people",
        contract_digest=contract.digest(),
        unit=contract.unit(),
        loss=PrivacyLoss(nano_rho=nano_rho),
        reason="test",
        by="test",
    )
    reservation = ledger.reserve(request)
    ledger.begin(reservation.id)
    ledger.settle(reservation.id, release_digest=None)


def look(contract: DatasetContract, messages: list[str], cursor: str | None) -> Any:
    """Evaluate the sensor once."""
    sensor = budget_sensor(translated(contract, Workspace.current()), notify=messages.append)
    with dg.build_sensor_context(cursor=cursor, resources={"ledger": PrivacyLedgerResource()}) as context:
        return sensor.evaluate_tick(context)


def test_each_threshold_is_reported_once_and_shown_on_the_release(contract: DatasetContract) -> None:
    messages: list[str] = []
    cursor = None
    observations, verdicts = [], []
    for key, share in (("a", 0.3), ("b", 0.3), ("c", 0.36)):
        spend(contract, share=share, key=key)
        for _ in range(2):
            ticked = look(contract, messages, cursor)
            cursor = ticked.cursor or cursor
            events = ticked.asset_events
            observations.append(sum(isinstance(event, dg.AssetObservation) for event in events))
            verdicts += [event.passed for event in events if isinstance(event, dg.AssetCheckEvaluation)]

    assert observations == [0, 0, 1, 0, 1, 0]
    assert verdicts == [True, True, False]  # once for each change: what is left now
    assert [message.split("of its cap")[0] for message in messages] == [
        f"account town has passed {share} " for share in ("50%", "80%", "95%")
    ]


def test_the_cursor_of_an_older_version_reports_nothing_twice(contract: DatasetContract) -> None:
    messages: list[str] = []
    spend(contract, share=0.6, key="a")
    spent = open_ledger(Workspace.current().ledger_url).balance("town").spent
    older = json.dumps({"nano_rho": spent.nano_rho, "atto_delta": spent.atto_delta})

    assert look(contract, messages, older).cursor
    assert messages == []


def test_nothing_is_said_of_a_source_that_nobody_registered(contract: DatasetContract) -> None:
    ticked = look(contract.model_copy(update={"source": "nobody"}), [], None)
    assert ticked.skip_message == "source nobody is not registered yet"
