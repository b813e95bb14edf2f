"""Verify a ledger: its hash chain, its tables, its signatures and its anchors.

Detected are: an edited, deleted or inserted entry, a truncated log, a log that
was rewritten from some entry on (its hashes fit, its anchors and signatures do
not), a restored backup, and tables that disagree with the ledger log. A note
states what cannot be checked without an anchor or a key.

A signature covers all entries up to the one that carries it, and an anchored
head covers all entries up to its own. Later entries are not covered: a release
that was settled in one of them is a fault if a key or an anchor is given.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from synth_assets.errors import IntegrityError
from synth_assets.ledger import schema
from synth_assets.ledger.accounts import account_json, read_accounts, read_split, read_tree
from synth_assets.ledger.anchor import Anchor, Head
from synth_assets.ledger.chain import as_entry, check_format
from synth_assets.ledger.engine import connect
from synth_assets.ledger.keys import PublicKey, head_message
from synth_assets.ledger.lines import SealedLine, entry_from_json, sealed_from_json
from synth_assets.ledger.replay import Replay, replay
from synth_assets.ledger.sources import check_place, read_sources, source_json
from synth_assets.ledger.sql import SqlLedger
from synth_assets.ledger.states import AccountState, ReservationState
from synth_assets.ledger.trust import signed_by
from synth_assets.ledger.types import OFFICERS_KINDS, Entry

__all__ = ["Verdict", "verify_ledger", "verify_lines"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The result of a verification.

    Attributes:
        ledger_id: the ledger's identifier.
        entries: how many entries were read.
        hash: hash of the newest one.
        faults: everything that is wrong; empty if nothing is.
        notes: what could not be checked, and why.
        signed: the last entry that is covered by a signature of a given key; 0 when none is.
        anchored: the last entry that is covered by an anchored head; 0 when none is.
        known: the last entry that the anchor knows, which may be newer than the lines read; 0 when none.
    """

    ledger_id: str
    entries: int
    hash: str
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    signed: int = 0
    anchored: int = 0
    known: int = 0

    @property
    def good(self) -> bool:
        """Tell whether nothing wrong was found."""
        return not self.faults


def verify_ledger(
    ledger: SqlLedger,
    *,
    anchor: Anchor | None = None,
    keys: Iterable[PublicKey] = (),
    officers: Iterable[PublicKey] = (),
) -> Verdict:
    """Check a whole ledger.

    Args:
        ledger: any; a login that may only read is enough.
        anchor: where its heads are stored.
        keys: who may sign entries; officers' keys count too.
        officers: who must have signed accounts, caps and sources.
    """
    with connect(ledger.engine, write=False) as connection:
        head = check_format(connection.execute(select(schema.head)).one_or_none())
    signatures = _Signatures(head.ledger_id, keys={key.key_id: key for key in (*keys, *officers)}, officers=officers)
    book = replay(signatures.watch(ledger.entries()), ledger_id=head.ledger_id)
    with connect(ledger.engine, write=False) as connection:
        # Read entries that were written meanwhile in the same snapshot as the tables.
        rows = connection.execute(select(schema.entries).where(schema.entries.c.seq > book.seq).order_by("seq"))
        for entry in signatures.watch(map(as_entry, rows)):
            book.follow(entry)
        differences = _differences(connection, book)
    heads = _Heads(book, anchor)
    faults = [*differences, *heads.missing(), *_uncovered(book, signatures, heads)]
    return _verdict(book, signatures, heads, faults=faults)


def verify_lines(
    lines: Iterable[Mapping[str, Any]],
    *,
    ledger_id: str,
    anchor: Anchor | None = None,
    keys: Iterable[PublicKey] = (),
) -> tuple[Verdict, Replay]:
    """Check the lines of ``Ledger.export_entries`` offline; also return what follows from them.

    The ledger may have grown since the export: heads that were anchored later are not a fault here.
    """
    book = Replay(ledger_id=ledger_id)
    signatures = _Signatures(ledger_id, keys={key.key_id: key for key in keys}, officers=())
    for line in lines:
        try:
            if line.get("sealed") is True:
                sealed = sealed_from_json(line)
                book.follow_sealed(sealed)
                signatures.see(sealed)
            else:
                for entry in signatures.watch([entry_from_json(line)]):
                    book.follow(entry)
        except (KeyError, TypeError, AttributeError, ValueError):
            book.faults.append(f"the line after entry {book.seq} is not an entry")
            break
    return _verdict(book, signatures, _Heads(book, anchor)), book


