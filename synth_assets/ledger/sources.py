"""What the officer says of private tables: columns, unit, account, version, and where they are.

Where a source is stands apart from the rest, in ``places``: a login may read
the one and not the other, and the book knows only a salted digest of it. A
place is never handed out, and on a file not even paid for, unless it is the one
that the book knows and, where there are officers' keys, that an officer signed.
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
    place = _place_row(source)
    values = source_json(source, place_digest=_digest_of(place))
    row = {**values, "columns": _text(values["columns"]), "unit": _text(values["unit"])}
    book.connection.execute(insert(schema.sources).values(row))
    book.connection.execute(insert(schema.places).values(source=source.name, **place))
    book.add("SOURCE_ADDED", by=by, account=source.account, payload=values)


def move_source(book: Book, source: Source, *, by: str, reason: str) -> None:
    """Say where a source is from now on; see :meth:`Ledger.move_source`."""
    check_text("by", by)
    check_text("reason", reason)
    check_text("location", source.location)
    old = read_source(book.connection, source.name)
    _check_columns(old, source)
    place = _place_row(source)
    facts = {"kind": source.kind, "attested_by": source.attested_by, "place_digest": _digest_of(place)}
    sources, places = schema.sources, schema.places
    book.connection.execute(update(sources).where(sources.c.name == old.name).values(facts))
    book.connection.execute(update(places).where(places.c.source == old.name).values(place))
    book.add("SOURCE_MOVED", by=by, account=old.account, payload={"source": old.name, **facts, "reason": reason})


def set_version(book: Book, name: str, version: str, *, by: str, reason: str) -> None:
    """Move a source's version label; see :meth:`Ledger.set_version`."""
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
    """Return one source without its place, or say which there are."""
    found = _find_source(connection, name)
    if found is None:
        known = connection.execute(select(schema.sources.c.name)).scalars()
        raise unknown("source", name, known=known, hint=_REGISTER)
    return found


def read_sources(connection: Connection) -> tuple[Source, ...]:
    """Return all sources by name, without their places."""
    return tuple(_source(row) for row in connection.execute(select(schema.sources).order_by(schema.sources.c.name)))


def with_place(connection: Connection, source: Source) -> Source:
    """Return ``source`` with its place if this login may read it, else as it is."""
    if not may_read_places(connection):
        return source
    row = _place_of(connection, source.name)
    return replace(source, location=row.location, options=json.loads(row.options))


def may_read_places(connection: Connection) -> bool:
    """Tell whether this login may see where sources are: on SQLite all can who can read the file."""
    if connection.dialect.name == "sqlite":
        return True
    return bool(connection.exec_driver_sql("SELECT has_table_privilege('places', 'select')").scalar_one())


def check_place(connection: Connection, name: str) -> None:
    """Refuse a source whose place is not the one of the table of sources, where this login may look.

    Raises:
        IntegrityError: somebody changed the place otherwise than through the officer's command.
    """
    if may_read_places(connection):
        _check_digest(connection, name, _place_of(connection, name))


def check_window_column(source: Source, account: Account) -> None:
    """Refuse a source without the column of its account's window, which may be one that a migration narrowed."""
    window = account.window
    if window is not None and (column := parse_window(window).column) not in dict(source.columns):
        raise UsageError(
            f"source {source.name!r} has no column {column!r}, and account {account.name!r} is for rows of {window}",
            hint="the officer registers the source with that column, bound to an account",
        )


def place_for(connection: Connection, source: Source, permit: DataPermit) -> Source:
    """Return ``source`` with its place in exchange for a permit; on PostgreSQL the server itself asks for it.

    Raises:
        IntegrityError: the place is not the registered one.
    """
    if connection.dialect.name == "sqlite":
        row = _place_of(connection, source.name)
    else:
        ask = text("SELECT location, options, salt FROM place_for_permit(:which, :nonce)")
        row = connection.execute(ask, {"which": permit.reservation_id, "nonce": permit.nonce}).one()
    _check_digest(connection, source.name, row)
    return replace(source, location=row.location, options=json.loads(row.options))


def place_digest(location: str, options: Mapping[str, Any], *, salt: str) -> str:
    """Return the digest by which the book knows a place without telling it."""
    return sha256_bytes(canonical_json([salt, location, dict(options)]))


def source_json(source: Source, *, place_digest: str) -> dict[str, Any]:
    """Return a source as the book keeps it: everything but where it is."""
    words = ("name", "kind", "account", "version", "attested_by")
    return {
        **{word: getattr(source, word) for word in words},
        "columns": [list(pair) for pair in source.columns],
        "unit": source.unit.as_json(),
        "place_digest": place_digest,
    }


def _place_row(source: Source) -> dict[str, str]:
    return {"location": source.location, "options": _text(dict(source.options)), "salt": secrets.token_hex(16)}


def _digest_of(place: Mapping[str, str]) -> str:
    return place_digest(place["location"], json.loads(place["options"]), salt=place["salt"])


def _place_of(connection: Connection, name: str) -> Row[Any]:
    row = connection.execute(select(schema.places).where(schema.places.c.source == name)).one_or_none()
    if row is None:
        raise _not_there(name)
    return row


def _registered_digest(connection: Connection, name: str) -> str:
    sources = schema.sources.c
    return str(connection.execute(select(sources.place_digest).where(sources.name == name)).scalar_one())


def _check_digest(connection: Connection, name: str, row: Row[Any]) -> None:
    try:
        read = place_digest(row.location, json.loads(row.options), salt=row.salt)
    except (ValueError, TypeError):
        raise _not_there(name) from None
    if read != _registered_digest(connection, name):
        raise _not_there(name)


def _not_there(name: str) -> IntegrityError:
    return IntegrityError(
        f"source {name!r} is not where it was registered",
        hint="find out who changed its place; the officer says where it is with synth-assets source set-location",
    )


def _check_same(connection: Connection, new: Source) -> None:
    """Refuse to register under a name that is used, unless everything is as it is."""
    old = with_place(connection, read_source(connection, new.name))
    if old == new:
        return
    words = ("kind", "location", "options", "columns", "unit", "account", "version", "attested_by")
    other = [word for word in words if getattr(old, word) != getattr(new, word)]
    hint = "register it under another name, bound to an account over the same people"
    if other == ["version"]:
        hint = "synth-assets source set-version says that its content is new"
    elif not {"columns", "unit", "account", "version"} & set(other):
        hint = "synth-assets source set-location says that it is somewhere else now"
    raise UsageError(f"source {new.name!r} is registered already with another {' and '.join(other)}", hint=hint)


def _check_columns(old: Source, new: Source) -> None:
    """Refuse a new place that lacks what contracts may ask for; what it has besides stays unknown."""
    there = dict(new.columns)
    for name, kind in old.columns:
        if there.get(name) != kind:
            says = f"{name!r} as {there[name]}" if name in there else f"no column {name!r}"
            raise UsageError(
                f"source {old.name!r} has column {name!r} as {kind}, the new place has {says}",
                hint="the same table lies there under the same names and types; another one needs another name",
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
