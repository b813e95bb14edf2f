"""Hold the state of accounts and reservations while the ledger log is replayed.

Every value comes from the log, which may be an untrusted bundle's: numbers are
checked to be integers before they are added.

Example:
    >>> loss_from_json({"nano_rho": 5, "atto_delta": 0})
    PrivacyLoss(nano_rho=5, atto_delta=0)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from synth_assets.ledger.totals import ZERO, Charges, Node, largest
from synth_assets.ledger.types import Split, State
from synth_assets.ledger.windows import canonical
from synth_assets.privacy import Cap, PrivacyLoss

__all__ = [
    "CAP_FIGURES",
    "AccountState",
    "ReservationState",
    "cap_of",
    "check_cap",
    "loss_from_json",
    "node_of",
    "split_of",
]

CAP_FIGURES = ("epsilon", "delta", "threshold_delta")
"""What an officer says of a cap; the log stores it beside the loss that is enforced."""


@dataclass(slots=True, kw_only=True)
class AccountState:
    """An account as it follows from the ledger log.

    Attributes:
        facts: what was declared, with the current window.
        cap: the officer's figures and the integers that are enforced.
        spent: charged permanently to all units, corrections included.
        reserved: held for reservations that were not opened, for all units.
        split: how its units are split, if they are.
        parts: charges to the parts of its split alone.
        closed: nothing more may be charged.
        curated: an officer lets curators read exact figures.
        curator_reads: what curators read, oldest first: the facts of each entry, and who and when.
        tag: the tag that its lines carry; ``None`` before a ledger of format 1 is migrated.
        old_lines: numbers of its lines of format 1.
        migrated: whether the ledger itself states which lines of format 1 are its own.
        corrections: charges that were added because an older version charged too little.
    """

    facts: dict[str, Any]
    cap: Mapping[str, Any]
    spent: PrivacyLoss = ZERO
    reserved: PrivacyLoss = ZERO
    split: Split | None = None
    parts: dict[str, Charges] = field(default_factory=dict)
    closed: bool = False
    curated: bool = False
    curator_reads: list[Mapping[str, Any]] = field(default_factory=list)
    tag: str | None = None
    old_lines: list[int] = field(default_factory=list)
    migrated: bool = False
    corrections: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def paid(self) -> PrivacyLoss:
        """What it has spent: the charges to all units, and the larger part."""
        return self.spent + largest(charges.spent for charges in self.parts.values())

    @property
    def total(self) -> PrivacyLoss:
        """What is spent and reserved."""
        return self.spent + self.reserved + largest(charges.total for charges in self.parts.values())

    def charge(self, part: str | None, *, spent: PrivacyLoss = ZERO, reserved: PrivacyLoss = ZERO) -> None:
        """Add to what is spent and reserved for a part, or for all units. Raises KeyError without such a part."""
        if part is None:
            self.spent, self.reserved = self.spent + spent, self.reserved + reserved
        else:
            before = self.parts[part]
            self.parts[part] = Charges(spent=before.spent + spent, reserved=before.reserved + reserved)

    def give_back(self, part: str | None, loss: PrivacyLoss) -> None:
        """Take from what is reserved for a part, or for all units. Raises KeyError without such a part."""
        if part is None:
            self.reserved = _less(self.reserved, loss)
        else:
            before = self.parts[part]
            self.parts[part] = Charges(spent=before.spent, reserved=_less(before.reserved, loss))


@dataclass(slots=True, kw_only=True)
class ReservationState:
    """A reservation as it follows from the ledger log.

    Attributes:
        account: the account that was charged.
        request: what was asked.
        attempt: 1, or more when earlier attempts died or were cancelled.
        state: its state.
        fence: how often it was opened.
        release_digest: the release, once settled.
        part: the part of the account that was charged; ``None`` if all its units were.
        draws: digests of intent and answer by number.
        corrected: what was charged later because an older version had charged too little.
        settled_at: number of the line that settled it; 0 before.
    """

    account: str | None
    request: Mapping[str, Any]
    attempt: int
    state: State = State.RESERVED
    fence: int = 0
    release_digest: str | None = None
    part: str | None = None
    draws: dict[int, tuple[str, str | None]] = field(default_factory=dict)
    corrected: PrivacyLoss = ZERO
    settled_at: int = 0

    @property
    def loss(self) -> PrivacyLoss:
        """The loss that was requested; ``corrected`` is additional."""
        return loss_from_json(self.request["loss"])


def loss_from_json(value: Mapping[str, Any]) -> PrivacyLoss:
    """Read a loss from a line. Raises TypeError when its parts are not integers."""
    parts = {word: value[word] for word in ("nano_rho", "atto_delta")}
    if any(type(part) is not int for part in parts.values()):
        raise TypeError
    return PrivacyLoss(**parts)


def check_cap(value: Mapping[str, Any]) -> None:
    """Check a cap in a line: the officer's figures, which statements repeat, and the loss that is enforced.

    Raises:
        TypeError: a part has another type.
        UsageError, OverflowError: a figure is out of range.
    """
    loss_from_json(value)
    figures = {word: value[word] for word in CAP_FIGURES}
    if any(type(figure) not in (int, float) for figure in figures.values()):
        raise TypeError
    Cap(**{word: float(figure) for word, figure in figures.items()})


def cap_of(account: AccountState) -> PrivacyLoss:
    """Return the cap of an account as a loss. Raises like :func:`loss_from_json`."""
    return loss_from_json(account.cap)


def _less(total: PrivacyLoss, loss: PrivacyLoss) -> PrivacyLoss:
    return PrivacyLoss(nano_rho=total.nano_rho - loss.nano_rho, atto_delta=total.atto_delta - loss.atto_delta)


def split_of(value: Mapping[str, Any]) -> Split:
    """Read a split from a line. Raises TypeError when its parts have other types."""
    share_ppm, key_digest = value["share_ppm"], value["key_digest"]
    if type(share_ppm) is not int or type(key_digest) is not str:
        raise TypeError
    return Split(share_ppm=share_ppm, key_digest=key_digest)


def _part(facts: Mapping[str, Any]) -> str | None:
    window = facts["window"]
    part: str | None = facts["partition"] or (window and canonical(window))
    return part


def node_of(name: str, account: AccountState) -> Node:
    """Return an account as a node of the tree that adds up charges."""
    return Node(
        name=name,
        cap=cap_of(account),
        spent=account.spent,
        reserved=account.reserved,
        parts=dict(account.parts),
        parent=account.facts["parent"],
        partitioned=account.facts["partitioned_by"] is not None,
        part=_part(account.facts),
        closed=account.closed,
    )