def _verdict(book: Replay, signatures: "_Signatures", heads: "_Heads", *, faults: Iterable[str] = ()) -> Verdict:
    return Verdict(
        ledger_id=book.ledger_id,
        entries=book.seq,
        hash=book.hash,
        faults=(*book.faults, *signatures.faults(), *heads.faults(), *faults),
        notes=(*signatures.notes(book.seq), *heads.notes()),
        signed=signatures.covered(),
        anchored=heads.covered(),
        known=heads.known(),
    )


def _uncovered(book: Replay, signatures: "_Signatures", heads: "_Heads") -> list[str]:
    """Return faults for releases that were settled after the last signature or the last anchored head."""
    settled = sorted(held.settled_at for held in book.reservations.values() if held.release_digest is not None)
    signed, anchored = signatures.covered(), heads.covered()
    unsigned = [seq for seq in settled if seq > signed] if signatures.asked else []
    unanchored = [seq for seq in settled if seq > anchored] if heads.asked else []
    return [
        *(f"entry {seq} settles a release and is not covered by a signature of a given key" for seq in unsigned),
        *(f"entry {seq} settles a release and is not covered by an anchored head" for seq in unanchored),
    ]


class _Heads:
    """The anchored heads of a ledger log, compared with it."""

    def __init__(self, book: Replay, anchor: Anchor | None) -> None:
        self.asked = anchor is not None
        self._book = book
        self._heads = tuple(anchor.heads(book.ledger_id)) if anchor else ()

    def covered(self) -> int:
        """Return the last entry that an anchored head covers."""
        return max((head.seq for head in self._heads if self._fits(head)), default=0)

    def known(self) -> int:
        """Return the last entry that was anchored."""
        return max((head.seq for head in self._heads), default=0)

    def missing(self) -> list[str]:
        """Return faults for heads after the newest entry: a live ledger was truncated or restored from a backup."""
        return [
            f"entry {head.seq} was anchored and is missing: the log was truncated, or an old backup was restored"
            for head in self._heads
            if head.seq > self._book.seq
        ]

    def faults(self) -> list[str]:
        inside = [head for head in self._heads if head.seq <= self._book.seq]
        faults = [
            f"entry {head.seq} was anchored with another hash: the log was rewritten"
            for head in inside
            if not self._fits(head)
        ]
        return [*faults, *(["the anchor holds no head of this ledger"] if self.asked and not self._heads else [])]

    def notes(self) -> list[str]:
        return [] if self.asked else ["no anchor was given: a restored backup is not detected"]

    def _fits(self, head: Head) -> bool:
        return head.seq < len(self._book.hashes) and self._book.hashes[head.seq] == head.hash


class _Signatures:
    """Signatures collected while a log is read: the newest covers all before it, officers' are all checked."""

    def __init__(self, ledger_id: str, *, keys: dict[str, PublicKey], officers: Iterable[PublicKey]) -> None:
        self.asked = bool(keys)
        self._ledger_id = ledger_id
        self._keys = keys
        self._officers = {key.key_id: key for key in officers}
        self._newest: tuple[int, str, str, str] | None = None
        self._faults: list[str] = []

    def watch(self, entries: Iterable[Entry]) -> Iterable[Entry]:
        for entry in entries:
            self.see(entry)
            if self._officers and entry.kind in OFFICERS_KINDS and not self._by_officer(entry):
                self._faults.append(f"entry {entry.seq} ({entry.kind}) was not signed by an officer")
            yield entry

    def see(self, line: Entry | SealedLine) -> None:
        """Remember the newest line that one of the given keys signed; signatures by other keys are ignored."""
        if line.key_id in self._keys and line.signature is not None:
            self._newest = (line.seq, line.hash, str(line.key_id), line.signature)

    def covered(self) -> int:
        """Return the last entry that a good signature covers."""
        return self._newest[0] if self._newest is not None and self._is_good() else 0

    def faults(self) -> list[str]:
        if not self.asked:
            return self._faults
        if self._newest is None:
            return [*self._faults, "no entry is signed by a given key"]
        invalid = [] if self._is_good() else [f"the signature of entry {self._newest[0]} is wrong"]
        return [*self._faults, *invalid]

    def notes(self, newest: int) -> list[str]:
        if not self.asked:
            return ["no key was given: a log that was rewritten as a whole is not detected"]
        unsigned = newest - self.covered()
        return [f"the newest {unsigned} entries are not signed by a given key"] if unsigned else []

    def _is_good(self) -> bool:
        if self._newest is None:
            return False
        seq, hash_, key_id, signature = self._newest
        message = head_message(ledger_id=self._ledger_id, seq=seq, hash_=hash_)
        return self._keys[key_id].verifies(message, signature=signature)

    def _by_officer(self, entry: Entry) -> bool:
        return signed_by(entry, ledger_id=self._ledger_id, keys=self._officers)


