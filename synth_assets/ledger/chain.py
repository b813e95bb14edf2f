"""Append entries to the ledger log, each hashed with the one before and with the tag of its account.

``hash = SHA-256(seq | previous | tag | body_digest)`` and ``body_digest`` is the
SHA-256 of the entry's facts and of a random salt as canonical JSON. In a
bundle an entry of another account is sealed: only its digests are shown. The
chain can still be followed, the salt keeps the facts from being guessed, and the
tag stays visible, so no entry of the bundle's own account can be sealed.
Entries of format 1 have neither salt nor tag (ADR 0801).

Example:
    >>> body = entry_body(seq=1, time="2026-11-22T00:00:00.000Z", kind="TEST", account=None, reservation_id=None,
    ...                   by="me", login="me", payload={}, salt="00", part=None)
    >>> link(seq=1, previous="0", body_digest=sha256_bytes(body), tag="")[:8]
    '13166de0'
"""

import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from synth_assets.errors import IntegrityError, LedgerBusy, LedgerUnavailable
from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.ledger.anchor import Head
from synth_assets.ledger.engine import login_of, milliseconds_of
from synth_assets.ledger.keys import Signer, head_message
from synth_assets.ledger.schema import ENTRY_FORMAT, FORMAT, accounts, entries, head
from synth_assets.ledger.types import Entry

__all__ = [
    "CLOCK_TOLERANCE_MS",
    "Book",
    "as_entry",
    "check_format",
    "check_whole",
    "clock_of",
    "entry_body",
    "entry_json",
    "hash_of",
    "link",
    "monotonic",
    "new_tag",
    "open_book",
    "sealed_json",
]

CLOCK_TOLERANCE_MS = 60_000
"""A clock may be corrected by this much before the ledger refuses to write."""

SALT_BYTES = 16
"""Number of random bytes of a salt and of a tag."""
_HOUR_MS = 3_600_000
_DATED_BY_HOUR = frozenset({"RESUMED", "REDEEMED", "INTENT", "ANSWER", "SETTLED"})
"""Kinds that follow an opening: exact times would reveal how long the private rows took."""
_SINCE_2 = ("format", "part", "salt", "tag")
_MIGRATE = "synth-assets ledger migrate"


class Book:
    """The end of the ledger log, locked for appending inside one write transaction.

    Attributes:
        connection: the transaction.
        now: the database's clock in milliseconds, never before the newest entry.
        login: who the database says is writing.
    """

    __slots__ = ("_ledger_id", "_newest", "_newest_time", "_signer", "connection", "login", "now")

    def __init__(self, connection: Connection, row: Row[Any], *, signer: Signer | None) -> None:
        self.connection = connection
        self.now = monotonic(connection, row.time)
        self.login = login_of(connection)
        self._ledger_id = str(row.ledger_id)
        self._newest = Head(ledger_id=row.ledger_id, seq=row.seq, hash=row.hash)
        self._newest_time = str(row.time)
        self._signer = signer

    @property
    def head(self) -> Head:
        """The newest entry, as an anchor stores it."""
        return self._newest

    def add(  # noqa: PLR0913 - the facts of an entry
        self,
        kind: str,
        *,
        by: str,
        account: str | None = None,
        reservation_id: str | None = None,
        part: str | None = None,
        payload: Mapping[str, Any],
    ) -> Entry:
        """Append one entry in this transaction; a trigger of the database moves the head."""
        seq, previous, time = self._newest.seq + 1, self._newest.hash, self._time_of(kind)
        salt, tag = secrets.token_hex(SALT_BYTES), self._tag_of(account)
        facts: dict[str, Any] = {
            "seq": seq,
            "time": time,
            "kind": kind,
            "account": account,
            "part": part,
            "reservation_id": reservation_id,
            "by": by,
            "login": self.login,
            "payload": dict(payload),
            "salt": salt,
        }
        digest = sha256_bytes(entry_body(**facts))
        hash_ = link(seq=seq, previous=previous, body_digest=digest, tag=tag)
        message = head_message(ledger_id=self._ledger_id, seq=seq, hash_=hash_)
        entry = Entry(
            **facts,
            format=ENTRY_FORMAT,
            tag=tag,
            body_digest=digest,
            previous=previous,
            hash=hash_,
            key_id=None if self._signer is None else self._signer.public.key_id,
            signature=None if self._signer is None else self._signer.sign(message),
        )
        self._write(entry)
        self._newest_time = time
        self._newest = Head(
            ledger_id=self._ledger_id,
            seq=entry.seq,
            hash=entry.hash,
            key_id=entry.key_id,
            signature=entry.signature,
        )
        return entry

    def _time_of(self, kind: str) -> str:
        """Return the time for an entry of this kind, which is never before the newest entry's."""
        if kind not in _DATED_BY_HOUR:
            return _iso(self.now)
        return max(_iso(self.now - self.now % _HOUR_MS), self._newest_time)

    def _tag_of(self, account: str | None) -> str:
        if account is None:
            return ""
        tag: str = self.connection.execute(select(accounts.c.tag).where(accounts.c.name == account)).scalar_one()
        return tag

    def _write(self, entry: Entry) -> None:
        values = {name: getattr(entry, name) for name in entries.columns.keys() if name != "payload"}  # noqa: SIM118 -- a collection, not a dict
        self.connection.execute(insert(entries).values(payload=canonical_json(entry.payload).decode(), **values))
        stored = self.connection.execute(select(head.c.seq, head.c.hash)).one()
        if (stored.seq, stored.hash) != (entry.seq, entry.hash):
            raise LedgerBusy("another process wrote to the ledger at the same moment", hint="try again")


