"""Tables are made once, brought up, and never taken down."""

import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import update

from synth_assets.errors import LedgerUnavailable
from synth_assets.ledger import schema
from synth_assets.ledger.engine import connect, make_engine
from synth_assets.ledger.migrate import migrate, newest_step, step_of
from synth_assets.ledger.open import open_ledger
from synth_assets.ledger.sql import SqlLedger


def test_a_new_ledger_is_at_the_newest_step(empty: SqlLedger) -> None:
    with connect(empty.engine, write=False) as connection:
        assert step_of(connection) == newest_step()


def test_migrating_again_changes_nothing(ledger: SqlLedger) -> None:
    before = list(ledger.entries()), ledger.ledger_id()
    assert migrate(ledger.engine) == newest_step()
    assert (list(ledger.entries()), ledger.ledger_id()) == before


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / "ledger.db"
    migrate(make_engine(f"sqlite:///{file}", busy_seconds=1))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_database_without_tables_gets_them(tmp_path: Path) -> None:
    file = tmp_path / "empty.db"
    sqlite3.connect(file).executescript("CREATE TABLE other (x); DROP TABLE other").close()
    engine = make_engine(f"sqlite:///{file}", busy_seconds=1)
    migrate(engine)
    assert open_ledger(f"sqlite:///{file}").accounts() == ()


def test_a_ledger_of_a_newer_version_is_left_alone(ledger: SqlLedger) -> None:
    with connect(ledger.engine, write=True) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(LedgerUnavailable, match="made by a newer version"):
        migrate(ledger.engine)


def test_a_step_that_fails_leaves_the_tables_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "occupied.db"
    sqlite3.connect(file).executescript("CREATE TABLE ledger (x)").close()
    engine = make_engine(f"sqlite:///{file}", busy_seconds=1)
    with pytest.raises(LedgerUnavailable):
        migrate(engine)
    with sqlite3.connect(file) as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    assert names == {"ledger"}


def test_each_book_has_a_name_of_its_own(empty: SqlLedger, tmp_path: Path) -> None:
    second = open_ledger(f"sqlite:///{tmp_path / 'other.db'}")
    assert len({empty.ledger_id(), second.ledger_id()}) == 2
    with connect(empty.engine, write=True) as connection:
        assert connection.execute(update(schema.head).values(format=1)).rowcount == 1
