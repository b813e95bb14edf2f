"""The ledger as its callers see it, on a real file."""

import stat
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from synth_assets.errors import BudgetRefused, UsageError
from synth_assets.ledger import Account, Ledger, ReservationRequest, State
from synth_assets.ledger.sql import SqlLedger
from synth_assets.privacy import Cap, PrivacyLoss

Make = Callable[..., ReservationRequest]


def test_it_is_a_ledger(ledger: SqlLedger) -> None:
    as_protocol: Ledger = ledger
    assert as_protocol.balance("survey").spent == PrivacyLoss(nano_rho=0)


def test_a_release_is_reserved_opened_drawn_and_settled_for_one_charge(ledger: SqlLedger, request_for: Make) -> None:
    reservation = ledger.reserve(request_for())
    assert ledger.balance("survey").reserved == reservation.loss
    permit = ledger.begin(reservation.id)
    assert ledger.balance("survey").spent == reservation.loss
    assert ledger.redeem(permit).location == "/private/survey.csv"
    ledger.record_intent(permit, 0, "intent")
    ledger.record_answer(permit, 0, "answer")
    ledger.settle(reservation.id, release_digest="r" * 64)
    again = ledger.reserve(request_for())
    assert (again.id, again.state, again.release_digest) == (reservation.id, State.SETTLED, "r" * 64)
    assert ledger.balance("survey").spent == reservation.loss
    kinds = [entry.kind for entry in ledger.entries()]
    assert kinds[2:] == ["RESERVED", "OPENED", "REDEEMED", "INTENT", "ANSWER", "SETTLED"]


def test_a_request_above_the_cap_is_refused_with_what_is_left(ledger: SqlLedger, request_for: Make) -> None:
    ledger.reserve(request_for("a", nano_rho=100_000_000))
    with pytest.raises(BudgetRefused, match=r"asks account 'survey' for rho 0\.06.*rho 0\.05726.*is left"):
        ledger.reserve(request_for("b", nano_rho=60_000_000))
    assert ledger.balance("survey").reserved.nano_rho == 100_000_000


def test_a_request_of_exactly_what_is_left_is_granted_and_one_more_is_not(ledger: SqlLedger, request_for: Make) -> None:
    ledger.reserve(request_for("a", nano_rho=ledger.balance("survey").remaining.nano_rho))
    with pytest.raises(BudgetRefused):
        ledger.reserve(request_for("b", nano_rho=1))


def test_the_account_follows_from_the_source_and_not_from_the_request(ledger: SqlLedger, request_for: Make) -> None:
    account = Account(name="other", source="o", population="o", unit=ledger.account("survey").unit)
    ledger.open_account(account, Cap(epsilon=9.0, delta=1e-7), by="officer")
    assert ledger.reserve(request_for()).account == "survey"
    assert ledger.balance("other").reserved.nano_rho == 0
    assert "account" not in ReservationRequest.__slots__


def test_unknown_names_are_answered_with_the_nearest_one(ledger: SqlLedger, request_for: Make) -> None:
    with pytest.raises(UsageError, match=r"no source 'survye'\n.*did you mean 'survey'"):
        ledger.reserve(request_for(source="survye"))
    with pytest.raises(UsageError, match=r"no account 'surveys'\n.*did you mean 'survey'"):
        ledger.balance("surveys")


def test_the_file_and_its_folder_are_for_their_owner_alone(ledger: SqlLedger, tmp_path: Path) -> None:
    file = tmp_path / ".synth-assets" / "ledger.db"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_where_a_source_is_stays_out_of_the_book_and_of_repr(ledger: SqlLedger) -> None:
    assert "/private" not in repr(ledger.source("survey"))
    assert "/private" not in repr(list(ledger.entries()))
    assert ledger.source("survey").location == "/private/survey.csv"


def test_an_export_seals_the_entries_of_other_accounts(ledger: SqlLedger, request_for: Make) -> None:
    account = Account(name="other", source="o", population="o", unit=ledger.account("survey").unit)
    ledger.open_account(account, Cap(epsilon=9.0, delta=1e-7), by="officer")
    ledger.reserve(request_for())
    lines = list(ledger.export_entries("survey"))
    sealed = [line for line in lines if line.get("sealed")]
    assert len(lines) == 4
    assert len(sealed) == 1
    shown = {"seq", "body_digest", "previous", "hash", "key_id", "signature", "format", "tag", "sealed"}
    assert set(sealed[0]) == shown
    assert all(later["previous"] == earlier["hash"] for earlier, later in pairwise(lines))
