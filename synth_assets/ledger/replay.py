"""Replay the ledger log from its first line and compute the states that follow from it.

Pure: entries in, states and faults out. The same code checks a live database
and, offline, the lines in a bundle, where entries of other accounts show only
their digests: those are followed in the chain and not replayed. Lines of a
bundle are untrusted: a field of a wrong type is a fault.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from synth_assets.errors import UsageError
from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.ledger.chain import hash_of, link
from synth_assets.ledger.lines import SealedLine
from synth_assets.ledger.readings import check_reading
from synth_assets.ledger.states import (
    AccountState,
    ReservationState,
    cap_of,
    check_cap,
    loss_from_json,
    node_of,
    split_of,
)
from synth_assets.ledger.totals import Charges, Tree
from synth_assets.ledger.types import OFFICERS_KINDS, Entry, State
from synth_assets.ledger.windows import check_inside, parse_window
from synth_assets.privacy import PARTS

__all__ = ["Replay", "check_entry", "lines_digest", "replay"]

_KINDS = OFFICERS_KINDS.union(
    {
        *("RESERVED", "OPENED", "RESUMED", "REDEEMED", "INTENT", "ANSWER", "SETTLED", "CANCELLED"),
        *("MIGRATED", "CORRECTED"),
    }
)
_OF_ACCOUNTS = frozenset({"CORRECTED"})
"""Kinds that name a reservation and are charged to all units."""
_BROKEN = (KeyError, TypeError, AttributeError, ValueError, OverflowError, UsageError)
"""Exceptions that the facts of an untrusted line may raise."""


class Replay:
    """The ledger log so far: the states that follow from it, and every fault."""

    def __init__(self, *, ledger_id: str) -> None:
        self.ledger_id = ledger_id
        self.seq = 0
        self.hash = ledger_id
        self.time = ""
        self.faults: list[str] = []
        self.accounts: dict[str, AccountState] = {}
        self.sources: dict[str, dict[str, Any]] = {}
        self.reservations: dict[str, ReservationState] = {}
        self.hashes: list[str] = [ledger_id]
        self.format = 1
        self.sealed_tags: dict[str, int] = {}
        self.sealed_untagged = 0

    @property
    def sealed(self) -> bool:
        """Whether only the digests of some lines are known."""
        return bool(self.sealed_tags or self.sealed_untagged)

    def follow(self, entry: Entry) -> None:
        """Process the next entry: check its link in the chain, then apply its facts."""
        self.faults += check_entry(entry, seq=self.seq + 1, previous=self.hash)
        if entry.time < self.time:
            self.fault(entry, "is dated before the one before")
        self._advance(entry.seq, entry.hash, format_=entry.format)
        self.time = max(self.time, entry.time)
        if entry.kind not in _KINDS:
            self.fault(entry, f"says {entry.kind!r}, which means nothing")
            return
        try:
            getattr(self, f"_{entry.kind.lower()}")(entry)
            self._check_tag(entry)
            self._check_part(entry)
        except _BROKEN:
            self.fault(entry, "lacks facts that it must have")

    def follow_sealed(self, line: SealedLine) -> None:
        """Process the next entry if only its digests are known."""
        if line.tag is None:
            self.sealed_untagged += 1
        else:
            self.sealed_tags.setdefault(line.tag, line.seq)
        expected = link(seq=line.seq, previous=self.hash, body_digest=line.body_digest, tag=line.tag)
        if line.seq != self.seq + 1 or line.previous != self.hash or line.hash != expected:
            self.faults.append(f"entry {line.seq} does not follow entry {self.seq}")
        self._advance(line.seq, line.hash, format_=line.format)

    def fault(self, entry: Entry, what: str) -> None:
        """Record a fault of one entry."""
        self.faults.append(f"entry {entry.seq} {what}")

    def _advance(self, seq: int, hash_: str, *, format_: int) -> None:
        if format_ < self.format:
            self.faults.append(f"entry {seq} is of format {format_}, after one of format {self.format}")
        self.seq, self.hash, self.format = seq, hash_, max(format_, self.format)
        self.hashes.append(hash_)

    def _check_tag(self, entry: Entry) -> None:
        """Check that an entry carries its account's tag, and record entries that were written before tags existed."""
        account = self.accounts.get(str(entry.account))
        if account is None:
            return
        if entry.format == 1:
            account.old_lines.append(entry.seq)
        elif entry.tag != account.tag:
            self.fault(entry, f"does not carry the tag of account {entry.account!r}")

    def _check_part(self, entry: Entry) -> None:
        """Check that an entry names the part that its reservation is charged to, and no other entry names any."""
        held = None if entry.kind in _OF_ACCOUNTS else self.reservations.get(str(entry.reservation_id))
        if entry.part != (held.part if held else None):
            self.fault(
                entry, f"names {entry.part!r} as a part of its account, and its reservation is not charged to that"
            )

    def _account_opened(self, entry: Entry) -> None:
        if entry.account in self.accounts or entry.account != entry.payload["name"]:
            self.fault(entry, "opens an account again, or under another name")
            return
        facts = {key: value for key, value in entry.payload.items() if key not in ("cap", "tag")}
        tag = None if entry.format == 1 else str(entry.payload["tag"])
        if tag is not None and any(known.tag == tag for known in self.accounts.values()):
            self.fault(entry, "opens an account with the tag of another one")
        check_cap(entry.payload["cap"])
        self.accounts[str(entry.account)] = AccountState(facts=facts, cap=entry.payload["cap"], tag=tag)
        if tag is not None:
            self._check_window(entry, facts)

    def _check_window(self, entry: Entry, facts: Mapping[str, Any]) -> None:
        """Check that the account's window is inside the window of its parent, if that has one."""
        outer = self.accounts.get(str(facts["parent"]))
        if outer is None or outer.facts["window"] is None:
            return
        try:
            check_inside(parse_window(str(facts["window"])), parse_window(outer.facts["window"]))
        except UsageError:
            self.fault(entry, f"opens an account whose window is not inside that of {facts['parent']!r}")

    def _migrated(self, entry: Entry) -> None:
        account = self._account(entry)
        if account is None:
            return
        if account.tag is not None or entry.payload["name"] != entry.account:
            self.fault(entry, "migrates an account again")
            return
        account.tag, account.migrated = str(entry.payload["tag"]), True
        account.facts["window"] = entry.payload["window"]
        lines, digest = entry.payload["lines"], entry.payload["lines_digest"]
        if (lines, digest) != (len(account.old_lines), lines_digest(account.old_lines)):
            self.fault(entry, f"says that {lines} older lines are of account {entry.account!r}: others are here")

    def _corrected(self, entry: Entry) -> None:
        account = self._account(entry)
        if account is None:
            return
        more = loss_from_json(entry.payload)
        account.spent = account.spent + more
        account.corrections.append({**entry.payload, "reservation": entry.reservation_id})
        held = self.reservations.get(str(entry.reservation_id))
        if held is not None and held.account == entry.account:
            held.corrected = held.corrected + more

    def _cap_set(self, entry: Entry) -> None:
        if account := self._account(entry):
            check_cap(entry.payload["cap"])
            account.cap = entry.payload["cap"]

    def _account_closed(self, entry: Entry) -> None:
        if account := self._account(entry):
            account.closed = True

    def _split_set(self, entry: Entry) -> None:
        account = self._account(entry)
        if account is None:
            return
        if account.split is not None:
            self.fault(entry, "splits an account again")
            return
        account.split = split_of(entry.payload)
        account.parts = {part: Charges() for part in PARTS}

    def _curated(self, entry: Entry) -> None:
        if account := self._account(entry):
            account.curated = True

    def _curator_read(self, entry: Entry) -> None:
        account = self._account(entry)
        if account is None:
            return
        if not account.curated or account.closed:
            self.fault(entry, f"reads exact figures of account {entry.account!r}, which is not open to curators")
        check_reading(entry.payload)
        account.curator_reads.append({**entry.payload, "by": entry.by, "time": entry.time, "entry": entry.seq})

    def _source_added(self, entry: Entry) -> None:
        self.sources[entry.payload["name"]] = dict(entry.payload)

    def _source_moved(self, entry: Entry) -> None:
        if entry.payload["source"] in self.sources:
            moved = {word: entry.payload[word] for word in ("kind", "attested_by", "place_digest")}
            self.sources[entry.payload["source"]].update(moved)
        else:
            self.fault(entry, "is about a source that was never added")

    def _version_set(self, entry: Entry) -> None:
        if entry.payload["source"] in self.sources:
            self.sources[entry.payload["source"]]["version"] = entry.payload["version"]
        else:
            self.fault(entry, "is about a source that was never added")

    def _reserved(self, entry: Entry) -> None:
        account = self._account(entry)
        if entry.reservation_id in self.reservations:
            self.fault(entry, "reserves what was reserved before")
            return
        held = ReservationState(
            account=entry.account, request=entry.payload["request"], attempt=entry.payload["attempt"]
        )
        held.part = None if account is None else _charged_part(held.request, account)
        self.reservations[str(entry.reservation_id)] = held
        if account:
            account.charge(held.part, reserved=held.loss)
            self._check_cap(entry)

    def _opened(self, entry: Entry) -> None:
        held = self._held(entry, State.RESERVED)
        if held and self._account(entry):
            held.state, held.fence = State.OPENED, held.fence + 1
            self.accounts[str(entry.account)].give_back(held.part, held.loss)
            self.accounts[str(entry.account)].charge(held.part, spent=held.loss)
            self._check_fence(entry, held)

    def _resumed(self, entry: Entry) -> None:
        if held := self._held(entry, State.OPENED):
            held.fence += 1
            self._check_fence(entry, held)

    def _redeemed(self, entry: Entry) -> None:
        if held := self._held(entry, State.OPENED):
            self._check_fence(entry, held)

    def _intent(self, entry: Entry) -> None:
        held, number = self._held(entry, State.OPENED), entry.payload["number"]
        if held and (number in held.draws or any(answer is None for _, answer in held.draws.values())):
            self.fault(entry, "announces a draw twice or while another has no answer")
        elif held:
            held.draws[number] = (entry.payload["digest"], None)

    def _answer(self, entry: Entry) -> None:
        held, number = self._held(entry, State.OPENED), entry.payload["number"]
        if held and held.draws.get(number, ("", ""))[1] is not None:
            self.fault(entry, "answers a draw that is not waiting for an answer")
        elif held:
            held.draws[number] = (held.draws[number][0], entry.payload["digest"])

    def _settled(self, entry: Entry) -> None:
        if held := self._held(entry, State.OPENED):
            held.state, held.release_digest = State.SETTLED, entry.payload["release_digest"]
            held.settled_at = entry.seq
            if held.release_digest is not None and any(answer is None for _, answer in held.draws.values()):
                self.fault(entry, "releases over a draw without an answer")

    def _cancelled(self, entry: Entry) -> None:
        held = self._held(entry, State.RESERVED)
        if held and self._account(entry):
            held.state = State.CANCELLED
            self.accounts[str(entry.account)].give_back(held.part, held.loss)

    def _account(self, entry: Entry) -> AccountState | None:
        if entry.account not in self.accounts:
            self.fault(entry, f"is about account {entry.account!r}, which was never opened")
        return self.accounts.get(str(entry.account))

    def _held(self, entry: Entry, state: State) -> ReservationState | None:
        held = self.reservations.get(str(entry.reservation_id))
        if held is None or held.state is not state or held.account != entry.account:
            self.fault(entry, f"says {entry.kind} of a reservation that is {held.state if held else 'unknown'}")
            return None
        return held

    def _check_fence(self, entry: Entry, held: ReservationState) -> None:
        if entry.payload["fence"] != held.fence:
            self.fault(entry, f"has fence {entry.payload['fence']} and not {held.fence}")

    def _check_cap(self, entry: Entry) -> None:
        """Check the caps of the account and those above it; charges of sealed accounts cannot be added up."""
        name: str | None = str(entry.account)
        tree = self.tree() if self.accounts[str(entry.account)].facts["parent"] and not self.sealed else None
        while name is not None and name in self.accounts:
            account = self.accounts[name]
            total = tree.total(name) if tree else account.total
            if account.closed or not total.fits(cap_of(account)):
                self.fault(entry, f"reserves more than account {name!r} had")
            name = account.facts["parent"] if tree else None

    def tree(self) -> Tree:
        """Return the accounts with their own charges."""
        return Tree(node_of(name, account) for name, account in self.accounts.items())


