"""The database keeps the laws by itself, also against a program that is not ours."""

from collections.abc import Callable

import pytest
from sqlalchemy.exc import DBAPIError

from synth_assets.ledger import ReservationRequest
from synth_assets.ledger.migrations.laws_v1 import POSTGRESQL, SQLITE
from synth_assets.ledger.sql import SqlLedger

INSERT = (
    "INSERT INTO reservations (id, base, attempt, account, source, request, nano_rho, atto_delta, state, fence,"
    " host, pid, started, lease_until) SELECT 'x', 'x', 1, account, source, request, {rho}, 0, '{state}', 0,"
    " '', 0, '', 0 FROM reservations LIMIT 1"
)


@pytest.mark.parametrize(
    ("statement", "law"),
    [
        (INSERT.format(rho=150_000_000, state="RESERVED"), "the cap does not cover"),
        (INSERT.format(rho=0, state="RESERVED"), "CHECK constraint failed"),
        (INSERT.format(rho=1, state="OPENED"), "starts as RESERVED"),
        ("UPDATE reservations SET state = 'SETTLED'", "only moves forward"),
        ("UPDATE reservations SET nano_rho = 0", "does not change"),
        ("UPDATE reservations SET account = 'x'", "does not change"),
        ("UPDATE reservations SET fence = -1", "does not change"),
        ("UPDATE entries SET by = 'x'", "only ever added"),
        ("DELETE FROM entries", "only ever added"),
        ("DELETE FROM reservations", "only ever added"),
        ("DELETE FROM accounts", "only ever added"),
        ("DELETE FROM draws WHERE 1", "only ever added"),
    ],
)
def test_a_statement_against_a_law_is_refused(
    ledger: SqlLedger, request_for: Callable[..., ReservationRequest], statement: str, law: str
) -> None:
    permit = ledger.begin(ledger.reserve(request_for()).id)
    ledger.redeem(permit)
    ledger.record_intent(permit, 0, "i")
    ledger.reserve(request_for("waiting"))
    with pytest.raises(DBAPIError, match=law), ledger.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def test_writing_a_reservation_moves_the_total_whoever_writes_it(
    ledger: SqlLedger, request_for: Callable[[], ReservationRequest]
) -> None:
    ledger.reserve(request_for())
    with ledger.engine.begin() as connection:
        connection.exec_driver_sql(INSERT.format(rho=7, state="RESERVED"))
        connection.exec_driver_sql("UPDATE reservations SET state = 'OPENED' WHERE id = 'x'")
    assert ledger.balance("survey").spent.nano_rho == 7


def test_both_databases_keep_the_same_named_laws() -> None:
    laws = ("reservation_is_held", "reservation_moves_forward", "reservation_is_charged", "entries_unchanged")
    for law in laws:
        assert any(f"CREATE TRIGGER {law} " in text for text in SQLITE)
        assert any(f"CREATE TRIGGER {law} " in text for text in POSTGRESQL)
