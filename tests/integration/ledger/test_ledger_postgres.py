"""The ledger on a real PostgreSQL: the same laws, and the roles kept by the server itself."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from kit.people import HEADER, ROWS
from kit.project import make_project
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError

from synth_assets.errors import BudgetRefused, IntegrityError, LedgerBusy, LedgerUnavailable, Refused
from synth_assets.ledger import Account, ReservationRequest, Source, State
from synth_assets.ledger.anchor import FileAnchor
from synth_assets.ledger.budget import history
from synth_assets.ledger.doctor import examine
from synth_assets.ledger.engine import connect, make_engine
from synth_assets.ledger.follow import verify_ledger
from synth_assets.ledger.migrate import _config, migrate, newest_step
from synth_assets.ledger.open import open_ledger
from synth_assets.ledger.sql import SqlLedger
from synth_assets.ledger.trust import Trust
from synth_assets.privacy import Cap, PrivacyLoss, PrivacyUnit

pytestmark = [pytest.mark.integration, pytest.mark.postgres]

ROOT = Path(__file__).resolve().parents[3]
UNIT = PrivacyUnit()
LOGINS = ("officer", "engineer", "auditor")


def ask(fingerprint: str = "f", *, nano_rho: int = 1000) -> ReservationRequest:
    return ReservationRequest(
        source="survey",
        version="1",
        fingerprint=fingerprint,
        refresh="once",
        dataset="survey",
        contract_digest="0",
        unit=UNIT,
        loss=PrivacyLoss(nano_rho=nano_rho),
        reason="test",
        by="engineer",
    )


@pytest.fixture(scope="module")
def team(server: Any) -> Callable[[str], SqlLedger]:
    """A ledger of a team: made by the administrator, used by logins that have one role each."""
    database = server.new_database()
    migrate(make_engine(server.url(database), busy_seconds=30))
    server.execute(*(f"CREATE ROLE {login} LOGIN IN ROLE synth_assets_{login}" for login in LOGINS))

    def as_login(login: str) -> SqlLedger:
        return open_ledger(server.url(database, login=login), busy_seconds=30)

    officer = as_login("officer")
    officer.open_account(
        Account(name="survey", source="survey", population="p", unit=UNIT), Cap(epsilon=1.0, delta=1e-7), by="o"
    )
    columns = (("a", "integer"),)
    source = Source(
        name="survey", kind="csv", location="/secret/place", columns=columns, unit=UNIT, account="survey", version="1"
    )
    officer.add_source(source, by="o")
    engineer = as_login("engineer")
    engineer.begin(engineer.reserve(ask("before")).id)
    engineer.reserve(ask("waiting"))
    return as_login


def small_ledger(url: str) -> SqlLedger:
    """Open an account and register a source in an empty ledger."""
    ledger = open_ledger(url)
    account = Account(name="survey", source="s", population="p", unit=UNIT)
    ledger.open_account(account, Cap(epsilon=1.0, delta=1e-7), by="o")
    source = Source(name="survey", kind="csv", location="/x", columns=(), unit=UNIT, account="survey", version="1")
    ledger.add_source(source, by="o")
    return ledger


def attempt(ledger: SqlLedger, statement: str) -> str:
    """Run a statement the way psql would, and never keep it; return what the server says."""
    with ledger.engine.connect() as connection:
        try:
            connection.exec_driver_sql(statement.replace("%", "%%"))
        except DBAPIError as error:
            return str(error.orig)
        finally:
            connection.rollback()
    return ""


def test_the_same_laws_hold_as_on_a_file(server: Any) -> None:
    unit = ROOT / "tests" / "unit" / "ledger"
    files = [str(unit / f"test_{room}.py") for room in ("reservations", "draws", "accounts", "sources")]
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


def test_each_role_can_do_its_work(team: Callable[[str], SqlLedger]) -> None:
    engineer, auditor, officer = team("engineer"), team("auditor"), team("officer")
    reservation = engineer.reserve(ask("work"))
    permit = engineer.begin(reservation.id)
    assert engineer.redeem(permit).location == "/secret/place"
    engineer.record_intent(permit, 0, "i")
    engineer.record_answer(permit, 0, "a")
    engineer.settle(reservation.id, release_digest="r")
    engineer.cancel(engineer.reserve(ask("back")).id)
    officer.set_cap("survey", Cap(epsilon=1.5, delta=1e-7), by="o")
    officer.set_version("survey", "1", by="o")
    officer.move_source(officer.source("survey"), by="o", reason="the same place, told again")
    assert officer.source("survey").location == "/secret/place"
    assert auditor.balance("survey").spent == PrivacyLoss(nano_rho=2000)
    assert verify_ledger(auditor).good
    assert {entry.login for entry in auditor.entries()} == {"officer", "engineer"}


def test_the_history_says_the_login_that_the_server_knows(team: Callable[[str], SqlLedger]) -> None:
    told = {(event.by, event.login) for event in history(team("auditor"))}
    assert told >= {("o", "officer"), ("engineer", "engineer")}


def test_a_place_that_the_administrator_edited_is_not_given_for_a_permit(postgres_ledger_url: str) -> None:
    ledger = small_ledger(postgres_ledger_url)
    permit = ledger.begin(ledger.reserve(ask()).id)
    with ledger.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE places SET location = '/mine.csv'")
    with pytest.raises(IntegrityError, match="source 'survey' is not where it was registered"):
        ledger.redeem(permit)
    ledger.move_source(ledger.source("survey"), by="o", reason="put right")
    assert ledger.redeem(permit).location == "/mine.csv"


def written(**changes: str) -> str:
    """Return the statement that adds an entry of account ``survey`` whose hash fits, with changes."""
    values = {
        "seq": "l.seq + 1",
        "time": "l.time",
        "kind": "'OPENED'",
        "account": "'survey'",
        "by": "'x'",
        "login": "session_user",
        "payload": "'{}'",
        "format": "2",
        "salt": "'s'",
        "tag": "a.tag",
        "body_digest": "'d'",
        "previous": "l.hash",
    } | changes
    parts = ("seq", "previous", "tag", "body_digest")
    hashed = " || '|' || ".join(["'synth-assets ledger 2'", *(f"({values[part]})" for part in parts)])
    values["hash"] = f"encode(sha256(convert_to({hashed}, 'UTF8')), 'hex')"
    columns = ", ".join(f'"{name}"' for name in values)
    source = "ledger l, accounts a WHERE a.name = 'survey'"
    return f"INSERT INTO entries ({columns}) SELECT {', '.join(values.values())} FROM {source}"  # noqa: S608 -- fixed texts


ENGINEER_MAY_NOT = {
    "raise a cap": "UPDATE accounts SET cap_nano_rho = 999999999999",
    "reopen an account": "UPDATE accounts SET closed = false",
    "lower what was spent": "UPDATE accounts SET spent_nano_rho = 0",
    "lower what is reserved": "UPDATE accounts SET reserved_nano_rho = 0",
    "open an account": "INSERT INTO accounts SELECT 'x', source, population, unit FROM accounts",
    "delete an account": "DELETE FROM accounts",
    "register a source": "INSERT INTO sources SELECT 'x', kind FROM sources",
    "bind a source to another account": "UPDATE sources SET account = 'x'",
    "say that a source is elsewhere": "UPDATE sources SET place_digest = 'x'",
    "relabel a source": "UPDATE sources SET version = '2'",
    "see where a source is": "SELECT * FROM places",
    "ask for the place without a permit": "SELECT 1 / count(*) FROM place_for_permit('x', 'y')",
    "move a source": "UPDATE places SET location = '/x'",
    "edit an entry": "UPDATE entries SET payload = '{}'",
    "delete an entry": "DELETE FROM entries",
    "empty the book": "TRUNCATE entries",
    "write an officer's entry": written(kind="'CAP_SET'"),
    "write an entry in another's name": written(login="'officer'"),
    "write an entry that does not follow": written(previous="'p'"),
    "date an entry into the future": written(time="'9999-12-31T23:59:59.999Z'"),
    "date an entry in another form": written(time="'tomorrow'"),
    "write an entry of another account": written(tag="'another'"),
    "write an entry of an older format": written(format="1"),
    "write an entry that means nothing": written(kind="'GIFT'"),
    "write what only a migration says": written(kind="'CORRECTED'"),
    "turn the head back": "UPDATE ledger SET seq = seq - 1",
    "rename the book": "UPDATE ledger SET ledger_id = 'x'",
    "delete the head": "DELETE FROM ledger",
    "make a reservation cheaper": "UPDATE reservations SET nano_rho = 0",
    "charge another account": "UPDATE reservations SET account = 'x'",
    "give an opened reservation back": "UPDATE reservations SET state = 'CANCELLED' WHERE state = 'OPENED'",
    "settle what was never opened": "UPDATE reservations SET state = 'SETTLED' WHERE state = 'RESERVED'",
    "lower a fence": "UPDATE reservations SET fence = fence - 1",
    "delete a reservation": "DELETE FROM reservations",
    "reserve above the cap": (
        "INSERT INTO reservations (id, base, attempt, account, source, request, nano_rho, atto_delta, state, fence,"
        " host, pid, started, lease_until) SELECT 'x', 'x', 1, account, source,"
        ' \'{"loss": {"nano_rho": 999999999999, "atto_delta": 0}}\', 999999999999, 0, \'RESERVED\', 0,'
        " '', 0, '', 0 FROM reservations LIMIT 1"
    ),
    "reserve less than was asked for": (
        "INSERT INTO reservations (id, base, attempt, account, source, request, nano_rho, atto_delta, state, fence,"
        " host, pid, started, lease_until) SELECT 'x', 'x', 1, account, source,"
        " request, 1, 0, 'RESERVED', 0, '', 0, '', 0 FROM reservations LIMIT 1"
    ),
    "open a source for nothing": (
        "INSERT INTO reservations (id, base, attempt, account, source, request, nano_rho, atto_delta, state, fence,"
        " host, pid, started, lease_until) SELECT 'x', 'x', 1, account, source,"
        ' \'{"loss": {"nano_rho": 0, "atto_delta": 0}}\', 0, 0, \'RESERVED\', 0,'
        " '', 0, '', 0 FROM reservations LIMIT 1"
    ),
    "begin with an opened reservation": (
        "INSERT INTO reservations (id, base, attempt, account, source, request, nano_rho, atto_delta, state, fence,"
        " host, pid, started, lease_until) SELECT 'x', 'x', 1, account, source,"
        " request, nano_rho, 0, 'OPENED', 1, '', 0, '', 0 FROM reservations LIMIT 1"
    ),
    "delete a draw": "DELETE FROM draws",
    "change an announcement": "UPDATE draws SET intent_digest = 'x'",
    "switch the laws off": "ALTER TABLE entries DISABLE TRIGGER ALL",
    "skip the laws": "SET session_replication_role = replica",
    "become an officer": "SET ROLE synth_assets_officer",
    "make an officer": "GRANT synth_assets_officer TO engineer",
    "run a program on the server": "COPY entries TO PROGRAM 'cat'",
}

OFFICER_MAY_NOT = {
    "reserve": "INSERT INTO reservations (id) SELECT id FROM reservations",
    "open a reservation": "UPDATE reservations SET state = 'OPENED'",
    "lower what was spent": "UPDATE accounts SET spent_nano_rho = 0",
    "edit an entry": "UPDATE entries SET payload = '{}'",
    "delete an entry": "DELETE FROM entries",
    "forge a draw": "INSERT INTO draws VALUES ('x', 0, 'i', 'a')",
    "move a child to another parent": "UPDATE accounts SET parent = NULL",
}

AUDITOR_MAY_NOT = {
    "see where a source is": "SELECT * FROM places",
    "write an entry": "INSERT INTO entries SELECT * FROM entries",
    "move the head": "UPDATE ledger SET time = time",
    "reserve": "INSERT INTO reservations (id) SELECT id FROM reservations",
    "open a reservation": "UPDATE reservations SET state = 'OPENED'",
    "raise a cap": "UPDATE accounts SET cap_nano_rho = 999999999999",
    "register a source": "INSERT INTO sources SELECT * FROM sources",
    "ask for a place": "SELECT * FROM place_for_permit('x', 'y')",
}

MATRIX = [
    pytest.param(login, statement, id=f"{login} may not {what}")
    for login, rows in (("engineer", ENGINEER_MAY_NOT), ("officer", OFFICER_MAY_NOT), ("auditor", AUDITOR_MAY_NOT))
    for what, statement in rows.items()
]


@pytest.mark.parametrize(("login", "statement"), MATRIX)
def test_the_server_refuses_what_a_role_may_not_do(
    team: Callable[[str], SqlLedger], login: str, statement: str
) -> None:
    said = attempt(team(login), statement)
    refusals = (
        "permission denied",
        "must be owner",
        "must have admin option",
        "must be superuser",
        "only moves forward",
        "does not change",
        "does not cover",
        "follows",
        "may not write",
        "names the login",
        "newest entry",
        "into the future",
        "the tag of its account",
        "the format of its ledger",
        "a kind that is known",
        "division by zero",
        "starts as RESERVED",
        "was asked for",
        "violates check constraint",
    )
    assert any(refusal in said for refusal in refusals), said or "it was allowed"


def test_an_entry_that_keeps_all_laws_may_be_written(team: Callable[[str], SqlLedger]) -> None:
    assert attempt(team("engineer"), written()) == ""


def test_not_even_the_owner_edits_the_book_while_the_laws_are_on(postgres_ledger_url: str) -> None:
    owner = open_ledger(postgres_ledger_url)
    owner.open_account(Account(name="a", source="a", population="p", unit=UNIT), Cap(epsilon=1, delta=1e-7), by="o")
    assert "only ever added" in attempt(owner, "UPDATE entries SET payload = '{}'")
    assert "only ever added" in attempt(owner, "TRUNCATE entries")
    assert "totals follow" in attempt(owner, "UPDATE accounts SET spent_nano_rho = 5")


def test_what_a_role_may_not_do_is_said_in_our_words(team: Callable[[str], SqlLedger]) -> None:
    with pytest.raises(Refused, match="refuses this login: permission denied for table accounts"):
        team("engineer").set_cap("survey", Cap(epsilon=99.0, delta=1e-7), by="engineer")
    with pytest.raises(Refused, match="permission denied"):
        team("auditor").reserve(ask("auditor"))


def test_an_engineer_learns_where_a_source_is_by_redeeming_alone(team: Callable[[str], SqlLedger]) -> None:
    engineer = team("engineer")
    assert engineer.source("survey").location == ""
    permit = engineer.begin(engineer.reserve(ask("redeem")).id)
    assert engineer.redeem(permit).location == "/secret/place"


def test_an_engineers_login_is_enough_to_measure_and_pays_once(
    server: Any, team: Callable[[str], SqlLedger], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = str(team("officer").engine.url.database)
    monkeypatch.setenv("SYNTH_ASSETS_LEDGER", server.url(database, login="officer"))
    table = make_project(tmp_path, files={"a.csv": (HEADER + ROWS).encode()})
    monkeypatch.setenv("SYNTH_ASSETS_LEDGER", server.url(database, login="engineer"))
    assert table.ledger.source("census").location == ""
    made, again = table.obtain(), table.obtain()
    assert (made.reused, again.reused) == (False, True)
    assert made.release.digest == again.release.digest
    assert table.charges == 1
    logins = {
        entry.login for entry in table.ledger.entries("town") if entry.kind not in ("ACCOUNT_OPENED", "SOURCE_ADDED")
    }
    assert logins == {"engineer"}
    assert verify_ledger(team("auditor")).good


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
    ("statement", "found"),
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
def test_what_the_owner_did_with_the_laws_off_is_found(postgres_ledger_url: str, statement: str, found: str) -> None:
    ledger = small_ledger(postgres_ledger_url)
    ledger.begin(ledger.reserve(ask()).id)
    assert verify_ledger(ledger).good
    with ledger.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql(statement)
    assert any(found in fault for fault in verify_ledger(ledger).faults)


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


def test_the_doctor_knows_a_login_that_no_law_binds(postgres_ledger_url: str, team: Callable[[str], SqlLedger]) -> None:
    owner = {finding.what: finding for finding in examine(open_ledger(postgres_ledger_url))}
    auditor = {finding.what: finding for finding in examine(team("auditor"))}
    assert owner["login"].state == "warning"
    assert auditor["login"].state == "good"
    assert owner["server"].state == auditor["server"].state == "good"


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
    kept = ledger.engine.raw_connection()
    inherited = kept.driver_connection
    kept.close()
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


def test_a_refusal_says_the_same_as_on_a_file(team: Callable[[str], SqlLedger]) -> None:
    with pytest.raises(BudgetRefused, match="asks account 'survey' for rho 1 "):
        team("engineer").reserve(ask("much", nano_rho=10**9))


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