def open_book(connection: Connection, *, signer: Signer | None = None) -> Book:
    """Lock the head of the ledger log; check its format and that the clock did not go back.

    Raises:
        LedgerUnavailable: the ledger is missing, has another format, or the clock is before the newest entry.
    """
    row = connection.execute(select(head).with_for_update()).one_or_none()
    return Book(connection, check_format(row), signer=signer)


def check_format(row: Row[Any] | None) -> Row[Any]:
    """Return the head if the ledger log has this version's format.

    Raises:
        LedgerUnavailable: the ledger is missing or has another format.
    """
    if row is None:
        raise LedgerUnavailable("the database holds no ledger", hint=_MIGRATE)
    if row.format != FORMAT:
        hint = _MIGRATE if row.format < FORMAT else "upgrade synth-assets"
        raise LedgerUnavailable(f"the ledger has format {row.format}, this version works on format {FORMAT}", hint=hint)
    return row


def check_whole(connection: Connection) -> None:
    """Refuse a ledger log that lacks an entry; only ``ledger verify`` detects edited ones.

    Without this check, deleting the entry that lowered a cap could restore the old cap.

    Raises:
        IntegrityError: there are more or fewer entries than the head says.
    """
    # Two queries, because the index answers each of them; one combined query would read every entry.
    count = connection.execute(select(func.count()).select_from(entries)).scalar_one()
    highest = connection.execute(select(func.max(entries.c.seq))).scalar_one()
    known = connection.execute(select(head.c.seq)).scalar_one()
    if not count == (highest or 0) == known:
        raise IntegrityError(
            f"the ledger's head counts {known} entries, but {count} exist",
            hint="run synth-assets ledger verify, and tell the privacy officer",
        )


def new_tag() -> str:
    """Return a tag for a new account."""
    return secrets.token_hex(SALT_BYTES)


def entry_body(  # noqa: PLR0913 -- the facts of an entry
    *,
    seq: int,
    time: str,
    kind: str,
    account: str | None,
    reservation_id: str | None,
    by: str,
    login: str,
    payload: Mapping[str, Any],
    part: str | None = None,
    salt: str | None = None,
) -> bytes:
    """Return the bytes that ``body_digest`` is the digest of; without a salt, those of format 1."""
    facts = {"kind": kind, "account": account, "reservation_id": reservation_id, "by": by, "login": login}
    later = {} if salt is None else {"part": part, "salt": salt}
    return canonical_json({"seq": seq, "time": time, "payload": dict(payload), **facts, **later})


def link(*, seq: int, previous: str, body_digest: str, tag: str | None) -> str:
    """Return the hash of an entry; without a tag, that of format 1."""
    bound = f"1|{seq}|{previous}|{body_digest}" if tag is None else f"2|{seq}|{previous}|{tag}|{body_digest}"
    return sha256_bytes(f"synth-assets ledger {bound}".encode())


def hash_of(entry: Entry) -> tuple[str, str]:
    """Compute an entry's ``body_digest`` and ``hash`` from its facts, by the rules of its own format."""
    words = ("seq", "time", "kind", "account", "reservation_id", "by", "login", "payload")
    facts: dict[str, Any] = {word: getattr(entry, word) for word in words}
    salted = entry.format > 1
    later: dict[str, Any] = {"part": entry.part, "salt": entry.salt or ""} if salted else {}
    digest = sha256_bytes(entry_body(**facts, **later))
    tag = (entry.tag or "") if salted else None
    return digest, link(seq=entry.seq, previous=entry.previous, body_digest=digest, tag=tag)


def as_entry(row: Row[Any]) -> Entry:
    """Read an entry from its row."""
    fields = dict(row._mapping)  # noqa: SLF001 -- the documented name of a row's mapping
    return Entry(**{**fields, "payload": json.loads(fields["payload"])})


def entry_json(entry: Entry) -> dict[str, Any]:
    """Return an entry as plain JSON values, with its digests."""
    names = entries.columns.keys()
    return {name: getattr(entry, name) for name in names if entry.format > 1 or name not in _SINCE_2}


def sealed_json(entry: Entry) -> dict[str, Any]:
    """Return only the digests of an entry, which suffice to follow the chain."""
    later = ("format", "tag") if entry.format > 1 else ()
    words = ("seq", "body_digest", "previous", "hash", "key_id", "signature", *later)
    return {**{word: getattr(entry, word) for word in words}, "sealed": True}


def clock_of(connection: Connection) -> str:
    """Return the database's clock as entries write it."""
    return _iso(milliseconds_of(connection))


def monotonic(connection: Connection, newest_time: str) -> int:
    """Return the database's clock, or the newest entry's time if that is slightly later.

    Raises:
        LedgerUnavailable: it is later by more than ``CLOCK_TOLERANCE_MS``.
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
