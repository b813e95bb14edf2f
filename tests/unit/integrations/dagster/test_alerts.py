"""The budget sensor reports each threshold once."""

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


def test_each_threshold_is_reported_once_and_shown_on_the_release(contract: DatasetContract) -> None:
    messages: list[str] = []
    sensor = budget_sensor(translated(contract, Workspace.current()), notify=messages.append)
    cursor = None
    counts = []
    for key, share in (("a", 0.3), ("b", 0.3), ("c", 0.36)):
        spend(contract, share=share, key=key)
        for _ in range(2):
            with dg.build_sensor_context(cursor=cursor, resources={"ledger": PrivacyLedgerResource()}) as context:
                result = sensor.evaluate_tick(context)
            cursor = result.cursor
            counts.append(len(result.asset_events))

    assert counts == [0, 0, 1, 0, 1, 0]
    assert [message.split("of its cap")[0] for message in messages] == [
        f"account town has passed {share} " for share in ("50%", "80%", "95%")
    ]
