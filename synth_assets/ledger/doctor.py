"""Check everything that a ledger's guarantees depend on, without changing it.

Each finding says what was checked, whether it is good, and what to do if not. A
fault means that a guarantee does not hold or that a run would be refused: every
refusal of ``reserve`` and ``begin`` that is not about the budget is checked with
the same functions and reported in the same words. A warning names a protection
that is not set up.
"""

import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, Engine, func, select, update

from synth_assets.errors import SynthAssetsError
from synth_assets.ledger import schema
from synth_assets.ledger.admission import check_as_declared
from synth_assets.ledger.anchor import ENVIRONMENT as ANCHOR
from synth_assets.ledger.anchor import known_head
from synth_assets.ledger.chain import check_format, clock_of, monotonic
from synth_assets.ledger.engine import connect
from synth_assets.ledger.migrate import newest_step, step_of
from synth_assets.ledger.sources import read_sources
from synth_assets.ledger.sql import SqlLedger
from synth_assets.ledger.trust import KEY, OFFICERS, check_not_behind
from synth_assets.ledger.types import Source

__all__ = ["Finding", "examine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The result of one check."""

    what: str
    state: Literal["good", "warning", "fault"]
    detail: str
    hint: str = ""


def examine(ledger: SqlLedger, *, unread: Mapping[str, SynthAssetsError] | None = None) -> tuple[Finding, ...]:
    """Check the tables, the database, the clock, and the protections against its administrator.

    Args:
        ledger: any.
        unread: errors by environment variable, for settings that could not be read and that the ledger lacks.

    Raises:
        LedgerUnavailable: the ledger cannot be opened; the message says why.
    """
    with connect(ledger.engine, write=False) as connection:
        steps, known = _steps(connection), _format(connection)
    if known.state == "fault":
        return steps, known  # no other check works on a ledger of another format
    guards = _guards(ledger, unread or {})  # checked first: an entry anchored meanwhile is not a fault
    with connect(ledger.engine, write=False) as connection:
        head = connection.execute(select(schema.head)).one_or_none()
        findings = [
            steps,
            known,
            _checked("clock", lambda: _clock(connection, head.time if head else "")),
            _unfinished(connection),
            *_sources(connection, ledger),
        ]
        findings += _sqlite(connection) if connection.dialect.name == "sqlite" else _postgresql(connection)
    if ledger.engine.dialect.name == "sqlite":
        findings.append(_checked("writing", lambda: _write_nothing(ledger.engine)))
    return (*findings, *guards)


def _format(connection: Connection) -> Finding:
    head = connection.execute(select(schema.head)).one_or_none()
    return _checked("format", lambda: f"{check_format(head).format}")


def _checked(what: str, check: Callable[[], str]) -> Finding:
    """Return the detail of a check that passes, or the refusal that a run would get."""
    try:
        return Finding(what=what, state="good", detail=check())
    except SynthAssetsError as error:
        return Finding(what=what, state="fault", detail=error.message, hint=error.hint)


def _steps(connection: Connection) -> Finding:
    step, newest = step_of(connection), newest_step()
    if step == newest:
        return Finding(what="tables", state="good", detail=f"at step {step}, the newest")
    return Finding(
        what="tables", state="fault", detail=f"at step {step}, newest is {newest}", hint="synth-assets ledger migrate"
    )


def _clock(connection: Connection, newest: str) -> str:
    monotonic(connection, newest)
    return f"{clock_of(connection)}, not before the newest entry"


def _write_nothing(engine: Engine) -> str:
    """Take the lock, write the head unchanged and roll back: only this shows whether a run could write."""
    with connect(engine, write=True) as connection:
        connection.execute(update(schema.head).values(seq=schema.head.c.seq))
        connection.rollback()
    return "this login can write the file"


def _sources(connection: Connection, ledger: SqlLedger) -> list[Finding]:
    """Check each source, its accounts and its location against the ledger log and the officers' signatures."""
    officers, known = ledger.trust.officers, read_sources(connection)

    def check(source: Source) -> str:
        check_as_declared(connection, source=source.name, account=source.account, officers=officers)
        return ""

    findings = [_checked("sources", partial(check, source)) for source in known]
    faults = list(dict.fromkeys(finding for finding in findings if finding.state == "fault"))
    signed = ", signed by an officer" if officers else ""
    return faults or [Finding(what="sources", state="good", detail=f"{len(known)} as they were registered{signed}")]


def _unfinished(connection: Connection) -> Finding:
    states = schema.reservations.c.state
    query = select(states, func.count()).where(states.in_(["RESERVED", "OPENED"])).group_by(states)
    words = ", ".join(sorted(f"{count} {state}" for state, count in connection.execute(query)))
    if not words:
        return Finding(what="reservations", state="good", detail="all are settled or cancelled")
    return Finding(what="reservations", state="good", detail=f"{words}: running, or resumed by the next run")


def _sqlite(connection: Connection) -> list[Finding]:
    report = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    whole = report == ["ok"]
    path = Path(connection.engine.url.database or "")
    return [
        Finding(
            what="file",
            state="good" if whole else "fault",
            detail=f"{path} is intact" if whole else f"{path} is damaged",
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
    unbound = connection.exec_driver_sql(
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
            state="warning" if unbound else "good",
            detail="this login owns the tables or is a superuser: the database's rules do not bind it"
            if unbound
            else "this login is bound by its role",
            hint="give people logins with one role each" if unbound else "",
        ),
    ]


def _guards(ledger: SqlLedger, unread: Mapping[str, SynthAssetsError]) -> list[Finding]:
    trust = ledger.trust
    parts = (
        ("signing key", KEY, trust.signer, "entries are not signed here", lambda: "set up"),
        ("anchor", ANCHOR, trust.anchor, "a restored backup is not detected", lambda: _anchored(ledger)),
        ("officers' keys", OFFICERS, trust.officers, "who can write the database can raise a cap", lambda: "set up"),
    )
    findings = []
    for what, name, configured, consequence, check in parts:
        if name in unread:
            findings.append(Finding(what=what, state="fault", detail=unread[name].message, hint=unread[name].hint))
        elif configured:
            findings.append(_checked(what, check))
        else:
            findings.append(
                Finding(what=what, state="warning", detail=f"none: {consequence}", hint=f"see docs/budget.md, {name}")
            )
    return findings


def _anchored(ledger: SqlLedger) -> str:
    assert ledger.trust.anchor is not None  # noqa: S101 -- called only if there is an anchor
    known = known_head(ledger.trust.anchor, ledger.ledger_id())
    with connect(ledger.engine, write=False) as connection:
        check_not_behind(connection, known)
    return f"{ledger.trust.anchor.where} knows entry {known.seq}, which the ledger has"
