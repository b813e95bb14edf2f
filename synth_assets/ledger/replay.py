"""Read the book from its first line and work out what must be true now.

Pure: entries in, states and faults out. The same code checks a live database
and, offline, the lines in a bundle, where entries of other accounts are sealed
to their digests: those are followed in the chain and not replayed. Lines of a
bundle are hostile: a field of another type than it must have is a fault.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from synth_assets.errors import UsageError
from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.ledger.chain import hash_of, link
from synth_assets.ledger.lines import SealedLine
from synth_assets.ledger.totals import ZERO, Node, Tree
from synth_assets.ledger.types import OFFICERS_KINDS, Entry, State
from synth_assets.ledger.windows import canonical, check_inside, parse_window
from synth_assets.privacy import PrivacyLoss

__all__ = ["AccountState", "Replay", "ReservationState", "check_entry", "lines_digest", "loss_from_json", "replay"]

_KINDS = OFFICERS_KINDS.union(
    {
        *("RESERVED", "OPENED", "RESUMED", "REDEEMED", "INTENT", "ANSWER", "SETTLED", "CANCELLED"),
        *("MIGRATED", "CORRECTED"),
    }
)
_BROKEN = (KeyError, TypeError, AttributeError, ValueError, OverflowError, UsageError)
"""What facts of a hostile line may raise."""


@dataclass(slots=True, kw_only=True)
class AccountState:
    """An account as the book tells it.

    Attributes:
        facts: what was declared; the window as it counts today.
        cap: the officer's words and the integers that bind.
        spent: charged for good, corrections included.
        reserved: held.
        closed: nothing more may be charged.
        tag: what marks its lines; ``None`` before a ledger of format 1 is migrated.
        old_lines: numbers of its lines of format 1.
        migrated: whether the ledger itself says which lines of format 1 are its own.
        corrections: charges that an older version made too small, as they were added.
    """

    facts: dict[str, Any]
    cap: Mapping[str, Any]
    spent: PrivacyLoss = ZERO
    reserved: PrivacyLoss = ZERO
    closed: bool = False
    tag: str | None = None
    old_lines: list[int] = field(default_factory=list)
    migrated: bool = False
    corrections: list[Mapping[str, Any]] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class ReservationState:
    """A reservation as the book tells it.

    Attributes:
        account: the account that was charged.
        request: what was asked.
        attempt: 1, or more when earlier attempts died or were cancelled.
        state: where it stands.
        fence: how often it was opened.
        release_digest: the release, once settled.
        draws: digests of intent and answer by number.
        corrected: what was charged later, because an older version had charged too little.
        settled_at: number of the line that settled it; 0 before.
    """

    account: str | None
    request: Mapping[str, Any]
    attempt: int
    state: State = State.RESERVED
    fence: int = 0
    release_digest: str | None = None
    draws: dict[int, tuple[str, str | None]] = field(default_factory=dict)
    corrected: PrivacyLoss = ZERO
    settled_at: int = 0

    @property
    def loss(self) -> PrivacyLoss:
        """What it was asked to cost; what was corrected comes on top."""
        return loss_from_json(self.request["loss"])


class Replay:
    """The book so far: what follows from it, and every fault found on the way."""

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
        """Whether some lines are known by digests only."""
        return bool(self.sealed_tags or self.sealed_untagged)

    def follow(self, entry: Entry) -> None:
        """Take the next entry: its place in the chain, then what it says."""
        self.faults += check_entry(entry, seq=self.seq + 1, previous=self.hash)
        if entry.time < self.time:
            self.fault(entry, "is dated before the one before")
        if entry.part is not None:
            self.fault(entry, "is about a part of an account, which this version does not know")
        self._advance(entry.seq, entry.hash, format_=entry.format)
        self.time = max(self.time, entry.time)
        if entry.kind not in _KINDS:
            self.fault(entry, f"says {entry.kind!r}, which means nothing")
            return
        try:
            getattr(self, f"_{entry.kind.lower()}")(entry)
            self._check_tag(entry)
        except _BROKEN:
            self.fault(entry, "lacks facts that it must have")

    def follow_sealed(self, line: SealedLine) -> None:
        """Take the next entry when only its digests are told."""
        if line.tag is None:
            self.sealed_untagged += 1
        else:
            self.sealed_tags.setdefault(line.tag, line.seq)
        expected = link(seq=line.seq, previous=self.hash, body_digest=line.body_digest, tag=line.tag)
        if line.seq != self.seq + 1 or line.previous != self.hash or line.hash != expected:
            self.faults.append(f"entry {line.seq} does not follow entry {self.seq}")
        self._advance(line.seq, line.hash, format_=line.format)

    def fault(self, entry: Entry, what: str) -> None:
        """Note a fault of one entry."""
        self.faults.append(f"entry {entry.seq} {what}")

    def _advance(self, seq: int, hash_: str, *, format_: int) -> None:
        if format_ < self.format:
            self.faults.append(f"entry {seq} is of format {format_}, after one of format {self.format}")
        self.seq, self.hash, self.format = seq, hash_, max(format_, self.format)
        self.hashes.append(hash_)

    def _check_tag(self, entry: Entry) -> None:
        """Check that an entry carries its account's tag, and note those that were written before there were tags."""
        account = self.accounts.get(str(entry.account))
        if account is None:
            return
        if entry.format == 1:
            account.old_lines.append(entry.seq)
        elif entry.tag != account.tag:
            self.fault(entry, f"does not carry the tag of account {entry.account!r}")

    def _account_opened(self, entry: Entry) -> None:
        if entry.account in self.accounts or entry.account != entry.payload["name"]:
            self.fault(entry, "opens an account again, or under another name")
            return
        facts = {key: value for key, value in entry.payload.items() if key not in ("cap", "tag")}
        tag = None if entry.format == 1 else str(entry.payload["tag"])
        if tag is not None and any(other.tag == tag for other in self.accounts.values()):
            self.fault(entry, "opens an account with the tag of another one")
        account = AccountState(facts=facts, cap=entry.payload["cap"], tag=tag)
        _cap(account)
        self.accounts[str(entry.account)] = account
        if tag is not None:
            self._check_window(entry, facts)

    def _check_window(self, entry: Entry, facts: Mapping[str, Any]) -> None:
        """Check that no row is read below a window account that is outside its window."""
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
            loss_from_json(entry.payload["cap"])
            account.cap = entry.payload["cap"]

    def _account_closed(self, entry: Entry) -> None:
        if account := self._account(entry):
            account.closed = True

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
        self.reservations[str(entry.reservation_id)] = held
        if account:
            account.reserved = account.reserved + held.loss
            self._check_cap(entry)

    def _opened(self, entry: Entry) -> None:
        held = self._held(entry, State.RESERVED)
        if held and self._account(entry):
            held.state, held.fence = State.OPENED, held.fence + 1
            self._move(entry, held.loss, spend=True)
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
            self._move(entry, held.loss, spend=False)

    def _move(self, entry: Entry, loss: PrivacyLoss, *, spend: bool) -> None:
        account = self.accounts[str(entry.account)]
        account.reserved = PrivacyLoss(
            nano_rho=account.reserved.nano_rho - loss.nano_rho,
            atto_delta=account.reserved.atto_delta - loss.atto_delta,
        )
        account.spent = account.spent + (loss if spend else ZERO)

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
        """Check the caps of the account and those above it; accounts that are sealed cannot be summed."""
        name: str | None = str(entry.account)
        tree = self.tree() if self.accounts[str(entry.account)].facts["parent"] and not self.sealed else None
        while name is not None and name in self.accounts:
            account = self.accounts[name]
            total = tree.total(name) if tree else account.spent + account.reserved
            if account.closed or not total.fits(_cap(account)):
                self.fault(entry, f"reserves more than account {name!r} had")
            name = account.facts["parent"] if tree else None

    def tree(self) -> Tree:
        """Return the accounts with their own charges."""
        return Tree(_node(name, account) for name, account in self.accounts.items())


def replay(entries: Iterable[Entry], *, ledger_id: str) -> Replay:
    """Follow a whole book."""
    book = Replay(ledger_id=ledger_id)
    for entry in entries:
        book.follow(entry)
    return book


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
    """Return the digest by which a migrated account names its lines of format 1."""
    return sha256_bytes(canonical_json(list(numbers)))


def loss_from_json(value: Mapping[str, Any]) -> PrivacyLoss:
    """Read a loss from a line. Raises TypeError when its parts are not integers."""
    parts = {word: value[word] for word in ("nano_rho", "atto_delta")}
    if any(type(part) is not int for part in parts.values()):
        raise TypeError
    return PrivacyLoss(**parts)


def _cap(account: AccountState) -> PrivacyLoss:
    return loss_from_json(account.cap)


def _part(facts: Mapping[str, Any]) -> str | None:
    window = facts["window"]
    part: str | None = facts["partition"] or (window and canonical(window))
    return part


def _node(name: str, account: AccountState) -> Node:
    return Node(
        name=name,
        cap=_cap(account),
        spent=account.spent,
        reserved=account.reserved,
        parent=account.facts["parent"],
        partitioned=account.facts["partitioned_by"] is not None,
        part=_part(account.facts),
        closed=account.closed,
    )
