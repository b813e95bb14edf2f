"""The book: only ever added to, in one order, each entry bound to the one before."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError as DatabaseRefused

from synth_assets.errors import LedgerBusy, LedgerUnavailable
from synth_assets.files import sha256_bytes
from synth_assets.ledger import ReservationRequest, schema
from synth_assets.ledger.chain import CLOCK_TOLERANCE_MS, _iso, entry_body, link, open_book
from synth_assets.ledger.engine import connect, milliseconds_of
from synth_assets.ledger.sql import SqlLedger

Make = Callable[..., ReservationRequest]


def test_every_entry_is_bound_to_the_one_before(ledger: SqlLedger, request_for: Make) -> None:
    ledger.reserve(request_for())
    book = list(ledger.entries())
    assert [entry.seq for entry in book] == [1, 2, 3]
    assert all(later.previous == earlier.hash for earlier, later in pairwise(book))
    for entry in book:
        facts = ("seq", "time", "kind", "account", "reservation_id", "by", "login", "payload")
        digest = sha256_bytes(entry_body(**{fact: getattr(entry, fact) for fact in facts}))
        assert entry.body_digest == digest
        assert entry.hash == link(seq=entry.seq, previous=entry.previous, body_digest=digest)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET by = 'x'",
        "DELETE FROM entries",
        "DELETE FROM reservations",
        "UPDATE reservations SET nano_rho = 0",
        "UPDATE reservations SET state = 'SETTLED'",
        "DELETE FROM accounts",
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
        with pytest.raises(LedgerBusy, match="at the same moment"):
            book.add("VERSION_SET", by="x", payload={})
        connection.rollback()


def test_a_database_whose_book_has_no_head_is_refused(ledger: SqlLedger) -> None:
    with connect(ledger.engine, write=True) as connection:
        connection.execute(delete(schema.head))
    with pytest.raises(LedgerUnavailable, match="holds no ledger"):
        ledger.recover()
    with pytest.raises(LedgerUnavailable, match="cannot be used"):
        ledger.ledger_id()
