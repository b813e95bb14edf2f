"""The laws that came with format 3: the database itself keeps parts and their totals."""

from collections.abc import Callable

import pytest
from sqlalchemy.exc import DBAPIError

from synth_assets.ledger import ReservationRequest
from synth_assets.ledger.migrations.laws_v3 import POSTGRESQL, SQLITE
from synth_assets.ledger.sql import SqlLedger


@pytest.fixture
def split(ledger: SqlLedger, request_for: Callable[..., ReservationRequest]) -> SqlLedger:
    digest = ledger.split_account("survey", share=0.1, by="officer").digest
    ledger.reserve(request_for("r", part="measured", split=digest))
    return ledger


@pytest.mark.parametrize(
    ("statement", "law"),
    [
        ("UPDATE reservations SET part = NULL", "keeps its part"),
        ("UPDATE reservations SET part = 'held_out'", "keeps its part"),
        ("UPDATE splits SET share_ppm = 1", "only ever added"),
        ("UPDATE split_keys SET key = ''", "only ever added"),
        ("DELETE FROM parts", "only ever added"),
        ("DELETE FROM splits", "only ever added|FOREIGN KEY|foreign key"),
        ("INSERT INTO parts VALUES ('survey', 'third', 0, 0, 0, 0)", "CHECK|check"),
    ],
)
def test_neither_parts_nor_splits_can_be_changed(split: SqlLedger, statement: str, law: str) -> None:
    with pytest.raises(DBAPIError, match=law), split.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def test_a_part_cannot_be_written_that_the_request_does_not_name(split: SqlLedger) -> None:
    columns = (
        "id, base, attempt, account, source, request, nano_rho, atto_delta, state, fence, part, host, pid, started"
    )
    copied = columns.replace("id, base", "'other', 'other'").replace("part", "'held_out'")
    statement = f"INSERT INTO reservations ({columns}, lease_until) SELECT {copied}, 0 FROM reservations"  # noqa: S608
    with pytest.raises(DBAPIError, match="the part follows from the split"), split.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def test_both_databases_keep_the_same_named_laws() -> None:
    for law in ("part_is_kept", "part_starts_empty", "splits_unchanged", "split_keys_unchanged", "parts_kept"):
        assert any(f"CREATE TRIGGER {law} " in text for text in SQLITE)
        assert any(f"CREATE TRIGGER {law} " in text for text in POSTGRESQL)
