"""Register private tables as sources: columns, unit, account, version, and location.

The location and the reader options (a source's *place*) are stored apart from the
rest, in ``places``: a login may read one table and not the other, and the ledger
log holds only a salted digest of a place. A place is handed out, and on SQLite even
reserved against, only if it is the one in the ledger log and, if there are officers'
keys, an officer signed it.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text, update

from synth_assets.errors import IntegrityError, UsageError
from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.ledger import schema
from synth_assets.ledger.accounts import read_account
from synth_assets.ledger.chain import Book
from synth_assets.ledger.messages import check_name, check_reason, check_text, unknown
from synth_assets.ledger.types import Account, DataPermit, Source
from synth_assets.ledger.windows import parse_window
from synth_assets.privacy import PrivacyUnit

__all__ = [
    "add_source",
    "check_place",
    "check_window_column",
    "may_read_places",
    "move_source",
    "place_digest",
    "place_for",
    "read_source",
    "read_sources",
    "set_version",
    "source_json",
    "with_place",
]

_REGISTER = "the officer registers it with synth-assets source add"


def add_source(book: Book, source: Source, *, by: str) -> None:
    """Register a source; see :meth:`Ledger.add_source`."""
    check_name("source", source.name)
    check_name("version", source.version.lower())
    check_text("by", by)
    check_text("location", source.location)
    account = read_account(book.connection, source.account)
    _check_unit(source, account)
    check_window_column(source, account)
    if _find_source(book.connection, source.name) is not None:
        _check_same(book.connection, source)
        return
    place_row = _place_row(source)
    values = source_json(source, place_digest=_digest_of(place_row))
    row = {**values, "columns": _text(values["columns"]), "unit": _text(values["unit"])}
    book.connection.execute(insert(schema.sources).values(row))
    book.connection.execute(insert(schema.places).values(source=source.name, **place_row))
    book.add("SOURCE_ADDED", by=by, account=source.account, payload=values)


def move_source(book: Book, source: Source, *, by: str, reason: str) -> None:
    """Record a new location of a source; see :meth:`Ledger.move_source`."""
    check_text("by", by)
    check_text("reason", reason)
    check_text("location", source.location)
    old = read_source(book.connection, source.name)
    _check_columns(old, source)
    place_row = _place_row(source)
    facts = {"kind": source.kind, "attested_by": source.attested_by, "place_digest": _digest_of(place_row)}
    sources, places = schema.sources, schema.places
    book.connection.execute(update(sources).where(sources.c.name == old.name).values(facts))
    book.connection.execute(update(places).where(places.c.source == old.name).values(place_row))
    book.add("SOURCE_MOVED", by=by, account=old.account, payload={"source": old.name, **facts, "reason": reason})


def set_version(book: Book, name: str, version: str, *, by: str, reason: str) -> None:
    """Change a source's version label; see :meth:`Ledger.set_version`."""
    check_name("version", version.lower())
    check_text("by", by)
    check_reason(reason)
    source = read_source(book.connection, name)
    if source.version != version:
        sources = schema.sources
        book.connection.execute(update(sources).where(sources.c.name == name).values(version=version))
        payload = {"source": name, "version": version, "reason": reason}
        book.add("VERSION_SET", by=by, account=source.account, payload=payload)


def read_source(connection: Connection, name: str) -> Source:
    """Return one source without its place. Raises UsageError with the known names."""
    source = _find_source(connection, name)
    if source is None:
        known = connection.execute(select(schema.sources.c.name)).scalars()
        raise unknown("source", name, known=known, hint=_REGISTER)
    return source


def read_sources(connection: Connection) -> tuple[Source, ...]:
    """Return all sources by name, without their places."""
    return tuple(_source(row) for row in connection.execute(select(schema.sources).order_by(schema.sources.c.name)))


def with_place(connection: Connection, source: Source) -> Source:
    """Return ``source`` with its place if this login may read it, else unchanged."""
    if not may_read_places(connection):
        return source
    row = _place_of(connection, source.name)
    return replace(source, location=row.location, options=json.loads(row.options))


def may_read_places(connection: Connection) -> bool:
    """Tell whether this login may see where sources are: on SQLite, everybody who can read the file may."""
    if connection.dialect.name == "sqlite":
        return True
    return bool(connection.exec_driver_sql("SELECT has_table_privilege('places', 'select')").scalar_one())


def check_place(connection: Connection, name: str) -> None:
    """Refuse a source whose place does not match its registered digest, if this login may read places.

    Raises:
        IntegrityError: the place was changed by other means than the officer's command.
    """
    if may_read_places(connection):
        _check_digest(connection, name, _place_of(connection, name))


