"""Tell whether a ledger is what it was: the chain, the tables, the signatures, the anchors.

Found are: an edited, deleted or inserted entry, a truncated book, a book that
was written anew from some point (its hashes fit, its anchors and signatures do
not), an old backup put back, and tables that say something else than the book.
What cannot be known without an anchor or a key is said, not passed over.

A signature covers all entries up to the one that carries it, and an anchored
head all entries up to its own. What lies behind the last one of them is covered
by nothing: a release that was settled there is at fault when a key or an anchor is given.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from synth_assets.errors import IntegrityError
from synth_assets.ledger import schema
from synth_assets.ledger.accounts import account_json, read_accounts, read_tree
from synth_assets.ledger.anchor import Anchor, Head
from synth_assets.ledger.chain import as_entry, check_format
from synth_assets.ledger.engine import connect
from synth_assets.ledger.keys import PublicKey, head_message
from synth_assets.ledger.lines import SealedLine, entry_from_json, sealed_from_json
from synth_assets.ledger.replay import AccountState, Replay, ReservationState, replay
from synth_assets.ledger.sources import check_place, read_sources, source_json
from synth_assets.ledger.sql import SqlLedger
from synth_assets.ledger.trust import signed_by
from synth_assets.ledger.types import OFFICERS_KINDS, Entry

__all__ = ["Verdict", "verify_ledger", "verify_lines"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found.

    Attributes:
        ledger_id: the book's name.
        entries: how many entries were read.
        hash: hash of the newest one.
        faults: everything that is wrong; empty means that nothing was found.
        notes: what could not be checked, and why.
        signed: the last entry that is covered by a signature of a given key; 0 when none is.
        anchored: the last entry that is covered by an anchored head; 0 when none is.
        known: the last entry that the anchor knows of the ledger, which may have gone on since; 0 when none.
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
        anchor: where its heads were kept.
        keys: who may sign entries; officers' keys count too.
        officers: who must have signed accounts, caps and sources.
    """
    with connect(ledger.engine, write=False) as connection:
        head = check_format(connection.execute(select(schema.head)).one_or_none())
    signatures = _Signatures(head.ledger_id, keys={key.key_id: key for key in (*keys, *officers)}, officers=officers)
    book = replay(signatures.watch(ledger.entries()), ledger_id=head.ledger_id)
    with connect(ledger.engine, write=False) as connection:
        # What was written meanwhile belongs to the same snapshot as the tables.
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

    The ledger may have gone on since: heads that were anchored later are not a fault here.
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
    """Return releases that were settled behind the last signature or the last anchored head."""
    settled = sorted(held.settled_at for held in book.reservations.values() if held.release_digest is not None)
    signed, anchored = signatures.covered(), heads.covered()
    unsigned = [seq for seq in settled if seq > signed] if signatures.asked else []
    unanchored = [seq for seq in settled if seq > anchored] if heads.asked else []
    return [
        *(f"entry {seq} settles a release and is covered by no signature of a given key" for seq in unsigned),
        *(f"entry {seq} settles a release and is covered by no anchored head" for seq in unanchored),
    ]


class _Heads:
    """What was kept elsewhere of a book."""

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
        """Return heads behind the newest entry: of a live ledger they say that it was cut off or put back."""
        return [
            f"entry {head.seq} was anchored and is missing: truncated, or an old backup"
            for head in self._heads
            if head.seq > self._book.seq
        ]

    def faults(self) -> list[str]:
        inside = [head for head in self._heads if head.seq <= self._book.seq]
        faults = [
            f"entry {head.seq} was anchored with another hash: written anew" for head in inside if not self._fits(head)
        ]
        return [*faults, *(["the anchor holds no head of this ledger"] if self.asked and not self._heads else [])]

    def notes(self) -> list[str]:
        return [] if self.asked else ["no anchor was given: an old backup put back is not detected"]

    def _fits(self, head: Head) -> bool:
        return head.seq < len(self._book.hashes) and self._book.hashes[head.seq] == head.hash


