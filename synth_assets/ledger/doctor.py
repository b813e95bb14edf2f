"""Look a ledger over: is everything on which its promises rest as it must be?

Reads only. Each finding says what was looked at, whether it is good, and what
to do when it is not. A fault means that a promise does not hold; a warning names
a protection that is not set up.
"""

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, func, select

from synth_assets.ledger import schema
from synth_assets.ledger.chain import clock_of
from synth_assets.ledger.engine import connect
from synth_assets.ledger.migrate import newest_step, step_of
from synth_assets.ledger.sql import SqlLedger
from synth_assets.ledger.trust import Trust

__all__ = ["Finding", "examine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    what: str
    state: Literal["good", "warning", "fault"]
    detail: str
    hint: str = ""


def examine(ledger: SqlLedger) -> tuple[Finding, ...]:
    """Look at the tables, the database, the clock, and what guards against its administrator.

    Raises:
        LedgerUnavailable: when it cannot even be opened; the message says why.
    """
    with connect(ledger.engine, write=False) as connection:
        found = [_steps(connection), _clock(connection), _unfinished(connection)]
        found += _sqlite(connection) if connection.dialect.name == "sqlite" else _postgresql(connection)
    return (*found, *_trust(ledger.trust))


def _steps(connection: Connection) -> Finding:
    step, newest = step_of(connection), newest_step()
    if step == newest:
        return Finding(what="tables", state="good", detail=f"at step {step}, the newest")
    return Finding(
        what="tables", state="fault", detail=f"at step {step}, newest is {newest}", hint="synth-assets ledger migrate"
    )


def _clock(connection: Connection) -> Finding:
    newest = connection.execute(select(schema.head.c.time)).scalar_one()
    now = clock_of(connection)
    if now >= newest:
        return Finding(what="clock", state="good", detail=f"{now}, after the newest entry")
    hint = "set the clock right; nothing is written before it is"
    return Finding(what="clock", state="fault", detail=f"{now}, before the newest entry of {newest}", hint=hint)


def _unfinished(connection: Connection) -> Finding:
    states = schema.reservations.c.state
    query = select(states, func.count()).where(states.in_(["RESERVED", "OPENED"])).group_by(states)
    words = ", ".join(sorted(f"{count} {state}" for state, count in connection.execute(query)))
    if not words:
        return Finding(what="reservations", state="good", detail="all are settled or cancelled")
    return Finding(what="reservations", state="good", detail=f"{words}: running, or taken up by the next run")


def _sqlite(connection: Connection) -> list[Finding]:
    said = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    whole = said == ["ok"]
    path = Path(connection.engine.url.database or "")
    return [
        Finding(
            what="file",
            state="good" if whole else "fault",
            detail=f"{path} is whole" if whole else f"{path} is damaged",
            hint="" if whole else "restore a backup, then synth-assets ledger verify --anchor",
        ),
        _modes(path),
    ]


def _modes(path: Path) -> Finding:
    if not stat.S_IMODE(path.stat().st_mode) & 0o077:
        return Finding(what="permissions", state="good", detail="only the owner can read and write the file")
    return Finding(
        what="permissions", state="fault", detail=f"others can read or write {path}", hint=f"chmod 600 {path}"
    )


def _postgresql(connection: Connection) -> list[Finding]:
    settings = {
        name: connection.exec_driver_sql(f"SHOW {name}").scalar_one()
        for name in ("fsync", "full_page_writes", "server_version")
    }
    safe = settings["fsync"] == settings["full_page_writes"] == "on"
    mighty = connection.exec_driver_sql(
        "SELECT rolsuper OR pg_has_role(session_user, tableowner, 'MEMBER') "
        "FROM pg_roles, pg_tables WHERE rolname = session_user "
        "AND tablename = 'entries' AND schemaname = current_schema()"
    ).scalar_one()
    return [
        Finding(
            what="server",
            state="good" if safe else "fault",
            detail=f"PostgreSQL {settings['server_version']}, fsync {settings['fsync']}, "
            f"full_page_writes {settings['full_page_writes']}",
            hint="" if safe else "set both to on in postgresql.conf",
        ),
        Finding(
            what="login",
            state="warning" if mighty else "good",
            detail="this login owns the tables or is a superuser: the laws do not bind it"
            if mighty
            else "this login is bound by its role",
            hint="give people logins with one role each" if mighty else "",
        ),
    ]


def _trust(trust: Trust) -> list[Finding]:
    parts = (
        ("signing key", trust.signer, "entries are not signed here", "SYNTH_ASSETS_LEDGER_KEY"),
        ("anchor", trust.anchor, "an old backup put back is not detected", "SYNTH_ASSETS_ANCHOR"),
        ("officers' keys", trust.officers, "who can write the database can raise a cap", "SYNTH_ASSETS_OFFICER_KEYS"),
    )
    return [
        Finding(what=what, state="good", detail="set up")
        if there
        else Finding(what=what, state="warning", detail=f"none: {gap}", hint=f"see docs/budget.md, {name}")
        for what, there, gap, name in parts
    ]
