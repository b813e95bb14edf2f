"""Tell whether a ledger is what it was: the chain, the tables, the signatures, the anchors.

Found are: an edited, deleted or inserted entry, a truncated book, a book that
was written anew from some point (its hashes fit, its anchors and signatures do
not), an old backup put back, and tables that say something else than the book.
What cannot be known without an anchor or a key is said, not passed over.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from synth_assets.ledger import schema
from synth_assets.ledger.anchor import Anchor
from synth_assets.ledger.chain import as_entry
from synth_assets.ledger.engine import connect
from synth_assets.ledger.keys import PublicKey, head_message
from synth_assets.ledger.registry import account_json, read_accounts, read_tree
from synth_assets.ledger.replay import AccountState, Replay, ReservationState, entry_from_json, replay
from synth_assets.ledger.sources import may_read_places, place_digest, read_sources, source_json
from synth_assets.ledger.sql import SqlLedger
from synth_assets.ledger.trust import signed_by
from synth_assets.ledger.types import Entry

__all__ = ["Verdict", "verify_ledger", "verify_lines"]

_OFFICERS_KINDS = frozenset(
    {"ACCOUNT_OPENED", "CAP_SET", "ACCOUNT_CLOSED", "SOURCE_ADDED", "SOURCE_MOVED", "VERSION_SET"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found.

    Attributes:
        ledger_id: the book's name.
        entries: how many entries were read.
        hash: hash of the newest one.
        faults: everything that is wrong; empty means that nothing was found.
        notes: what could not be checked, and why.
    """

    ledger_id: str
    entries: int
    hash: str
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

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
        head = connection.execute(select(schema.head)).one()
    signatures = _Signatures(head.ledger_id, keys={key.key_id: key for key in (*keys, *officers)}, officers=officers)
    book = replay(signatures.watch(ledger.entries()), ledger_id=head.ledger_id)
    with connect(ledger.engine, write=False) as connection:
        # What was written meanwhile belongs to the same snapshot as the tables.
        rows = connection.execute(select(schema.entries).where(schema.entries.c.seq > book.seq).order_by("seq"))
        for entry in signatures.watch(map(as_entry, rows)):
            book.follow(entry)
        differences = _differences(connection, book)
    faults = [*book.faults, *differences, *signatures.faults(), *anchored_faults(book, anchor)]
    notes = [*signatures.notes(), *([] if anchor else ["no anchor was given: an old backup put back is not detected"])]
    return Verdict(ledger_id=book.ledger_id, entries=book.seq, hash=book.hash, faults=tuple(faults), notes=tuple(notes))


def verify_lines(
    lines: Iterable[Mapping[str, Any]],
    *,
    ledger_id: str,
    anchor: Anchor | None = None,
    keys: Iterable[PublicKey] = (),
) -> tuple[Verdict, Replay]:
    """Check the lines of ``Ledger.export_entries`` offline; also return what follows from them."""
    book = Replay(ledger_id=ledger_id)
    signatures = _Signatures(ledger_id, keys={key.key_id: key for key in keys}, officers=())
    for line in lines:
        try:
            if line.get("sealed"):
                book.follow_sealed(line)
                signatures.see(seq=line["seq"], hash_=line["hash"], key_id=line["key_id"], signature=line["signature"])
            else:
                for entry in signatures.watch([entry_from_json(line)]):
                    book.follow(entry)
        except (KeyError, TypeError, AttributeError):
            book.faults.append(f"the line after entry {book.seq} is no entry")
            break
    faults = [*book.faults, *signatures.faults(), *anchored_faults(book, anchor)]
    notes = [*signatures.notes(), *([] if anchor else ["no anchor was given: an old backup put back is not detected"])]
    verdict = Verdict(ledger_id=ledger_id, entries=book.seq, hash=book.hash, faults=tuple(faults), notes=tuple(notes))
    return verdict, book


def anchored_faults(book: Replay, anchor: Anchor | None) -> list[str]:
    """Return anchored heads that the book lacks or contradicts; an anchor that knows no head of it proves nothing.

    Raises:
        LedgerUnavailable: the anchor is not there or cannot be reached.
    """
    if anchor is None:
        return []
    heads = list(anchor.heads(book.ledger_id))
    faults = [] if heads else [f"the anchor {anchor.where} holds no head of this ledger"]
    for head in heads:
        if head.seq > book.seq:
            faults.append(f"entry {head.seq} was anchored and is missing: truncated, or an old backup")
        elif book.hashes[head.seq] != head.hash:
            faults.append(f"entry {head.seq} was anchored with another hash: written anew")
    return faults


class _Signatures:
    """Signatures on the way through a book: the newest covers all before it, officers' are all checked."""

    def __init__(self, ledger_id: str, *, keys: dict[str, PublicKey], officers: Iterable[PublicKey]) -> None:
        self._ledger_id = ledger_id
        self._keys = keys
        self._officers = {key.key_id: key for key in officers}
        self._newest: tuple[int, str, str, str] | None = None
        self._unsigned = 0
        self._found: list[str] = []

    def watch(self, entries: Iterable[Entry]) -> Iterable[Entry]:
        for entry in entries:
            self.see(seq=entry.seq, hash_=entry.hash, key_id=entry.key_id, signature=entry.signature)
            if self._officers and entry.kind in _OFFICERS_KINDS and not self._by_officer(entry):
                self._found.append(f"entry {entry.seq} ({entry.kind}) was not signed by an officer")
            yield entry

    def see(self, *, seq: int, hash_: str, key_id: str | None, signature: str | None) -> None:
        if key_id is not None and signature is not None:
            self._newest, self._unsigned = (seq, hash_, key_id, signature), 0
        else:
            self._unsigned += 1

    def faults(self) -> list[str]:
        if not self._keys:
            return self._found
        if self._newest is None:
            return [*self._found, "no entry is signed"]
        seq, hash_, key_id, signature = self._newest
        key, message = self._keys.get(key_id), head_message(ledger_id=self._ledger_id, seq=seq, hash_=hash_)
        if key is None:
            return [*self._found, f"entry {seq} is signed by key {key_id}, which was not given"]
        if not key.verifies(message, signature=signature):
            return [*self._found, f"the signature of entry {seq} is wrong"]
        return self._found

    def notes(self) -> list[str]:
        if not self._keys:
            return ["no key was given: a book that was written anew as a whole is not detected"]
        return [f"the newest {self._unsigned} entries are not signed"] if self._newest and self._unsigned else []

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
        return [dict(account.facts), dict(account.cap), account.spent, account.reserved, account.closed]

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
    if not may_read_places(connection):
        return []
    query = select(schema.places, schema.sources.c.place_digest).join(
        schema.sources, schema.sources.c.name == schema.places.c.source
    )
    return [
        f"source {row.source!r} is not where it was registered"
        for row in connection.execute(query)
        if place_digest(row.location, json.loads(row.options), salt=row.salt) != row.place_digest
    ]
