"""Open database connections and transactions, and translate the database's errors.

Transactions are short. SQLite opens a connection per transaction; PostgreSQL
connections are pooled, but never used after a fork. Writers wait for each other from
the first statement on (SQLite: ``BEGIN IMMEDIATE``; PostgreSQL: a lock on the head row).
SQLite uses a rollback journal and ``synchronous=EXTRA``, which is FULL plus a sync of
the folder: without it, a journal that a commit deleted could reappear after a power
failure and undo a charge.
"""

import getpass
import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DBAPIError,
    DisconnectionError,
    NoSuchModuleError,
    SQLAlchemyError,
)
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, PoolProxiedConnection

from synth_assets.errors import LedgerBusy, LedgerUnavailable, Refused, SynthAssetsError, UsageError
from synth_assets.workspace import make_folder

__all__ = ["connect", "login_of", "make_engine", "make_private_file", "milliseconds_of", "shown"]

_BUSY = ("database is locked", "database table is locked", "lock timeout", "deadlock detected", "could not serialize")
_FILE_MODE, _FOLDER_MODE = 0o600, 0o700


def make_engine(url: str | URL, *, busy_seconds: float) -> Engine:
    """Return an engine for ``sqlite:///path`` or ``postgresql+psycopg://...``.

    Raises:
        UsageError: for any other database, or when the driver of PostgreSQL is not installed.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, poolclass=NullPool, connect_args={"timeout": busy_seconds})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        engine = create_engine(parsed, pool_pre_ping=True, pool_recycle=300)
    except ImportError:
        raise UsageError(
            "a ledger on PostgreSQL needs psycopg, which is not installed here",
            hint="pip install 'synth-assets[postgres]'",
        ) from None
    event.listen(engine, "connect", _remember_process)
    event.listen(engine, "checkout", _refuse_inherited)
    event.listen(engine, "begin", _begin_postgresql)
    configured = engine.execution_options(busy_milliseconds=round(busy_seconds * 1000))
    weakref.finalize(configured, engine.pool.dispose)
    return configured


@contextmanager
def connect(engine: Engine, *, write: bool) -> Iterator[Connection]:
    """Open a connection in one transaction; commit at the end, roll back on any exception.

    Raises:
        LedgerBusy: a lock was not released in time.
        LedgerUnavailable: any other database error.
    """
    try:
        with engine.connect().execution_options(**_options(engine, write=write)) as connection, connection.begin():
            yield connection
    except SQLAlchemyError as error:
        raise _translated(error, engine.url) from None


def make_private_file(path: Path) -> None:
    """Create an empty file that only its owner can read, in a folder that only its owner can enter."""
    try:
        make_folder(path.parent, mode=_FOLDER_MODE)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, _FILE_MODE))
    except OSError as error:
        raise LedgerUnavailable(
            f"the ledger {path} cannot be created: {error.strerror}", hint="check the folder and its permissions"
        ) from None


def milliseconds_of(connection: Connection) -> int:
    """Return the database's clock in milliseconds since 1970, UTC."""
    clock = {
        "sqlite": "SELECT CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER)",
        "postgresql": "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
    }[connection.dialect.name]
    return int(connection.exec_driver_sql(clock).scalar_one())


def login_of(connection: Connection) -> str:
    """Return the login of the writer as the database, or for a file the operating system, reports it."""
    if connection.dialect.name == "sqlite":
        return _system_login()
    return str(connection.exec_driver_sql("SELECT session_user").scalar_one())


def shown(url: URL) -> str:
    """Write an address without its password."""
    return str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


def _system_login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def _parse(url: str | URL) -> URL:
    hint = "use sqlite:///path/to/ledger.db or postgresql+psycopg://user@host/database"
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise UsageError("the ledger's address is not a database URL", hint=hint) from None
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "postgresql+psycopg") or not parsed.database:
        raise UsageError(f"a ledger cannot live in {parsed.drivername!r}", hint=hint)
    return parsed


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # this module begins transactions itself, the driver never does
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _options(engine: Engine, *, write: bool) -> dict[str, Any]:
    """Give a PostgreSQL reader one snapshot; a SQLite reader has one anyway, and writers lock the head."""
    reader = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return {"write": write, **(reader if not write and engine.dialect.name == "postgresql" else {})}


def _begin_postgresql(connection: Connection) -> None:
    """Refuse a server that may lose a commit, and require every commit to be on disk."""
    wait = int(connection.get_execution_options()["busy_milliseconds"])
    settings = connection.exec_driver_sql(
        "SELECT current_setting('fsync'), set_config('synchronous_commit', 'on', true), "
        f"set_config('lock_timeout', '{wait}', true)"
    ).one()
    if settings[0] != "on":
        raise LedgerUnavailable(
            f"the server of {shown(connection.engine.url)} runs with fsync=off, so a power cut could undo a charge",
            hint="set fsync = on in postgresql.conf",
        )


def _remember_process(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["pid"] = os.getpid()


def _refuse_inherited(_connection: object, record: ConnectionPoolEntry, proxy: PoolProxiedConnection) -> None:
    """Drop a connection that another process opened; the pool then makes a new one."""
    if record.info["pid"] != os.getpid():
        # Drop this process's copy without closing it: closing would end the parent's session.
        record.dbapi_connection = proxy.dbapi_connection = None  # type: ignore[misc]
        raise DisconnectionError


def _translated(error: SQLAlchemyError, url: URL) -> SynthAssetsError:
    """Translate a database error into one of ours, without SQL and parameters."""
    if isinstance(error, NoSuchModuleError) or not isinstance(error, DBAPIError):
        return LedgerUnavailable(f"the ledger at {shown(url)} cannot be used", hint="synth-assets ledger doctor")
    cause = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else "no reason given"
    if "permission denied" in cause:
        return Refused(f"the ledger at {shown(url)} refuses this login: {cause}", hint="ask the privacy officer")
    if any(word in cause for word in _BUSY):
        return LedgerBusy(f"the ledger at {shown(url)} is locked by another process", hint="try again in a moment")
    return LedgerUnavailable(
        f"the ledger at {shown(url)} cannot be used: {cause}",
        hint=_hint(cause, broken=isinstance(error, DatabaseError)),
    )


def _hint(cause: str, *, broken: bool) -> str:
    for word, hint in (
        ("readonly", "give this user the right to write the file and its folder"),
        ("full", "free space on the disk, then run again: nothing was opened"),
        ("unable to open", "check that the path exists and is yours"),
        ("no such table", "synth-assets ledger migrate"),
        ("does not exist", "synth-assets ledger migrate"),
        ("not a database", "the address points to another kind of file"),
        ("malformed", "restore the file from a backup, then synth-assets ledger verify --anchor"),
    ):
        if word in cause:
            return hint
    return "synth-assets ledger doctor" if broken else "check that the database runs"
