"""Read the book from its first line and work out what must be true now.

Pure: entries in, states and faults out. The same code checks a live database
and, offline, the lines in a bundle, where entries of other accounts are sealed
to their digests: those are followed in the chain and not replayed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from synth_assets.errors import UsageError
from synth_assets.files import sha256_bytes
from synth_assets.ledger.chain import entry_body, link
from synth_assets.ledger.totals import ZERO, Node, Tree
from synth_assets.ledger.types import Entry, State
from synth_assets.privacy import PrivacyLoss

__all__ = ["AccountState", "Replay", "ReservationState", "check_entry", "entry_from_json", "replay"]

_KINDS = frozenset(
    {
        "ACCOUNT_OPENED",
        "CAP_SET",
        "ACCOUNT_CLOSED",
        "SOURCE_ADDED",
        "VERSION_SET",
        "RESERVED",
        "OPENED",
        "RESUMED",
        "REDEEMED",
        "INTENT",
        "ANSWER",
        "SETTLED",
        "CANCELLED",
    }
)


@dataclass(slots=True, kw_only=True)
class AccountState:
    """An account as the book tells it."""

    facts: Mapping[str, Any]
    cap: Mapping[str, Any]
    spent: PrivacyLoss = ZERO
    reserved: PrivacyLoss = ZERO
    closed: bool = False


@dataclass(slots=True, kw_only=True)
class ReservationState:
    """A reservation as the book tells it."""

    account: str | None
    request: Mapping[str, Any]
    attempt: int
    state: State = State.RESERVED
    fence: int = 0
    release_digest: str | None = None
    corrected: PrivacyLoss = ZERO
    """What ``CORRECTED`` entries added to its charge."""
    draws: dict[int, tuple[str, str | None]] = field(default_factory=dict)

    @property
    def loss(self) -> PrivacyLoss:
        """What it costs."""
        return PrivacyLoss(**self.request["loss"])


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
        self.sealed = False

    def follow(self, entry: Entry) -> None:
        """Take the next entry: its place in the chain, then what it says."""
        self.faults += check_entry(entry, seq=self.seq + 1, previous=self.hash)
        if entry.time < self.time:
            self.fault(entry, "is dated before the one before")
        self._advance(entry.seq, entry.hash)
        self.time = max(self.time, entry.time)
        if entry.kind not in _KINDS:
            self.fault(entry, f"says {entry.kind!r}, which means nothing")
            return
        try:
            getattr(self, f"_{entry.kind.lower()}")(entry)
        except (KeyError, TypeError, AttributeError, UsageError):
            self.fault(entry, "lacks facts that it must have")

    def follow_sealed(self, line: Mapping[str, Any]) -> None:
        """Take the next entry when only its digests are told."""
        self.sealed = True
        expected = link(seq=line["seq"], previous=self.hash, body_digest=line["body_digest"])
        if line["seq"] != self.seq + 1 or line["previous"] != self.hash or line["hash"] != expected:
            self.faults.append(f"entry {line['seq']} does not follow entry {self.seq}")
        self._advance(line["seq"], line["hash"])

    def fault(self, entry: Entry, what: str) -> None:
        """Note a fault of one entry."""
        self.faults.append(f"entry {entry.seq} {what}")

    def _advance(self, seq: int, hash_: str) -> None:
        self.seq, self.hash = seq, hash_
        self.hashes.append(hash_)

    def _account_opened(self, entry: Entry) -> None:
        facts = {key: value for key, value in entry.payload.items() if key != "cap"}
        self.accounts[str(entry.account)] = AccountState(facts=facts, cap=entry.payload["cap"])

    def _cap_set(self, entry: Entry) -> None:
        if account := self._account(entry):
            account.cap = entry.payload["cap"]

    def _account_closed(self, entry: Entry) -> None:
        if account := self._account(entry):
            account.closed = True

    def _source_added(self, entry: Entry) -> None:
        self.sources[entry.payload["name"]] = dict(entry.payload)

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
    body = entry_body(
        seq=entry.seq,
        time=entry.time,
        kind=entry.kind,
        account=entry.account,
        reservation_id=entry.reservation_id,
        by=entry.by,
        login=entry.login,
        payload=entry.payload,
    )
    digest = sha256_bytes(body)
    faults = []
    if entry.seq != seq:
        faults.append(f"entry {seq} is missing: after it comes entry {entry.seq}")
    if digest != entry.body_digest:
        faults.append(f"entry {entry.seq} was edited")
    if entry.previous != previous or entry.hash != link(seq=entry.seq, previous=entry.previous, body_digest=digest):
        faults.append(f"entry {entry.seq} does not follow entry {seq - 1}")
    return faults


def entry_from_json(line: Mapping[str, Any]) -> Entry:
    """Read an entry that was written with its payload as JSON values."""
    return Entry(**line)


def _cap(account: AccountState) -> PrivacyLoss:
    return PrivacyLoss(nano_rho=account.cap["nano_rho"], atto_delta=account.cap["atto_delta"])


def _node(name: str, account: AccountState) -> Node:
    return Node(
        name=name,
        cap=_cap(account),
        spent=account.spent,
        reserved=account.reserved,
        parent=account.facts["parent"],
        partitioned=account.facts["partitioned_by"] is not None,
        part=account.facts["partition"] or account.facts["window"],
        closed=account.closed,
    )
