"""An account is split once, a charge goes to the part that it names the split for, and the key goes with a permit."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from synth_assets.errors import BudgetRefused, IntegrityError, UsageError
from synth_assets.files import sha256_bytes
from synth_assets.ledger import Account, ReservationRequest
from synth_assets.ledger.follow import verify_ledger, verify_lines
from synth_assets.ledger.splits import share_in_ppm
from synth_assets.ledger.sql import SqlLedger
from synth_assets.privacy import Cap, PrivacyLoss, PrivacyUnit

Asking = Callable[..., ReservationRequest]
PARTS = ("measured", "held_out")


@pytest.fixture
def split(ledger: SqlLedger) -> SqlLedger:
    ledger.split_account("survey", share=0.1, by="officer")
    return ledger


@pytest.fixture
def ask(split: SqlLedger, request_for: Asking) -> Asking:
    """Ask for a part, under the account's own split."""
    known = split.split("survey")
    assert known is not None

    def make(fingerprint: str, part: str, *, nano_rho: int = 50_000_000, **changes: object) -> ReservationRequest:
        return request_for(fingerprint, nano_rho=nano_rho, **{"part": part, "split": known.digest, **changes})

    return make


def spent(ledger: SqlLedger) -> int:
    return ledger.balance("survey").spent.nano_rho


def test_a_split_is_made_once_and_never_changes(ledger: SqlLedger) -> None:
    assert ledger.split("survey") is None
    first = ledger.split_account("survey", share=0.1, by="officer")
    entries = len(list(ledger.entries()))
    assert ledger.split_account("survey", share=0.1, by="officer") == first == ledger.split("survey")
    assert len(list(ledger.entries())) == entries
    with pytest.raises(UsageError, match=r"holds out 0.1 of its units, for good.*\n.*`holdout: 0.1`"):
        ledger.split_account("survey", share=0.2, by="officer")


def test_without_ids_nobody_can_be_held_out(empty: SqlLedger) -> None:
    empty.open_account(
        Account(name="rows", source="s", population="p", unit=PrivacyUnit()), Cap(epsilon=1, delta=1e-7), by="officer"
    )
    with pytest.raises(UsageError, match="each row is a unit of account 'rows'"):
        empty.split_account("rows", share=0.1, by="officer")


@pytest.mark.parametrize("share", [0.0, 0.0009, 0.51, -1.0])
def test_a_share_that_leaves_one_part_bare_is_refused(share: float) -> None:
    with pytest.raises(UsageError, match=r"must be between 0.001 and 0.5"):
        share_in_ppm(share)


def test_charges_add_up_within_a_part_and_the_account_pays_the_larger(split: SqlLedger, ask: Asking) -> None:
    for fingerprint, part in (("r", "measured"), ("e", "held_out"), ("f", "held_out"), ("g", "held_out")):
        split.begin(split.reserve(ask(fingerprint, part)).id)
    balance = split.balance("survey")
    assert {part: charges.spent.nano_rho for part, charges in balance.parts.items()} == {
        "measured": 50_000_000,
        "held_out": 150_000_000,
    }
    assert balance.spent.nano_rho == 150_000_000
    assert verify_ledger(split).faults == ()


def test_one_part_can_be_full_while_the_other_has_room(split: SqlLedger, ask: Asking, request_for: Asking) -> None:
    split.reserve(ask("r", "measured", nano_rho=150_000_000))
    with pytest.raises(BudgetRefused, match="this release does not fit"):
        split.reserve(ask("s", "measured"))
    assert split.reserve(ask("e", "held_out", nano_rho=150_000_000)).part == "held_out"
    with pytest.raises(BudgetRefused, match="this release does not fit"):
        split.reserve(request_for("all"))


def test_a_cancelled_part_is_given_back(split: SqlLedger, ask: Asking) -> None:
    reservation = split.reserve(ask("r", "measured"))
    assert split.balance("survey").reserved.nano_rho == 50_000_000
    split.cancel(reservation.id)
    assert split.balance("survey").reserved.nano_rho == 0
    assert verify_ledger(split).faults == ()


