"""Attack: an engineer with a login on PostgreSQL blocks all users, with plain SQL and a matching hash.

An entry dated 9999 was accepted, and from then on every clock was before the newest entry. An entry whose writer
did not update the head was accepted too, and from then on every other entry had a number that existed already.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from postgres_server import make_server, server
from sqlalchemy.exc import DBAPIError

from synth_assets.ledger import Account, open_ledger, schema
from synth_assets.ledger.engine import make_engine
from synth_assets.ledger.migrate import migrate
from synth_assets.ledger.sql import SqlLedger
from synth_assets.privacy import Cap, PrivacyUnit

__all__ = ["make_server", "server"]

pytestmark = [pytest.mark.integration, pytest.mark.postgres]


@pytest.fixture
def team(server: Any) -> Callable[[str], SqlLedger]:
    database = server.new_database()
    migrate(make_engine(server.url(database), busy_seconds=30))
    server.execute(*(f"DROP ROLE IF EXISTS {login}" for login in ("olga", "emil")))
    server.execute("CREATE ROLE olga LOGIN IN ROLE synth_assets_officer")
    server.execute("CREATE ROLE emil LOGIN IN ROLE synth_assets_engineer")
    officer = open_ledger(server.url(database, login="olga"))
    account = Account(name="survey", source="survey", population="p", unit=PrivacyUnit())
    officer.open_account(account, Cap(epsilon=1.0, delta=1e-7), by="olga")
    return lambda login: open_ledger(server.url(database, login=login), busy_seconds=5)


def entry(*, time: str) -> str:
    """Return the statement that adds an entry with a matching hash, in the format of this version."""
    written = schema.ENTRY_FORMAT
    hashed = f"'synth-assets ledger {written}|' || (l.seq + 1) || '|' || l.hash || '|' || a.tag || '|' || 'd'"
    return (
        "INSERT INTO entries (seq, time, kind, account, by, login, payload, body_digest, previous, hash, "  # noqa: S608 -- fixed texts
        f"format, salt, tag) SELECT l.seq + 1, {time}, 'OPENED', 'survey', 'x', session_user, '{{}}', 'd', l.hash, "
        f"encode(sha256(convert_to({hashed}, 'UTF8')), 'hex'), {written}, 's', a.tag "
        "FROM ledger l, accounts a WHERE a.name = 'survey'"
    )


def test_an_entry_dated_9999_stops_nobody(team: Callable[[str], SqlLedger]) -> None:
    follow = "UPDATE ledger SET seq = e.seq, hash = e.hash, time = e.time FROM entries e WHERE e.seq = ledger.seq + 1"
    with suppress(DBAPIError), team("emil").engine.begin() as connection:
        connection.exec_driver_sql(entry(time="'9999-12-31T23:59:59.999Z'"))
        connection.exec_driver_sql(follow)
    team("olga").set_cap("survey", Cap(epsilon=2.0, delta=1e-7), by="olga")


def test_an_entry_whose_writer_leaves_the_head_where_it_was_stops_nobody(team: Callable[[str], SqlLedger]) -> None:
    with team("emil").engine.begin() as connection:
        connection.exec_driver_sql(entry(time="l.time"))
    team("olga").set_cap("survey", Cap(epsilon=2.0, delta=1e-7), by="olga")
    assert [line.login for line in team("olga").entries()] == ["olga", "emil", "olga"]
