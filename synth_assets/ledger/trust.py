"""Load what this installation trusts (signing key, anchor, officers' public keys) and check a ledger against it.

A budget can be kept without them; each one prevents a manipulation by the
database's administrator or, on SQLite, by anybody who can write the file.
"""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select

from synth_assets.errors import IntegrityError, UsageError
from synth_assets.ledger import schema
from synth_assets.ledger.anchor import ENVIRONMENT as ANCHOR
from synth_assets.ledger.anchor import Anchor, Head, open_anchor
from synth_assets.ledger.chain import as_entry
from synth_assets.ledger.keys import PublicKey, Signer, head_message, load_public_key, load_signer
from synth_assets.ledger.replay import check_entry
from synth_assets.ledger.types import Entry
from synth_assets.ledger.windows import canonical

__all__ = [
    "KEY",
    "OFFICERS",
    "Trust",
    "absolute_environment",
    "check_curated",
    "check_declared",
    "check_not_behind",
    "newest_head",
    "readable_trust",
    "signed_by",
    "trust_of_environment",
]

KEY = "SYNTH_ASSETS_LEDGER_KEY"
OFFICERS = "SYNTH_ASSETS_OFFICER_KEYS"
_ENTRIES = schema.entries
_READERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    KEY: ("signer", lambda path: load_signer(Path(path))),
    ANCHOR: ("anchor", open_anchor),
    OFFICERS: (
        "officers",
        lambda paths: tuple(load_public_key(Path(path)) for path in paths.split(os.pathsep) if path),
    ),
}
_VERIFY = "run synth-assets ledger verify, and tell the privacy officer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """The keys and the anchor that this installation trusts.

    Attributes:
        signer: signs every entry that this installation writes.
        anchor: stores heads elsewhere; a ledger that lacks its newest head is refused.
        officers: if there are any, accounts, caps and sources must be signed by one of them.
    """

    signer: Signer | None = None
    anchor: Anchor | None = None
    officers: tuple[PublicKey, ...] = ()


def trust_of_environment() -> Trust:
    """Read ``SYNTH_ASSETS_LEDGER_KEY``, ``SYNTH_ASSETS_ANCHOR`` and ``SYNTH_ASSETS_OFFICER_KEYS``.

    Raises:
        UsageError: a key cannot be read, or the address of the anchor is invalid.
    """
    trust, unread = readable_trust()
    for error in unread.values():
        raise error
    return trust


def readable_trust() -> tuple[Trust, dict[str, UsageError]]:
    """Read each setting from the environment; also return an error per variable that cannot be read."""
    parts: dict[str, Any] = {}
    unread: dict[str, UsageError] = {}
    for name, (part, read) in _READERS.items():
        if value := os.environ.get(name):
            try:
                parts[part] = read(value)
            except UsageError as error:
                unread[name] = error
    return Trust(**parts), unread


def absolute_environment() -> dict[str, str]:
    """Return the same variables with absolute paths, for a process with another working directory."""

    def absolute(path: str) -> str:
        return str(Path(path).absolute())

    variables = {name: os.environ.get(name, "") for name in (KEY, ANCHOR, OFFICERS)}
    kind, _, rest = variables[ANCHOR].partition(":")
    if kind in ("file", "git") and rest:
        variables[ANCHOR] = f"{kind}:{absolute(rest)}"
    variables[KEY] = variables[KEY] and absolute(variables[KEY])
    variables[OFFICERS] = os.pathsep.join(absolute(path) for path in variables[OFFICERS].split(os.pathsep) if path)
    return {name: value for name, value in variables.items() if value}


def newest_head(connection: Connection) -> Head:
    """Return the newest entry as an anchor stores it; of an empty log, number 0 with the ledger's id as hash."""
    newest = connection.execute(select(schema.head)).one()
    keys = connection.execute(
        select(_ENTRIES.c.key_id, _ENTRIES.c.signature).where(_ENTRIES.c.seq == newest.seq)
    ).first()
    key_id, signature = keys or (None, None)
    return Head(ledger_id=newest.ledger_id, seq=newest.seq, hash=newest.hash, key_id=key_id, signature=signature)


