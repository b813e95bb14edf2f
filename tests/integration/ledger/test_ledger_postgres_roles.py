"""What each role may do in a ledger of a team on PostgreSQL, and what the server refuses it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kit.people import HEADER, ROWS
from kit.project import make_project
from postgres_ledger import UNIT, ask, attempt

from synth_assets.errors import BudgetRefused, LedgerUnavailable, Refused, UsageError
from synth_assets.files import sha256_bytes
from synth_assets.ledger import Account, CuratorRequest, Source
from synth_assets.ledger.budget import history
from synth_assets.ledger.doctor import examine
from synth_assets.ledger.engine import make_engine
from synth_assets.ledger.follow import verify_ledger
from synth_assets.ledger.migrate import migrate
from synth_assets.ledger.open import open_ledger
from synth_assets.ledger.sql import SqlLedger
from synth_assets.privacy import Cap, PrivacyLoss, PrivacyUnit

pytestmark = [pytest.mark.integration, pytest.mark.postgres]

LOGINS = ("officer", "engineer", "auditor")


@pytest.fixture(scope="module")
def team(server: Any) -> Callable[[str], SqlLedger]:
    """A ledger of a team: made by the administrator, used by logins with one role each."""
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


def test_an_officer_splits_an_account_and_only_a_permit_brings_an_engineer_the_key(
    team: Callable[[str], SqlLedger],
) -> None:
    engineer, officer = team("engineer"), team("officer")
    with pytest.raises(Refused):
        engineer.split_account("survey", share=0.2, by="engineer")
    split = officer.split_account("survey", share=0.2, by="o")
    permit = engineer.begin(engineer.reserve(ask("part", split=split.digest, part="held_out")).id)
    assert permit.split_key is not None
    assert sha256_bytes(permit.split_key.key) == split.key_digest
    assert engineer.balance("survey").parts["held_out"].spent == PrivacyLoss(nano_rho=1000)
    assert verify_ledger(team("auditor")).good


def test_the_history_says_the_login_that_the_server_knows(team: Callable[[str], SqlLedger]) -> None:
    authors = {(event.by, event.login) for event in history(team("auditor"))}
    assert authors >= {("o", "officer"), ("engineer", "engineer")}


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
    "split an account": "INSERT INTO splits VALUES ('survey', 1, 'k', 'd')",
    "see who is held out": "SELECT * FROM split_keys",
    "ask for the key without a permit": "SELECT 1 / count(split_key_for_permit('x', 'y'))",
    "lower what a part was charged": "UPDATE parts SET spent_nano_rho = 0",
    "move a charge to another part": "UPDATE reservations SET part = 'measured'",
    "edit an entry": "UPDATE entries SET payload = '{}'",
    "delete an entry": "DELETE FROM entries",
    "empty the book": "TRUNCATE entries",
    "write an officer's entry": written(kind="'CAP_SET'"),
    "open an account to curators": written(kind="'CURATED'"),
    "read exact figures as a curator": written(kind="'CURATOR_READ'"),
    "see the key that splits an account": "SELECT * FROM split_keys",
    "ask for that key as a curator": "SELECT split_key_for_curator('survey')",
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
    "read exact figures of an account that is not marked": written(kind="'CURATOR_READ'"),
    "see who is held out": "SELECT * FROM split_keys",
    "lower what a part was charged": "UPDATE parts SET spent_nano_rho = 0",
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
    "see who is held out": "SELECT * FROM split_keys",
    "ask for a key": "SELECT split_key_for_permit('x', 'y')",
    "ask for a place": "SELECT * FROM place_for_permit('x', 'y')",
}


MATRIX = [
    pytest.param(login, statement, id=f"{login} may not {deed}")
    for login, rows in (("engineer", ENGINEER_MAY_NOT), ("officer", OFFICER_MAY_NOT), ("auditor", AUDITOR_MAY_NOT))
    for deed, statement in rows.items()
]


@pytest.mark.parametrize(("login", "statement"), MATRIX)
def test_the_server_refuses_what_a_role_may_not_do(
    team: Callable[[str], SqlLedger], login: str, statement: str
) -> None:
    answer = attempt(team(login), statement)
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
        "once it is marked",
    )
    assert any(refusal in answer for refusal in refusals), answer or "it was allowed"


def test_an_entry_that_keeps_all_laws_may_be_written(team: Callable[[str], SqlLedger]) -> None:
    assert attempt(team("engineer"), written()) == ""


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


def test_exact_figures_take_a_mark_and_an_officers_login(team: Callable[[str], SqlLedger]) -> None:
    officer, engineer = team("officer"), team("engineer")
    unit = PrivacyUnit(column="person", max_rows=3)
    account = Account(name="marked", source="marked", population="p", unit=unit)
    officer.open_account(account, Cap(epsilon=1.0, delta=1e-7), by="o")
    officer.split_account("marked", share=0.1, by="o")
    columns = (("person", "integer"),)
    facts: dict[str, Any] = {"kind": "csv", "location": "/secret/marked", "version": "1"}
    officer.add_source(Source(name="marked", columns=columns, unit=unit, account="marked", **facts), by="o")
    request = CuratorRequest(
        id="0123",
        source="marked",
        version="1",
        part="held_out",
        dataset="d",
        contract_digest="c",
        candidate="e" * 64,
        by="c",
        reason="a complaint",
    )
    with pytest.raises(LedgerUnavailable, match="may not write CURATED entries"):
        engineer.mark_curated("marked", by="e", reason="curious")
    with pytest.raises(UsageError, match="not marked"):
        officer.open_to_curator(request)
    officer.mark_curated("marked", by="o", reason="a complaint")
    with pytest.raises(Refused, match="may not read exact figures"):
        engineer.open_to_curator(request)
    permit = officer.open_to_curator(request)
    assert permit.source.location == "/secret/marked"
    assert permit.split_key is not None
    assert verify_ledger(team("auditor")).good


def test_an_engineers_login_is_enough_to_measure_and_pays_once(
    server: Any, team: Callable[[str], SqlLedger], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = str(team("officer").engine.url.database)
    monkeypatch.setenv("SYNTH_ASSETS_LEDGER", server.url(database, login="officer"))
    table = make_project(tmp_path, files={"a.csv": (HEADER + ROWS).encode()})
    monkeypatch.setenv("SYNTH_ASSETS_LEDGER", server.url(database, login="engineer"))
    assert table.ledger.source("census").location == ""
    first, again = table.obtain(), table.obtain()
    assert (first.reused, again.reused) == (False, True)
    assert first.release.digest == again.release.digest
    assert table.charges == 1
    logins = {
        entry.login for entry in table.ledger.entries("town") if entry.kind not in ("ACCOUNT_OPENED", "SOURCE_ADDED")
    }
    assert logins == {"engineer"}
    assert verify_ledger(team("auditor")).good


def test_the_doctor_knows_a_login_that_no_law_binds(postgres_ledger_url: str, team: Callable[[str], SqlLedger]) -> None:
    owner = {finding.what: finding for finding in examine(open_ledger(postgres_ledger_url))}
    auditor = {finding.what: finding for finding in examine(team("auditor"))}
    assert owner["login"].state == "warning"
    assert auditor["login"].state == "good"
    assert owner["server"].state == auditor["server"].state == "good"


def test_a_refusal_says_the_same_as_on_a_file(team: Callable[[str], SqlLedger]) -> None:
    with pytest.raises(BudgetRefused, match="asks account 'survey' for rho 1 "):
        team("engineer").reserve(ask("much", nano_rho=10**9))