class _Signatures:
    """Signatures on the way through a book: the newest covers all before it, officers' are all checked."""

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
        """Note the newest line that one of the given keys signed; what other keys signed covers nothing here."""
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
        wrong = [] if self._is_good() else [f"the signature of entry {self._newest[0]} is wrong"]
        return [*self._faults, *wrong]

    def notes(self, newest: int) -> list[str]:
        if not self.asked:
            return ["no key was given: a book that was written anew as a whole is not detected"]
        behind = newest - self.covered()
        return [f"the newest {behind} entries are not signed by a given key"] if behind else []

    def _is_good(self) -> bool:
        if self._newest is None:
            return False
        seq, hash_, key_id, signature = self._newest
        message = head_message(ledger_id=self._ledger_id, seq=seq, hash_=hash_)
        return self._keys[key_id].verifies(message, signature=signature)

    def _by_officer(self, entry: Entry) -> bool:
        return signed_by(entry, ledger_id=self._ledger_id, keys=self._officers)


def _differences(connection: Connection, book: Replay) -> list[str]:
    """Compare the head and every table with what follows from the book."""
    head = connection.execute(select(schema.head)).one()
    behind = (head.seq, head.hash) != (book.seq, book.hash)
    return [
        *([f"the head says entry {head.seq}, the newest entry is {book.seq}"] if behind else []),
        *_compare("account", _told_accounts(book), _stored_accounts(connection)),
        *_compare("source", book.sources, _stored_sources(connection)),
        *_compare("reservation", _told_reservations(book), _stored_reservations(connection)),
        *_compare("draws of reservation", _told_draws(book), _stored_draws(connection)),
        *_moved_places(connection),
    ]


def _compare(what: str, told: Mapping[str, Any], stored: Mapping[str, Any]) -> list[str]:
    return [
        f"the table says otherwise than the book about {what} {name[:12]!r}"
        for name in sorted(told.keys() | stored.keys())
        if told.get(name) != stored.get(name)
    ]


def _told_accounts(book: Replay) -> dict[str, Any]:
    def told(account: AccountState) -> list[Any]:
        loss = [account.spent, account.reserved]
        return [dict(account.facts), account.tag, dict(account.cap), *loss, account.closed]

    return {name: told(account) for name, account in book.accounts.items()}


def _stored_accounts(connection: Connection) -> dict[str, Any]:
    tree, _ = read_tree(connection)
    rows = {row.name: row for row in connection.execute(select(schema.accounts))}

    def cap(row: Row[Any]) -> dict[str, Any]:
        words: dict[str, Any] = json.loads(row.cap)
        return {**words, "nano_rho": row.cap_nano_rho, "atto_delta": row.cap_atto_delta}

    return {
        name: [
            account_json(account),
            rows[name].tag,
            cap(rows[name]),
            tree.nodes[name].spent,
            tree.nodes[name].reserved,
            rows[name].closed,
        ]
        for name, account in read_accounts(connection).items()
    }


def _stored_sources(connection: Connection) -> dict[str, Any]:
    rows = connection.execute(select(schema.sources.c.name, schema.sources.c.place_digest))
    digests = {row.name: row.place_digest for row in rows}
    return {source.name: source_json(source, place_digest=digests[source.name]) for source in read_sources(connection)}


def _told_reservations(book: Replay) -> dict[str, Any]:
    def told(held: ReservationState) -> list[Any]:
        loss = held.loss
        facts = [held.account, dict(held.request), held.attempt, held.state, held.fence, held.release_digest]
        return [*facts, loss.nano_rho, loss.atto_delta]

    return {name: told(held) for name, held in book.reservations.items()}


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
            row.nano_rho,
            row.atto_delta,
        ]
        for row in rows
    }


def _told_draws(book: Replay) -> dict[str, Any]:
    return {name: held.draws for name, held in book.reservations.items() if held.draws}


def _stored_draws(connection: Connection) -> dict[str, Any]:
    found: dict[str, dict[int, tuple[str, str | None]]] = {}
    for row in connection.execute(select(schema.draws)):
        found.setdefault(row.reservation_id, {})[row.number] = (row.intent_digest, row.answer_digest)
    return found


def _moved_places(connection: Connection) -> list[str]:
    """Return sources whose location is not the one that was registered, where this login may look."""
    faults = []
    for source in read_sources(connection):
        try:
            check_place(connection, source.name)
        except IntegrityError as error:
            faults.append(error.message)
    return faults
