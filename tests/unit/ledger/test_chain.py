"""The book: only ever added to, in one order, each entry bound to the one before."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError as DatabaseRefused

from synth_assets.errors import IntegrityError, LedgerBusy, LedgerUnavailable
from synth_assets.ledger import Account, ReservationRequest, schema
from synth_assets.ledger.chain import CLOCK_TOLERANCE_MS, _iso, hash_of, open_book
from synth_assets.ledger.engine import connect, milliseconds_of
from synth_assets.ledger.open import open_ledger
from synth_assets.ledger.sql import SqlLedger
from synth_assets.privacy import Cap

Make = Callable[..., ReservationRequest]
COLUMNS = (
    *("seq", "time", "kind", "account", "part", "reservation_id", "by", "login", "payload", "format"),
    *("salt", "tag", "body_digest", "previous", "hash", "key_id", "signature"),
)


def forged(**changes: str) -> str:
    """Return the statement that adds a copy of the first entry at the end, with changes."""
    good = {"seq": "4", "time": "(SELECT time FROM ledger)", "previous": "(SELECT hash FROM ledger)"}
    values = ", ".join((good | changes).get(name, f'"{name}"') for name in COLUMNS)
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    return f"INSERT INTO entries ({names}) SELECT {values} FROM entries WHERE seq = 1"  # noqa: S608 -- fixed texts


def test_every_entry_is_bound_to_the_one_before(ledger: SqlLedger, request_for: Make) -> None:
    ledger.reserve(request_for())
    book = list(ledger.entries())
    assert [entry.seq for entry in book] == [1, 2, 3]
    assert all(later.previous == earlier.hash for earlier, later in pairwise(book))
    for entry in book:
        assert (entry.body_digest, entry.hash) == hash_of(entry)
        assert entry.body_digest != hash_of(replace(entry, salt="other"))[0]
        assert entry.hash != hash_of(replace(entry, tag="other"))[1]


def test_entries_of_one_account_carry_its_tag_and_no_two_accounts_share_one(
    ledger: SqlLedger, account: Account, request_for: Make
) -> None:
    ledger.open_account(replace(account, name="other"), Cap(epsilon=1.0, delta=1e-7), by="officer")
    ledger.reserve(request_for())
    tags = {name: {entry.tag for entry in ledger.entries(name)} for name in ("survey", "other")}
    assert {name: len(account_tags) for name, account_tags in tags.items()} == {"survey": 1, "other": 1}
    assert tags["survey"] != tags["other"]
    assert len({entry.salt for entry in ledger.entries()}) == 4


def test_after_an_opening_times_are_whole_hours_or_that_of_the_opening(ledger: SqlLedger, request_for: Make) -> None:
    permit = ledger.begin(ledger.reserve(request_for()).id)
    opened = list(ledger.entries())[-1].time
    ledger.redeem(permit)
    ledger.record_intent(permit, 1, "i")
    ledger.record_answer(permit, 1, "a")
    ledger.settle(permit.reservation_id, release_digest="r")
    later = [entry for entry in ledger.entries() if entry.seq > 4]
    assert [entry.kind for entry in later] == ["REDEEMED", "INTENT", "ANSWER", "SETTLED"]
    assert all(entry.time == opened or entry.time.endswith(":00:00.000Z") for entry in later)


def test_a_forged_entry_that_fits_is_what_the_laws_are_about(ledger: SqlLedger, request_for: Make) -> None:
    ledger.reserve(request_for())
    with connect(ledger.engine, write=True) as connection:
        connection.exec_driver_sql(forged())
        assert connection.execute(select(schema.head.c.seq)).scalar_one() == 4
        connection.rollback()


@pytest.mark.parametrize("statement", ["DELETE FROM entries WHERE seq = 2", "DELETE FROM entries WHERE seq = 3"])
def test_nothing_is_reserved_on_a_book_that_lacks_an_entry(
    ledger: SqlLedger, request_for: Make, statement: str
) -> None:
    ledger.set_version("survey", "2026-11b", by="custodian")
    with ledger.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER entries_kept")
        connection.exec_driver_sql(statement)
    with pytest.raises(IntegrityError, match="head counts 3 entries, but 2 exist"):
        ledger.reserve(request_for(version="2026-11b"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET by = 'x'",
        "DELETE FROM entries",
        "DELETE FROM reservations",
        "UPDATE reservations SET nano_rho = 0",
        "UPDATE reservations SET state = 'SETTLED'",
        "DELETE FROM accounts",
        "UPDATE accounts SET tag = 'x'",
        forged(seq="seq + 9"),
        forged(kind="'GIFT'"),
        forged(tag="'x'"),
        forged(format="1"),
    ],
)
def test_the_database_itself_refuses_to_rewrite(ledger: SqlLedger, request_for: Make, statement: str) -> None:
    ledger.reserve(request_for())
    with pytest.raises(DatabaseRefused), ledger.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def test_a_clock_that_went_back_writes_nothing(ledger: SqlLedger, request_for: Make) -> None:
    with connect(ledger.engine, write=True) as connection:
        connection.execute(update(schema.head).values(time="2999-01-01T00:00:00.000Z"))
    with pytest.raises(LedgerUnavailable, match=r"clock says .* but its newest entry is of 2999") as caught:
        ledger.reserve(request_for())
    assert caught.value.hint == "set the clock right; nothing was reserved or opened"
    assert ledger.reservations() == ()


def test_a_small_correction_of_the_clock_is_borne_and_time_never_falls(ledger: SqlLedger, request_for: Make) -> None:
    with connect(ledger.engine, write=True) as connection:
        ahead = _iso(milliseconds_of(connection) + CLOCK_TOLERANCE_MS // 2)
        connection.execute(update(schema.head).values(time=ahead))
    ledger.reserve(request_for())
    assert list(ledger.entries())[-1].time == ahead


def test_a_ledger_of_a_newer_format_is_left_alone(ledger: SqlLedger, request_for: Make) -> None:
    with connect(ledger.engine, write=True) as connection:
        connection.execute(update(schema.head).values(format=99))
    with pytest.raises(LedgerUnavailable, match="format 99") as caught:
        ledger.reserve(request_for())
    assert caught.value.hint == "upgrade synth-assets"


def test_a_long_book_is_read_in_pages_without_a_gap(
    ledger: SqlLedger, request_for: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synth_assets.ledger.sql._PAGE", 3)
    for number in range(8):
        ledger.reserve(request_for(str(number), nano_rho=1))
    assert [entry.seq for entry in ledger.entries()] == list(range(1, 11))


def test_a_head_that_moved_under_a_writer_is_noticed(ledger: SqlLedger) -> None:
    with connect(ledger.engine, write=True) as connection:
        book = open_book(connection)
        connection.execute(update(schema.head).values(seq=99))
        with pytest.raises(DatabaseRefused, match="an entry follows the one before"):
            book.add("VERSION_SET", by="x", payload={})
        connection.rollback()


def test_a_head_that_the_database_does_not_move_is_noticed(ledger: SqlLedger) -> None:
    with connect(ledger.engine, write=True) as connection:
        connection.exec_driver_sql("DROP TRIGGER entry_moves_the_head")
        with pytest.raises(LedgerBusy, match="at the same moment"):
            open_book(connection).add("VERSION_SET", by="x", payload={})
        connection.rollback()


def test_a_database_whose_book_has_no_head_is_refused(ledger: SqlLedger) -> None:
    with connect(ledger.engine, write=True) as connection:
        connection.execute(delete(schema.head))
    for act in (ledger.recover, open_ledger(ledger.engine.url.render_as_string()).ledger_id):
        with pytest.raises(LedgerUnavailable, match="holds no ledger"):
            act()