def replay(entries: Iterable[Entry], *, ledger_id: str) -> Replay:
    """Replay a whole ledger log."""
    book = Replay(ledger_id=ledger_id)
    for entry in entries:
        book.follow(entry)
    return book


def _charged_part(request: Mapping[str, Any], account: AccountState) -> str | None:
    """Return the part that a request is charged to, see ``splits.charged_part``. Raises KeyError for another part."""
    if account.split is None or request.get("split") != account.split.digest:
        return None
    part: str | None = request["part"]
    if part not in account.parts:
        raise KeyError(part)
    return part


def check_entry(entry: Entry, *, seq: int, previous: str) -> list[str]:
    """Return what is wrong with an entry that must be number ``seq`` after hash ``previous``."""
    digest, hash_ = hash_of(entry)
    faults = []
    if entry.seq != seq:
        faults.append(f"entry {seq} is missing: after it comes entry {entry.seq}")
    if digest != entry.body_digest:
        faults.append(f"entry {entry.seq} was edited")
    if entry.previous != previous or entry.hash != hash_:
        faults.append(f"entry {entry.seq} does not follow entry {seq - 1}")
    return faults


def lines_digest(numbers: Iterable[int]) -> str:
    """Return the digest that identifies a migrated account's lines of format 1."""
    return sha256_bytes(canonical_json(list(numbers)))