def _differences(connection: Connection, book: Replay) -> list[str]:
    """Compare the head and every table with what follows from the ledger log."""
    head = connection.execute(select(schema.head)).one()
    head_differs = (head.seq, head.hash) != (book.seq, book.hash)
    return [
        *([f"the head says entry {head.seq}, the newest entry is {book.seq}"] if head_differs else []),
        *_compare("account", _logged_accounts(book), _stored_accounts(connection)),
        *_compare("source", book.sources, _stored_sources(connection)),
        *_compare("reservation", _logged_reservations(book), _stored_reservations(connection)),
        *_compare("draws of reservation", _logged_draws(book), _stored_draws(connection)),
        *_moved_sources(connection),
    ]


def _compare(what: str, logged: Mapping[str, Any], stored: Mapping[str, Any]) -> list[str]:
    return [
        f"{what} {name[:12]!r}: table and ledger log disagree"
        for name in sorted(logged.keys() | stored.keys())
        if logged.get(name) != stored.get(name)
    ]


def _logged_accounts(book: Replay) -> dict[str, Any]:
    def values(account: AccountState) -> list[Any]:
        charged = [account.spent, account.reserved, dict(account.parts), account.split]
        return [dict(account.facts), account.tag, dict(account.cap), *charged, account.closed]

    return {name: values(account) for name, account in book.accounts.items()}


def _stored_accounts(connection: Connection) -> dict[str, Any]:
    tree, _ = read_tree(connection)
    rows = {row.name: row for row in connection.execute(select(schema.accounts))}

    def cap(row: Row[Any]) -> dict[str, Any]:
        figures: dict[str, Any] = json.loads(row.cap)
        return {**figures, "nano_rho": row.cap_nano_rho, "atto_delta": row.cap_atto_delta}

    return {
        name: [
            account_json(account),
            rows[name].tag,
            cap(rows[name]),
            tree.nodes[name].spent,
            tree.nodes[name].reserved,
            dict(tree.nodes[name].parts),
            read_split(connection, name),
            rows[name].closed,
        ]
        for name, account in read_accounts(connection).items()
    }


def _stored_sources(connection: Connection) -> dict[str, Any]:
    rows = connection.execute(select(schema.sources.c.name, schema.sources.c.place_digest))
    digests = {row.name: row.place_digest for row in rows}
    return {source.name: source_json(source, place_digest=digests[source.name]) for source in read_sources(connection)}


def _logged_reservations(book: Replay) -> dict[str, Any]:
    def values(held: ReservationState) -> list[Any]:
        loss = held.loss
        facts = [held.account, dict(held.request), held.attempt, held.state, held.fence, held.release_digest, held.part]
        return [*facts, loss.nano_rho, loss.atto_delta]

    return {name: values(held) for name, held in book.reservations.items()}


def _stored_reservations(connection: Connection) -> dict[str, Any]:
    rows = connection.execute(select(schema.reservations))
    return {
        row.id: [
            row.account,
            json.loads(row.request),
            row.attempt,
            row.state,
            row.fence,
            row.release_digest,
            row.part,
            row.nano_rho,
            row.atto_delta,
        ]
        for row in rows
    }


def _logged_draws(book: Replay) -> dict[str, Any]:
    return {name: held.draws for name, held in book.reservations.items() if held.draws}


def _stored_draws(connection: Connection) -> dict[str, Any]:
    draws: dict[str, dict[int, tuple[str, str | None]]] = {}
    for row in connection.execute(select(schema.draws)):
        draws.setdefault(row.reservation_id, {})[row.number] = (row.intent_digest, row.answer_digest)
    return draws


def _moved_sources(connection: Connection) -> list[str]:
    """Return faults for sources whose location is not the registered one, if this login may read locations."""
    faults = []
    for source in read_sources(connection):
        try:
            check_place(connection, source.name)
        except IntegrityError as error:
            faults.append(error.message)
    return faults