@pytest.mark.parametrize("digest", ["another", None])
def test_a_request_under_another_split_or_none_is_charged_to_both_parts(
    split: SqlLedger, ask: Asking, digest: str | None
) -> None:
    reservation = split.reserve(ask("r", "measured", split=digest))
    permit = split.begin(reservation.id)
    assert (reservation.part, permit.part, permit.split_key) == (None, None, None)
    split.begin(split.reserve(ask("s", "measured")).id)
    assert spent(split) == 100_000_000


def test_something_that_is_not_a_part_is_refused(split: SqlLedger, ask: Asking) -> None:
    with pytest.raises(UsageError, match="'half' is not a part of an account"):
        split.reserve(ask("r", "half"))


def test_a_permit_brings_the_key_of_its_account(split: SqlLedger, ask: Asking) -> None:
    permits = [split.begin(split.reserve(ask(part, part)).id) for part in PARTS]
    keys = {permit.split_key for permit in permits}
    (key,) = keys
    known = split.split("survey")
    assert key is not None
    assert known is not None
    assert (sha256_bytes(key.key), key.share_ppm) == (known.key_digest, 100_000)
    assert key.key.hex() not in repr(permits)
    assert [permit.part for permit in permits] == list(PARTS)


def test_a_key_that_was_replaced_opens_nothing(split: SqlLedger, ask: Asking) -> None:
    reservation = split.reserve(ask("r", "measured"))
    with split.engine.begin() as connection:
        on = " ON split_keys" if split.engine.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER split_keys_unchanged{on}")
        connection.exec_driver_sql("UPDATE split_keys SET key = '00'")
    with pytest.raises(IntegrityError, match="the key that splits account 'survey' is not the one"):
        split.begin(reservation.id)
    assert spent(split) == 0


def test_a_limit_of_the_contract_stops_further_attempts(split: SqlLedger, ask: Asking) -> None:
    shared = {"refresh": "evaluation", "within": PrivacyLoss(nano_rho=100_000_000), "nano_rho": 40_000_000}
    for fingerprint in ("c1", "c2"):
        split.begin(split.reserve(ask(fingerprint, "held_out", **shared)).id)
    with pytest.raises(BudgetRefused, match="slice for evaluations is used up by 2 of them"):
        split.reserve(ask("c3", "held_out", **shared))
    assert split.reserve(ask("c1", "held_out", **shared)).attempt == 1, "what was paid is there again"
    assert split.reserve(ask("c3", "measured", **shared)).part == "measured", "each part has a limit of its own"


def test_a_bundle_shows_the_split_and_the_parts(split: SqlLedger, ask: Asking) -> None:
    split.begin(split.reserve(ask("r", "measured")).id)
    lines = list(split.export_entries("survey"))
    verdict, book = verify_lines(lines, ledger_id=lines[0]["previous"])
    assert verdict.faults == ()
    assert book.accounts["survey"].split == split.split("survey")
    opened = next(line for line in lines if line["kind"] == "OPENED")
    assert opened["part"] == "measured"
    forged = [{**line, "part": "held_out"} if line is opened else line for line in lines]
    assert verify_lines(forged, ledger_id=lines[0]["previous"])[0].faults


def test_the_account_above_adds_up_what_its_children_pay(
    empty: SqlLedger, account: Account, request_for: Asking
) -> None:
    from asked import a_source

    for name, parent in (("all", None), ("survey", "all"), ("other", "all")):
        empty.open_account(replace(account, name=name, parent=parent), Cap(epsilon=3.0, delta=1e-7), by="officer")
    for name in ("survey", "other"):
        empty.add_source(a_source(name, unit=account.unit), by="officer")
        digest = empty.split_account(name, share=0.1, by="officer").digest
        for part in PARTS:
            asked = request_for(part, source=name, nano_rho=1000, part=part, split=digest)
            empty.begin(empty.reserve(asked).id)
    assert empty.balance("all").spent.nano_rho == 2000
    assert verify_ledger(empty).faults == ()