def check_window_column(source: Source, account: Account) -> None:
    """Refuse a source without the column of its account's window; a migration may have set that window."""
    window = account.window
    if window is not None and (column := parse_window(window).column) not in dict(source.columns):
        raise UsageError(
            f"source {source.name!r} has no column {column!r}, and account {account.name!r} is for rows of {window}",
            hint="the officer registers the source with that column, bound to an account",
        )


def place_for(connection: Connection, source: Source, permit: DataPermit) -> Source:
    """Return ``source`` with its place in exchange for a permit; on PostgreSQL the server itself checks the permit.

    Raises:
        IntegrityError: the place is not the registered one.
    """
    if connection.dialect.name == "sqlite":
        row = _place_of(connection, source.name)
    else:
        query = text("SELECT location, options, salt FROM place_for_permit(:which, :nonce)")
        row = connection.execute(query, {"which": permit.reservation_id, "nonce": permit.nonce}).one()
    _check_digest(connection, source.name, row)
    return replace(source, location=row.location, options=json.loads(row.options))


def place_digest(location: str, options: Mapping[str, Any], *, salt: str) -> str:
    """Return the digest of a place that the ledger log holds instead of the place."""
    return sha256_bytes(canonical_json([salt, location, dict(options)]))


def source_json(source: Source, *, place_digest: str) -> dict[str, Any]:
    """Return a source as the ledger log stores it: everything except its place."""
    words = ("name", "kind", "account", "version", "attested_by")
    return {
        **{word: getattr(source, word) for word in words},
        "columns": [list(pair) for pair in source.columns],
        "unit": source.unit.as_json(),
        "place_digest": place_digest,
    }


def _place_row(source: Source) -> dict[str, str]:
    return {"location": source.location, "options": _text(dict(source.options)), "salt": secrets.token_hex(16)}


def _digest_of(place_row: Mapping[str, str]) -> str:
    return place_digest(place_row["location"], json.loads(place_row["options"]), salt=place_row["salt"])


def _place_of(connection: Connection, name: str) -> Row[Any]:
    row = connection.execute(select(schema.places).where(schema.places.c.source == name)).one_or_none()
    if row is None:
        raise _moved(name)
    return row


def _registered_digest(connection: Connection, name: str) -> str:
    sources = schema.sources.c
    return str(connection.execute(select(sources.place_digest).where(sources.name == name)).scalar_one())


def _check_digest(connection: Connection, name: str, row: Row[Any]) -> None:
    try:
        digest = place_digest(row.location, json.loads(row.options), salt=row.salt)
    except (ValueError, TypeError):
        raise _moved(name) from None
    if digest != _registered_digest(connection, name):
        raise _moved(name)


def _moved(name: str) -> IntegrityError:
    return IntegrityError(
        f"source {name!r} is not where it was registered",
        hint="find out who changed its location; the officer sets it with synth-assets source set-location",
    )


def _check_same(connection: Connection, new: Source) -> None:
    """Refuse to register a different source under a used name."""
    old = with_place(connection, read_source(connection, new.name))
    if old == new:
        return
    words = ("kind", "location", "options", "columns", "unit", "account", "version", "attested_by")
    changed = [word for word in words if getattr(old, word) != getattr(new, word)]
    hint = "register it under another name, bound to an account over the same people"
    if changed == ["version"]:
        hint = "if its content is new, use synth-assets source set-version"
    elif not {"columns", "unit", "account", "version"} & set(changed):
        hint = "if it moved to another location, use synth-assets source set-location"
    raise UsageError(f"source {new.name!r} is registered already with another {' and '.join(changed)}", hint=hint)


def _check_columns(old: Source, new: Source) -> None:
    """Refuse a new location that lacks a declared column; additional columns stay undeclared."""
    new_columns = dict(new.columns)
    for name, kind in old.columns:
        if new_columns.get(name) != kind:
            actual = f"{name!r} as {new_columns[name]}" if name in new_columns else f"no column {name!r}"
            raise UsageError(
                f"source {old.name!r} has column {name!r} as {kind}, the new location has {actual}",
                hint="the new location must have the same columns and types; another table needs another name",
            )


def _check_unit(source: Source, account: Account) -> None:
    if source.unit != account.unit:
        raise UsageError(
            f"source {source.name!r} has unit {source.unit.describe()}, "
            f"account {account.name!r} has {account.unit.describe()}",
            hint="they must be the same",
        )


def _find_source(connection: Connection, name: str) -> Source | None:
    row = connection.execute(select(schema.sources).where(schema.sources.c.name == name)).one_or_none()
    return None if row is None else _source(row)


def _source(row: Row[Any]) -> Source:
    return Source(
        name=row.name,
        kind=row.kind,
        location="",
        columns=tuple((name, kind) for name, kind in json.loads(row.columns)),
        unit=PrivacyUnit.from_json(json.loads(row.unit)),
        account=row.account,
        version=row.version,
        attested_by=row.attested_by,
    )


def _text(value: Any) -> str:
    return canonical_json(value).decode()