def check_not_behind(connection: Connection, newest: Head | None) -> None:
    """Refuse a ledger log that lacks the anchored entry: an old backup, a truncated or a re-chained copy.

    Raises:
        IntegrityError: the anchored entry is missing or has another hash.
    """
    if newest is None or (newest.seq, newest.hash) == (0, newest.ledger_id):
        return  # an empty log was anchored; the ledger's id is the hash before the first entry
    stored = connection.execute(select(_ENTRIES.c.hash).where(_ENTRIES.c.seq == newest.seq)).scalar_one_or_none()
    if stored != newest.hash:
        state = "lacks" if stored is None else "has another"
        raise IntegrityError(f"the ledger {state} entry {newest.seq}, which was anchored", hint=_VERIFY)


def check_declared(
    connection: Connection, *, source: str, accounts: Iterable[str], officers: Iterable[PublicKey]
) -> None:
    """Refuse a source, an account or a cap that an officer did not sign.

    Raises:
        IntegrityError: an entry is missing, altered or unsigned, or a table disagrees with it.
    """
    trusted = {key.key_id: key for key in officers}
    if not trusted:
        return
    ledger_id = str(connection.execute(select(schema.head.c.ledger_id)).scalar_one())
    _check_source(connection, source, trusted=trusted, ledger_id=ledger_id)
    for name in accounts:
        _check_account(connection, name, trusted=trusted, ledger_id=ledger_id)


def check_curated(connection: Connection, account: str, *, officers: Iterable[PublicKey]) -> None:
    """Refuse an account that no officer opened to curators.

    Raises:
        UsageError: it was never marked.
        IntegrityError: there are officers' keys, and none of them signed the mark.
    """
    entry, trusted = _newest(connection, account=account, kind="CURATED"), {key.key_id: key for key in officers}
    if entry is None:
        raise UsageError(
            f"account {account!r} is not marked for curators, so nobody reads exact figures of it",
            hint="an officer marks it, for good: synth-assets budget curate",
        )
    if trusted:
        ledger_id = str(connection.execute(select(schema.head.c.ledger_id)).scalar_one())
        _check_signed(entry, trusted=trusted, ledger_id=ledger_id, what=f"the mark of account {account!r}")


def signed_by(entry: Entry, *, ledger_id: str, keys: dict[str, PublicKey]) -> bool:
    """Tell whether one of ``keys`` signed the entry's hash."""
    key = keys.get(entry.key_id or "")
    message = head_message(ledger_id=ledger_id, seq=entry.seq, hash_=entry.hash)
    return key is not None and entry.signature is not None and key.verifies(message, signature=entry.signature)


def _check_account(connection: Connection, name: str, *, trusted: dict[str, PublicKey], ledger_id: str) -> None:
    what = f"account {name!r}"
    row = connection.execute(select(schema.accounts).where(schema.accounts.c.name == name)).one()
    if not row.closed and _newest(connection, account=name, kind="ACCOUNT_CLOSED") is not None:
        raise IntegrityError(f"{what}: table and ledger log disagree: it was closed", hint=_VERIFY)
    opened = _newest(connection, account=name, kind="ACCOUNT_OPENED")
    cap = _newest(connection, account=name, kind="CAP_SET") or opened
    facts, limits = (
        _check_signed(entry, trusted=trusted, ledger_id=ledger_id, what=what).payload for entry in (opened, cap)
    )
    same = (
        (row.parent, row.partitioned_by, row.partition, json.loads(row.unit))
        == (facts["parent"], facts["partitioned_by"], facts["partition"], facts["unit"])
        and row.time_window == _window(connection, facts)
        and json.loads(row.cap) == limits["cap"]
        and (row.cap_nano_rho, row.cap_atto_delta) == (limits["cap"]["nano_rho"], limits["cap"]["atto_delta"])
    )
    if not same or not _split_is_signed(connection, name, trusted=trusted, ledger_id=ledger_id):
        raise IntegrityError(f"{what} is not what an officer signed", hint=_VERIFY)


