"""What was asked comes back as it was asked."""

from collections.abc import Callable

from synth_assets.ledger import ReservationRequest
from synth_assets.ledger.rows import request_json
from synth_assets.ledger.sql import SqlLedger
from synth_assets.privacy import PrivacyLoss


def test_a_request_survives_the_database_unchanged(
    ledger: SqlLedger, request_for: Callable[..., ReservationRequest]
) -> None:
    asked = request_for(run_id="run 7", reason="why; 'quoted' \u00e9")
    reservation = ledger.reserve(asked)
    assert ledger.reservation(reservation.id) == reservation
    assert ledger.reservation(reservation.id).request == asked


def test_reservations_come_oldest_first_of_one_account_or_all(
    ledger: SqlLedger, request_for: Callable[..., ReservationRequest]
) -> None:
    reserved = tuple(ledger.reserve(request_for(name, nano_rho=1)) for name in "cab")
    assert ledger.reservations() == ledger.reservations("survey") == reserved


def test_a_request_as_json_holds_integers_and_nothing_of_the_account(
    request_for: Callable[..., ReservationRequest],
) -> None:
    stored = request_json(request_for(loss=PrivacyLoss(nano_rho=3, atto_delta=10**18)))
    assert stored["loss"] == {"nano_rho": 3, "atto_delta": 10**18}
    assert "account" not in stored
