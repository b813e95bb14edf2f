"""The book: entries that are only ever added, each bound to the one before.

``hash = SHA-256(seq | previous | body_digest)`` and ``body_digest`` is the
SHA-256 of the entry's facts as canonical JSON. Two digests and not one, so that
an entry of somebody else's account can be sealed to its digests in a bundle and
the chain can still be followed.

Example:
    >>> body = entry_body(seq=1, time="2026-11-22T00:00:00.000Z", kind="TEST", account=None, reservation_id=None,
    ...                   by="me", login="me", payload={})
    >>> link(seq=1, previous="0", body_digest=sha256_bytes(body))[:8]
    '922be11f'
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from synth_assets.errors import LedgerBusy, LedgerUnavailable
from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.ledger.anchor import Head
from synth_assets.ledger.engine import login_of, milliseconds_of
from synth_assets.ledger.keys import Signer, head_message
from synth_assets.ledger.schema import FORMAT, entries, head
from synth_assets.ledger.types import Entry

__all__ = [
    "CLOCK_TOLERANCE_MS",
    "Book",
    "as_entry",
    "check_format",
    "clock_of",
    "entry_body",
    "entry_json",
    "link",
    "monotonic",
    "open_book",
    "sealed_json",
]

CLOCK_TOLERANCE_MS = 60_000
"""A clock may be corrected by this much before the ledger refuses to write."""


class Book:
    """The locked end of the book, inside one write transaction.

    Attributes:
        connection: the transaction.
        now: the database's clock in milliseconds, never before the newest entry.
        login: who the database says is writing.
    """

    __slots__ = ("_ledger_id", "_newest", "_signer", "connection", "login", "now")

    def __init__(self, connection: Connection, row: Row[Any], *, signer: Signer | None) -> None:
        self.connection = connection
        self.now = monotonic(connection, row.time)
        self.login = login_of(connection)
        self._ledger_id = str(row.ledger_id)
        self._newest = Head(ledger_id=row.ledger_id, seq=row.seq, hash=row.hash)
        self._signer = signer

    @property
    def head(self) -> Head:
        """The newest entry, as an anchor keeps it."""
        return self._newest

    def add(
        self,
        kind: str,
        *,
        by: str,
        account: str | None = None,
        reservation_id: str | None = None,
        payload: Mapping[str, Any],
    ) -> Entry:
        """Append one entry and move the head, both in this transaction."""
        seq, time, previous = self._newest.seq + 1, _iso(self.now), self._newest.hash
        body = entry_body(
            seq=seq,
            time=time,
            kind=kind,
            account=account,
            reservation_id=reservation_id,
            by=by,
            login=self.login,
            payload=payload,
        )
        digest = sha256_bytes(body)
        hash_ = link(seq=seq, previous=previous, body_digest=digest)
        message = head_message(ledger_id=self._ledger_id, seq=seq, hash_=hash_)
        entry = Entry(
            seq=seq,
            time=time,
            kind=kind,
            account=account,
            reservation_id=reservation_id,
            by=by,
            login=self.login,
            payload=dict(payload),
            body_digest=digest,
            previous=previous,
            hash=hash_,
            key_id=None if self._signer is None else self._signer.public.key_id,
            signature=None if self._signer is None else self._signer.sign(message),
        )
        self._write(entry)
        self._newest = Head(
            ledger_id=self._ledger_id,
            seq=entry.seq,
            hash=entry.hash,
            key_id=entry.key_id,
            signature=entry.signature,
        )
        return entry

    def _write(self, entry: Entry) -> None:
        values = {name: getattr(entry, name) for name in entries.columns.keys() if name != "payload"}  # noqa: SIM118 -- a collection, not a dict
        self.connection.execute(insert(entries).values(payload=canonical_json(entry.payload).decode(), **values))
        moved = self.connection.execute(
            update(head)
            .where(head.c.seq == self._newest.seq, head.c.hash == self._newest.hash)
            .values(seq=entry.seq, hash=entry.hash, time=entry.time)
        )
        if moved.rowcount != 1:
            raise LedgerBusy("another process wrote to the ledger at the same moment", hint="try again")


def open_book(connection: Connection, *, signer: Signer | None = None) -> Book:
    """Lock the head of the book; check that it is ours to write and that the clock did not go back.

    Raises:
        LedgerUnavailable: no ledger, a newer format, or a clock before the newest entry.
    """
    row = connection.execute(select(head).with_for_update()).one_or_none()
    return Book(connection, check_format(row), signer=signer)


def check_format(row: Row[Any] | None) -> Row[Any]:
    """Return the head of a book that this version can read.

    Raises:
        LedgerUnavailable: there is none, or it has a newer format.
    """
    if row is None:
        raise LedgerUnavailable("the database holds no ledger", hint="synth-assets ledger migrate")
    if row.format > FORMAT:
        raise LedgerUnavailable(
            f"the ledger has format {row.format}, this version knows {FORMAT}", hint="upgrade synth-assets"
        )
    return row


def entry_body(  # noqa: PLR0913 -- the facts of an entry, in one place
    *,
    seq: int,
    time: str,
    kind: str,
    account: str | None,
    reservation_id: str | None,
    by: str,
    login: str,
    payload: Mapping[str, Any],
) -> bytes:
    """Return the bytes that an entry's ``body_digest`` stands for."""
    facts = {"kind": kind, "account": account, "reservation_id": reservation_id, "by": by, "login": login}
    return canonical_json({"seq": seq, "time": time, "payload": dict(payload), **facts})


def link(*, seq: int, previous: str, body_digest: str) -> str:
    """Return the hash of an entry."""
    return sha256_bytes(f"synth-assets ledger {FORMAT}|{seq}|{previous}|{body_digest}".encode())


def as_entry(row: Row[Any]) -> Entry:
    """Read an entry from its row."""
    fields = dict(row._mapping)  # noqa: SLF001 -- the documented name of a row's mapping
    return Entry(**{**fields, "payload": json.loads(fields["payload"])})


def entry_json(entry: Entry) -> dict[str, Any]:
    """Return an entry as plain JSON values, with its digests."""
    return {name: getattr(entry, name) for name in entries.columns.keys()}  # noqa: SIM118 -- a collection, not a dict


def sealed_json(entry: Entry) -> dict[str, Any]:
    """Return only what the chain needs of an entry that is nobody else's business."""
    words = ("seq", "body_digest", "previous", "hash", "key_id", "signature")
    return {**{word: getattr(entry, word) for word in words}, "sealed": True}


def clock_of(connection: Connection) -> str:
    """Return the database's clock as entries write it."""
    return _iso(milliseconds_of(connection))


def monotonic(connection: Connection, newest_time: str) -> int:
    """Return the database's clock, or the newest entry's time when that is a little later.

    Raises:
        LedgerUnavailable: it is later by more than a correction of the clock.
    """
    now = milliseconds_of(connection)
    if not newest_time:
        return now
    last = round(datetime.fromisoformat(newest_time).timestamp() * 1000)
    if now < last - CLOCK_TOLERANCE_MS:
        raise LedgerUnavailable(
            f"the database's clock says {_iso(now)}, but its newest entry is of {newest_time}",
            hint="set the clock right; nothing was reserved or opened",
        )
    return max(now, last)


def _iso(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"