def _split_is_signed(connection: Connection, name: str, *, trusted: dict[str, PublicKey], ledger_id: str) -> bool:
    """Tell whether an account's split is the one that an officer signed; also if there is neither."""
    row = connection.execute(select(schema.splits).where(schema.splits.c.account == name)).one_or_none()
    entry = _newest(connection, account=name, kind="SPLIT_SET")
    if row is None or entry is None:
        return row is None and entry is None
    split = _check_signed(entry, trusted=trusted, ledger_id=ledger_id, what=f"the split of account {name!r}").payload
    return split == {"share_ppm": row.share_ppm, "key_digest": row.key_digest}


def _window(connection: Connection, facts: Mapping[str, Any]) -> str | None:
    """Return an account's window according to its signed entry: its own, or the parent's if it has none."""
    if facts["window"] is not None:
        return canonical(facts["window"])
    above = select(schema.accounts.c.time_window).where(schema.accounts.c.name == facts["parent"])
    window: str | None = connection.execute(above).scalar_one_or_none()
    return window


def _check_source(connection: Connection, name: str, *, trusted: dict[str, PublicKey], ledger_id: str) -> None:
    """Compare a source's row with all signed entries about it, later ones overriding earlier ones."""
    what = f"source {name!r}"
    row = connection.execute(select(schema.sources).where(schema.sources.c.name == name)).one()
    declared: dict[str, Any] = {}
    for entry in _entries_about(connection, row):
        declared.update(_check_signed(entry, trusted=trusted, ledger_id=ledger_id, what=what).payload)
    words = ("kind", "account", "attested_by", "version", "place_digest")
    stored = {word: getattr(row, word) for word in words}
    stored |= {"unit": json.loads(row.unit), "columns": json.loads(row.columns)}
    if stored != {word: declared.get(word) for word in stored}:
        raise IntegrityError(f"{what}: table and ledger log disagree", hint=_VERIFY)


def _entries_about(connection: Connection, row: Row[Any]) -> list[Entry]:
    """Return the entries about a source since it was last added, oldest first."""
    kinds = {"SOURCE_ADDED": "name", "SOURCE_MOVED": "source", "VERSION_SET": "source"}
    newest_first = connection.execute(
        select(_ENTRIES)
        .where(_ENTRIES.c.account == row.account, _ENTRIES.c.kind.in_(kinds))
        .order_by(_ENTRIES.c.seq.desc())
    )
    about: list[Entry] = []
    for entry in map(as_entry, newest_first):
        if entry.payload.get(kinds[entry.kind]) == row.name:
            about.insert(0, entry)
            if entry.kind == "SOURCE_ADDED":
                break
    return about


def _newest(connection: Connection, *, account: str, kind: str) -> Entry | None:
    row = connection.execute(
        select(_ENTRIES)
        .where(_ENTRIES.c.account == account, _ENTRIES.c.kind == kind)
        .order_by(_ENTRIES.c.seq.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else as_entry(row)


def _check_signed(entry: Entry | None, *, trusted: dict[str, PublicKey], ledger_id: str, what: str) -> Entry:
    if entry is None or check_entry(entry, seq=entry.seq, previous=entry.previous):
        raise IntegrityError(f"{what}: table and ledger log disagree", hint=_VERIFY)
    if not signed_by(entry, ledger_id=ledger_id, keys=trusted):
        raise IntegrityError(
            f"{what} was not signed by an officer", hint=f"an officer repeats the step with {KEY} set to their key"
        )
    return entry
