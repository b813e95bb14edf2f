"""The ledger on a real PostgreSQL: the same laws, edits behind its back, connections and migrations."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from postgres_ledger import UNIT, ask, attempt, small_ledger
from sqlalchemy import Engine, event

from synth_assets.errors import IntegrityError, LedgerBusy, LedgerUnavailable
from synth_assets.ledger import Account, State
from synth_assets.ledger.anchor import FileAnchor
from synth_assets.ledger.engine import connect, make_engine
from synth_assets.ledger.follow import verify_ledger
from synth_assets.ledger.migrate import _config, migrate, newest_step
from synth_assets.ledger.open import open_ledger
from synth_assets.ledger.trust import Trust
from synth_assets.privacy import Cap, PrivacyLoss

pytestmark = [pytest.mark.integration, pytest.mark.postgres]

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.slow
def test_the_same_laws_hold_as_on_a_file(server: Any) -> None:
    unit = ROOT / "tests" / "unit" / "ledger"
    files = [str(unit / f"test_{room}.py") for room in ("reservations", "draws", "accounts", "sources", "curators")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files],
        env={**os.environ, "SYNTH_ASSETS_TEST_SERVER": server.url()},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout


def test_a_place_that_the_administrator_edited_is_not_given_for_a_permit(postgres_ledger_url: str) -> None:
    ledger = small_ledger(postgres_ledger_url)
    permit = ledger.begin(ledger.reserve(ask()).id)
    with ledger.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE places SET location = '/mine.csv'")
    with pytest.raises(IntegrityError, match="source 'survey' is not where it was registered"):
        ledger.redeem(permit)
    ledger.move_source(ledger.source("survey"), by="o", reason="put right")
    assert ledger.redeem(permit).location == "/mine.csv"


def test_not_even_the_owner_edits_the_book_while_the_laws_are_on(postgres_ledger_url: str) -> None:
    owner = open_ledger(postgres_ledger_url)
    owner.open_account(Account(name="a", source="a", population="p", unit=UNIT), Cap(epsilon=1, delta=1e-7), by="o")
    assert "only ever added" in attempt(owner, "UPDATE entries SET payload = '{}'")
    assert "only ever added" in attempt(owner, "TRUNCATE entries")
    assert "totals follow" in attempt(owner, "UPDATE accounts SET spent_nano_rho = 5")


def test_the_server_keeps_parents_and_partitions_as_we_do(postgres_ledger_url: str) -> None:
    ledger = open_ledger(postgres_ledger_url)
    cap = Cap(epsilon=1.0, delta=1e-7)
    ledger.open_account(Account(name="all", source="s", population="p", unit=UNIT, partitioned_by="f"), cap, by="o")
    for part in ("even", "odd"):
        account = Account(name=part, source="s", population="p", unit=UNIT, parent="all", partition=part)
        ledger.open_account(account, cap, by="o")
    with ledger.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE accounts DISABLE TRIGGER totals_follow")
        connection.exec_driver_sql("UPDATE accounts SET spent_nano_rho = 7 WHERE name = 'even'")
        connection.exec_driver_sql("UPDATE accounts SET spent_nano_rho = 5 WHERE name = 'odd'")
        total = connection.exec_driver_sql("SELECT rho FROM account_total('all')").scalar_one()
    assert total == ledger.balance("all").spent.nano_rho == 7


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE entries SET by = 'x' WHERE seq = 2", "entry 2 was edited"),
        ("DELETE FROM entries WHERE seq = 2", "entry 2 is missing"),
        ("DELETE FROM entries WHERE seq = 4", "the head says entry 4"),
        ("UPDATE accounts SET spent_nano_rho = 0", "account 'survey': table and ledger log disagree"),
        ("UPDATE accounts SET cap_nano_rho = 10 ^ 12", "account 'survey': table and ledger log disagree"),
        ("UPDATE reservations SET state = 'CANCELLED'", "reservation '"),
        ("UPDATE places SET location = '/y'", "is not where it was registered"),
    ],
)
def test_what_the_owner_did_with_the_laws_off_is_found(postgres_ledger_url: str, statement: str, expected: str) -> None:
    ledger = small_ledger(postgres_ledger_url)
    ledger.begin(ledger.reserve(ask()).id)
    assert verify_ledger(ledger).good
    with ledger.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql(statement)
    assert any(expected in fault for fault in verify_ledger(ledger).faults)


def test_an_old_copy_put_back_is_refused_and_found(server: Any, postgres_ledger_url: str, tmp_path: Path) -> None:
    anchor = FileAnchor(tmp_path / "anchors")
    small_ledger(postgres_ledger_url).engine.dispose()
    original = postgres_ledger_url.rsplit("/", 1)[1]
    server.execute(f"CREATE DATABASE {original}_backup TEMPLATE {original}")
    anchored = open_ledger(postgres_ledger_url, trust=Trust(anchor=anchor))
    anchored.init_anchor()
    anchored.begin(anchored.reserve(ask()).id)
    backup = open_ledger(server.url(f"{original}_backup"), trust=Trust(anchor=anchor))
    with pytest.raises(IntegrityError, match="lacks entry 4, which was anchored"):
        backup.reserve(ask())
    assert "entry 4 was anchored and is missing" in verify_ledger(backup, anchor=anchor).faults[0]


def test_a_server_that_may_forget_commits_is_refused(make_server: Callable[..., Any]) -> None:
    careless = make_server("fsync=off")
    with pytest.raises(LedgerUnavailable, match="runs with fsync=off"):
        migrate(make_engine(careless.url(), busy_seconds=5))


def test_every_commit_waits_for_the_disk_whatever_the_server_says(server: Any, postgres_ledger_url: str) -> None:
    database = postgres_ledger_url.rsplit("/", 1)[1]
    server.execute(f"ALTER DATABASE {database} SET synchronous_commit TO off")
    ledger = open_ledger(postgres_ledger_url)
    with ledger.engine.connect() as connection, connection.begin():
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"


def test_a_held_lock_is_busy_and_not_for_ever(postgres_ledger_url: str) -> None:
    ledger = open_ledger(postgres_ledger_url, busy_seconds=0.05)
    with ledger.engine.connect() as holder, holder.begin():
        holder.exec_driver_sql("SELECT * FROM ledger FOR UPDATE")
        with pytest.raises(LedgerBusy, match="is locked by another process"):
            ledger.recover()


def test_a_connection_dropped_while_opening_opens_nothing(server: Any, postgres_ledger_url: str) -> None:
    ledger = small_ledger(postgres_ledger_url)
    waiting = ledger.reserve(ask())

    def drop(_connection: object, cursor: Any, statement: str, *_rest: object) -> None:
        if statement.startswith("UPDATE reservations"):
            server.execute(f"SELECT pg_terminate_backend({cursor.connection.info.backend_pid})")

    failing = open_ledger(postgres_ledger_url)
    event.listen(failing.engine, "before_cursor_execute", drop)
    with pytest.raises(LedgerUnavailable, match="cannot be used"):
        failing.begin(waiting.id)
    assert ledger.reservation(waiting.id).state is State.RESERVED
    assert ledger.balance("survey").spent == PrivacyLoss(nano_rho=0)
    assert ledger.begin(waiting.id).fence == 1


def test_a_child_process_does_not_speak_over_its_parents_connection(postgres_ledger_url: str) -> None:
    code = (
        "import os, sys; from synth_assets.ledger import open_ledger; ledger = open_ledger(sys.argv[1])\n"
        "name = ledger.ledger_id(); child = os.fork()\n"
        "if child == 0: os._exit(ledger.ledger_id() != name)\n"
        "assert os.waitpid(child, 0)[1] == 0; assert ledger.ledger_id() == name"
    )
    subprocess.run([sys.executable, "-c", code, postgres_ledger_url], check=True, cwd=ROOT)


def test_a_connection_of_another_process_is_let_go_and_not_closed(
    postgres_ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = open_ledger(postgres_ledger_url)
    connection = ledger.engine.raw_connection()
    inherited = connection.driver_connection
    connection.close()
    child = os.getpid() + 1
    with monkeypatch.context() as patch:
        patch.setattr("os.getpid", lambda: child)
        assert ledger.ledger_id()
    assert inherited is not None
    assert not inherited.closed
    inherited.close()


def test_a_ledger_that_was_not_migrated_is_said_so(server: Any) -> None:
    with pytest.raises(LedgerUnavailable) as caught:
        open_ledger(server.url(server.new_database())).accounts()
    assert caught.value.hint == "synth-assets ledger migrate"


def test_migrating_twice_changes_nothing(postgres_ledger_url: str) -> None:
    before = open_ledger(postgres_ledger_url).ledger_id()
    assert migrate(make_engine(postgres_ledger_url, busy_seconds=5)) == newest_step()
    assert open_ledger(postgres_ledger_url).ledger_id() == before


def test_a_ledger_of_format_1_is_migrated_with_its_corrections(server: Any) -> None:
    url = server.url(server.new_database())
    engine = make_engine(url, busy_seconds=30)
    with connect(engine, write=True) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    copy_old_ledger(engine)
    migrate(engine)
    ledger = open_ledger(url)
    assert verify_ledger(ledger).faults == ()
    assert ledger.balance("clinic").spent.nano_rho == 80_000_000
    assert ledger.balance("clinic").frozen
    assert ledger.account("november-thrice").window == ledger.account("november").window
    assert "totals follow" in attempt(ledger, "UPDATE accounts SET spent_nano_rho = 5")


def copy_old_ledger(engine: Engine) -> None:
    """Fill the tables with what an older version wrote into a file; the laws are off, as for a restored backup."""
    dump = sqlite3.connect(":memory:")
    dump.executescript((ROOT / "tests" / "data" / "ledger_format_1.sql").read_text())
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql("DELETE FROM ledger")
        for table in ("accounts", "sources", "places", "reservations", "draws", "entries", "ledger"):
            rows = dump.execute(f"SELECT * FROM {table}")  # noqa: S608 -- fixed names
            names = [column[0] for column in rows.description]
            columns = ", ".join(f'"{name}"' for name in names)
            places = ", ".join(f"%({name})s" for name in names)
            for row in rows:
                values = dict(zip(names, row, strict=True))
                values |= {"closed": bool(values["closed"])} if "closed" in values else {}
                insert = f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE VALUES ({places})"  # noqa: S608 -- same
                connection.exec_driver_sql(insert, values)
    dump.close()
