"""Define the records of the ledger: sources, accounts, reservations, permits, entries.

Everything here is a frozen record of public facts with two exceptions that are
kept out of ``repr``: where a source is (``Source.location`` and ``options``)
and the secret of a permit (``DataPermit.nonce``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from synth_assets.errors import UsageError
from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.ledger.totals import Charges
from synth_assets.privacy import PrivacyLoss, PrivacyUnit, epsilon_of

__all__ = [
    "OFFICERS_KINDS",
    "Account",
    "Balance",
    "DataPermit",
    "Draw",
    "Entry",
    "Recovery",
    "Reservation",
    "ReservationRequest",
    "Source",
    "Split",
    "SplitKey",
    "State",
]

OFFICERS_KINDS = frozenset(
    {
        *("ACCOUNT_OPENED", "CAP_SET", "ACCOUNT_CLOSED", "SPLIT_SET", "SOURCE_ADDED", "SOURCE_MOVED", "VERSION_SET"),
        *("CURATED", "CURATOR_READ"),
    }
)
"""Kinds of entries that only officers may write."""

_MILLION = 1_000_000


class State(StrEnum):
    """State of a reservation. It never moves back."""

    RESERVED = "RESERVED"
    """Held against the cap; no row can be read yet; may be cancelled."""
    OPENED = "OPENED"
    """Charged permanently; only the process that holds the permit may read rows."""
    SETTLED = "SETTLED"
    """Finished: with a release, or dead without one. The charge stays either way."""
    CANCELLED = "CANCELLED"
    """Cancelled before it was opened, without a charge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A private table that an officer registered and bound to an account.

    Attributes:
        name: the name that contracts use; lower case, digits, ``_`` and ``-``.
        kind: which reader opens it.
        location: path, glob or ``module:callable``; empty when this login may not see it.
        options: reader options as plain JSON values; empty when this login may not see them.
        columns: declared (column, type) pairs, in order. Never read from values.
        unit: the privacy unit; contracts must state the same one.
        account: the account that every reading of this source is charged to.
        version: the custodian's public label of the current content.
        attested_by: who attests that a callable or view maps rows independently.
    """

    name: str
    kind: str
    location: str = field(repr=False)
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    columns: tuple[tuple[str, str], ...]
    unit: PrivacyUnit
    account: str
    version: str
    attested_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A privacy budget: losses of the same privacy units that are added up.

    Attributes:
        name: lower case, digits, ``_``, ``-`` and ``.``.
        source: what the rows are, in words or as a source's name.
        population: who the people are, in words.
        unit: the privacy unit.
        window: ``column=start/end`` (ISO 8601, end excluded) when only rows of that window may be read. Below an
            account with a window it must lie inside that window, which is also its default.
        parent: an account over the same people that is charged too.
        partitioned_by: on a parent: the public function of the unit id (or ``window`` when the unit is
            user x window) that puts every unit in exactly one child; only then the parent is charged
            the largest child and not the sum.
        partition: on a child of such a parent: which part it is.
    """

    name: str
    source: str
    population: str
    unit: PrivacyUnit
    window: str | None = None
    parent: str | None = None
    partitioned_by: str | None = None
    partition: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """How the units of an account are divided into measured and held-out ones, for good.

    Attributes:
        share_ppm: expected share of units that are held out, in millionths.
        key_digest: SHA-256 of the secret key that decides about each unit.
    """

    share_ppm: int
    key_digest: str

    @property
    def share(self) -> float:
        """Expected share of units that are held out."""
        return self.share_ppm / _MILLION

    @property
    def digest(self) -> str:
        """Digest of share and key, by which a reservation names the split that it was planned under."""
        return sha256_bytes(canonical_json({"share_ppm": self.share_ppm, "key_digest": self.key_digest}))


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitKey:
    """What decides which part a unit is in; only the process that holds a permit gets it.

    Attributes:
        key: 32 secret bytes.
        share_ppm: see :class:`Split`.
    """

    key: bytes = field(repr=False)
    share_ppm: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservationRequest:
    """What one release will cost and why. The source determines the account.

    Attributes:
        source: a registered source.
        version: the version label of the source to be read.
        fingerprint: digest of the privacy-relevant part of the contract.
        refresh: refresh key; another key means another release and another charge.
        dataset: the contract's name.
        contract_digest: SHA-256 of the whole contract.
        unit: the unit that the contract declares.
        loss: what the release may cost at most.
        reason: the purpose, for the officer.
        by: who asks.
        run_id: the Dagster run, if any.
        split: digest of the split that it was planned under, if it reads one part only.
        part: the part that it reads. It is charged to that part if ``split`` is the account's, else to both.
        within: the most that all requests with this source, version, refresh key and part may cost together, if
            anything is said of it; a limit of the contract, beside the caps.
    """

    source: str
    version: str
    fingerprint: str
    refresh: str
    dataset: str
    contract_digest: str
    unit: PrivacyUnit
    loss: PrivacyLoss
    reason: str
    by: str
    run_id: str | None = None
    split: str | None = None
    part: str | None = None
    within: PrivacyLoss | None = None

    @property
    def asks_people(self) -> bool:
        """Whether it pays for questions about a candidate, which have a limit of their own, and not for a release."""
        return self.within is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """One request as the ledger stores it.

    Attributes:
        id: SHA-256 of fingerprint, source, version, refresh and attempt.
        request: what was asked, as it was first asked.
        account: the account that was charged.
        attempt: 1, or more when earlier attempts died or were cancelled.
        state: its state.
        fence: how often it was opened; a permit with a smaller number is void.
        release_digest: the release, once settled; ``None`` and SETTLED means dead.
        part: the part of the account that was charged; ``None`` if all of its units were.
    """

    id: str
    request: ReservationRequest
    account: str
    attempt: int
    state: State
    fence: int
    release_digest: str | None = None
    part: str | None = None

    @property
    def loss(self) -> PrivacyLoss:
        """What it costs."""
        return self.request.loss

    @property
    def dead(self) -> bool:
        """Tell whether it was paid for and ended without a release."""
        return self.state is State.SETTLED and self.release_digest is None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPermit:
    """The right to open one source once, given only for an OPENED reservation.

    Attributes:
        reservation_id: the reservation that was charged.
        fence: the opening this permit belongs to; a later opening voids it.
        source: the registered source's name.
        window: the account's window, if it has one: no other row may be yielded.
        part: the part that was charged, if not all units were: no row of another part may be yielded.
        split_key: what decides which part a unit is in; given with a part only.
        loss: the most that may be spent with it.
        nonce: the secret that is exchanged once, by ``Ledger.redeem``.
    """

    reservation_id: str
    fence: int
    source: str
    window: str | None
    loss: PrivacyLoss
    nonce: str = field(repr=False)
    part: str | None = None
    split_key: SplitKey | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One draw of noise: announced, then answered. Holds digests only."""

    number: int
    intent_digest: str
    answer_digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What an account may spend, has spent, and holds for open requests, its children included.

    Attributes:
        account: its name.
        cap: the most that may ever be spent.
        spent: charged permanently.
        reserved: held for reservations that were not opened yet.
        remaining: the most that a request may still ask for, parents taken into account.
        epsilon_cap: the officer's epsilon.
        delta: the officer's delta, at which every epsilon here is stated.
        frozen: spent and reserved are above the cap (it was lowered), so nothing can be opened.
        closed: the officer closed it.
        parent: the account that is charged too.
        threshold_delta: the part of the officer's delta that thresholds may use.
        parts: what is spent and reserved in each part of its split, if it has one; the larger one is in ``spent``.
        split: its split, if it has one.
    """

    account: str
    cap: PrivacyLoss
    spent: PrivacyLoss
    reserved: PrivacyLoss
    remaining: PrivacyLoss
    epsilon_cap: float
    delta: float
    frozen: bool
    closed: bool
    parent: str | None = None
    threshold_delta: float = 0.0
    parts: Mapping[str, Charges] = field(default_factory=dict)
    split: Split | None = None

    @property
    def epsilon_spent(self) -> float:
        """Epsilon of what was spent, at the account's delta (imports OpenDP)."""
        return self.epsilon_of(self.spent)

    @property
    def epsilon_left(self) -> float:
        """Epsilon of what remains, at the account's delta: epsilons do not add up to the cap (imports OpenDP)."""
        return self.epsilon_of(PrivacyLoss(nano_rho=self.remaining.nano_rho))

    def epsilon_of(self, loss: PrivacyLoss) -> float:
        """State a loss as epsilon at the account's delta; infinite when thresholds use the delta up."""
        try:
            return epsilon_of(loss, delta=self.delta)
        except UsageError:
            return float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the hash-chained ledger log; lines are only ever added.

    Attributes:
        seq: 1, 2, 3 ... without a gap.
        time: the database's clock, UTC, ISO 8601 with milliseconds; never falls. After an opening it is only the
            hour, or the time of the entry before, so that no entry reveals how long the private rows took.
        kind: what happened, for example ``OPENED``.
        account: the account concerned.
        part: the part of the account, for accounts that have parts.
        reservation_id: the reservation concerned.
        by: who did it, as stated.
        login: the login according to the database or the operating system.
        payload: the facts as plain JSON values.
        format: version of the meaning of an entry; those of 1 have no salt, tag or part.
        salt: 16 random bytes in hexadecimal, so that nobody can guess a body from its digest.
        tag: 16 random bytes in hexadecimal, the same for all entries of one account and for no other.
        body_digest: SHA-256 of the fields above, without format and tag, as canonical JSON.
        previous: hash of the entry before.
        hash: SHA-256 over format, ``seq``, ``previous``, ``tag`` and ``body_digest``.
        key_id: the key that signed ``hash``, if one did.
        signature: Ed25519 signature of ``hash`` in hexadecimal.
    """

    seq: int
    time: str
    kind: str
    account: str | None
    reservation_id: str | None
    by: str
    login: str
    payload: Mapping[str, Any]
    body_digest: str
    previous: str
    hash: str
    key_id: str | None = None
    signature: str | None = None
    format: int = 1
    part: str | None = None
    salt: str | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What :meth:`Ledger.recover` did.

    Attributes:
        released: cancelled reservations whose processes died before opening.
        settled: reservations whose announced draw was never journaled: charged in full, dead.
    """

    released: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
