"""Define the operations that the rest of the package may use on a ledger."""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from synth_assets.ledger.readings import CuratorPermit, CuratorRequest
from synth_assets.ledger.types import (
    Account,
    Balance,
    DataPermit,
    Draw,
    Entry,
    Recovery,
    Reservation,
    ReservationRequest,
    Source,
    Split,
)
from synth_assets.privacy import Cap

__all__ = ["Ledger"]


class Ledger(Protocol):
    """A durable privacy budget. Every method is one transaction, or none.

    Laws, each with a test:

    1. ``reserve`` never lets spent + reserved of an account or a parent exceed its cap.
    2. ``reserve`` twice with the same request charges once and returns the same id.
    3. ``begin`` returns only after the charge is durable; the charge is never undone.
    4. One permit opens one source once; a newer opening voids every older permit.
    5. No draw number is announced twice, and no draw is announced while another has no answer.
    6. ``recover`` and ``begin`` never touch what a live process holds.
    7. Entries are only ever added, each hashed with the one before.
    8. A split never changes; a charge goes to one part only if the request names that split.
    9. ``open_to_curator`` returns only after the reading is recorded durably, and for marked accounts alone.

    All methods raise :class:`~synth_assets.errors.LedgerUnavailable` when the
    database cannot be read or written and :class:`~synth_assets.errors.LedgerBusy`
    when its lock is not released in time.
    """

    def open_account(self, account: Account, cap: Cap, *, by: str) -> None:
        """Open an account (officer). Raises UsageError when the name is taken or a parent does not fit."""
        ...

    def set_cap(self, account: str, cap: Cap, *, by: str, reason: str = "") -> None:
        """Replace a cap (officer). An account whose cap is below what is spent and reserved is frozen."""
        ...

    def close_account(self, name: str, *, by: str, reason: str = "") -> None:
        """Close an account for good (officer); what was charged stays visible."""
        ...

    def split_account(self, account: str, *, share: float, by: str) -> Split:
        """Split the units of an account into measured and held-out ones, for good (officer). Idempotent.

        Args:
            account: its unit must be a column.
            share: expected share of units that are held out.
            by: who does it.

        Raises:
            UsageError: each row is a unit, the share is out of range, or the account is split with another one.
        """
        ...

    def split(self, account: str) -> Split | None:
        """Return how an account is split; ``None`` if it is not."""
        ...

    def mark_curated(self, account: str, *, by: str, reason: str) -> None:
        """Allow curators to read exact figures of an account, for good (officer). Idempotent.

        Raises UsageError when the account is unknown or closed.
        """
        ...

    def curated(self, account: str) -> bool:
        """Return whether curators may read exact figures of an account: it is marked, and not closed."""
        ...

    def open_to_curator(self, request: CuratorRequest) -> CuratorPermit:
        """Record that a curator reads exact figures, durably and in the anchor, and hand out where the source is.

        Nothing is charged; later versions of the account say that it happened. On PostgreSQL it takes an officer's
        login, because no other one may read places without paying.

        Raises:
            UsageError: the account is not marked or is closed, the version is not the source's current one, or the
                account has no such part.
            Refused: this login may not.
            IntegrityError: the ledger lacks an anchored entry, or differs from what an officer signed.
        """
        ...

    def account(self, name: str) -> Account:
        """Return one account. Raises UsageError with the known names."""
        ...

    def accounts(self) -> tuple[Account, ...]:
        """Return all accounts by name."""
        ...

    def add_source(self, source: Source, *, by: str) -> None:
        """Register a source (officer). Repeating it unchanged has no effect.

        Raises UsageError when its account is unknown, its unit differs from the account's, or its name is
        used by a source that differs in any field.
        """
        ...

    def move_source(self, source: Source, *, by: str, reason: str) -> None:
        """Record a new location of a known source (officer): kind, location, options, attestation.

        Unit, account and version stay, so releases of the current version stay paid. Raises UsageError when the
        source is unknown, or the new table lacks one of its columns or has it with another type.
        """
        ...

    def source(self, name: str) -> Source:
        """Return one source. Raises UsageError with the known names."""
        ...

    def sources(self) -> tuple[Source, ...]:
        """Return all sources by name."""
        ...

    def set_version(self, name: str, version: str, *, by: str, reason: str = "") -> None:
        """Set the version label of the source's current content (custodian)."""
        ...

    def reserve(self, request: ReservationRequest) -> Reservation:
        """Hold the loss of a request against the account of its source and all parents.

        The newest reservation of the same fingerprint, source, version and refresh key is returned in
        its current state; a new attempt is reserved only if that one is dead or was cancelled.

        Raises:
            UsageError: unknown source, another unit, or a version that is not the source's current one.
            BudgetRefused: the cap does not cover it, or the account is frozen or closed.
            IntegrityError: the ledger lacks an anchored entry, or differs from what an officer signed.
        """
        ...

    def begin(self, reservation_id: str) -> DataPermit:
        """Open a reservation: its charge is final, whatever happens afterwards.

        An OPENED reservation whose process is dead is taken over with a higher fence, so that the measurement
        can continue from its journal. The process that opened it may call this again until it redeems a permit.

        Raises:
            LedgerBusy: a live process holds it.
            UsageError: it is settled or cancelled, or unknown.
            BudgetRefused: the cap was lowered meanwhile, or the account closed.
            IntegrityError: as for :meth:`reserve`.
        """
        ...

    def redeem(self, permit: DataPermit) -> Source:
        """Exchange a permit, once, for where the source is. The caller becomes its holder.

        Raises:
            UsageError: the permit was used before or is void.
            IntegrityError: the location is not the one that the officer registered. The permit stays unused and the
                charge stays; after the officer corrects the location, ``begin`` works again at no further charge.
        """
        ...

    def renew(self, permit: DataPermit) -> None:
        """Extend the lease of a long measurement; announcing a draw extends it too."""
        ...

    def record_intent(self, permit: DataPermit, number: int, digest: str) -> None:
        """Announce draw ``number`` durably and in the anchor, before it is made.

        Raises:
            UsageError: it was announced before, another one has no answer, or the permit is void.
            LedgerUnavailable: also if only the anchor failed; the draw is then announced but must not be made.
        """
        ...

    def record_answer(self, permit: DataPermit, number: int, digest: str) -> None:
        """Record that the answer of draw ``number`` is in the journal. Idempotent.

        Raises:
            UsageError: it was not announced, has another answer, or the permit is void.
        """
        ...

    def draws(self, reservation_id: str) -> tuple[Draw, ...]:
        """Return the draws of a reservation by number."""
        ...

    def settle(self, reservation_id: str, *, release_digest: str | None) -> None:
        """End an OPENED reservation with its release, or without one (``None``: dead). Idempotent.

        Raises:
            LedgerBusy: another live process holds it.
            UsageError: it was never opened, ended otherwise, or an announced draw has no answer.
            LedgerUnavailable: also if only the anchor failed; it is then settled, but ``ensure_anchored`` refuses.
        """
        ...

    def ensure_anchored(self, reservation_id: str) -> None:
        """Make sure that the anchor covers the entry that settled a reservation; writes the head there if needed.

        Call it before a release is handed out. Without an anchor it does nothing.

        Raises:
            UsageError: it is not settled, or unknown.
            LedgerUnavailable: the anchor cannot be used. The reservation stays settled; try again later.
            IntegrityError: the ledger lacks an anchored entry.
        """
        ...

    def cancel(self, reservation_id: str) -> None:
        """Cancel a reservation that was never opened. Raises UsageError if it was opened."""
        ...

    def recover(self, *, journaled: Callable[[str, int], bool] | None = None) -> Recovery:
        """Clean up after dead processes; never touches what a live process holds.

        RESERVED of a dead process is released once its lease is over. OPENED of a dead process stays
        for its retry, except when a draw was announced and ``journaled(reservation_id, number)`` says
        that its answer was never written: that one is settled without a release and stays charged. Only code
        that can read the journal (the private zone) knows this; without ``journaled`` the retry decides.
        """
        ...

    def balance(self, account: str, *, part: str | None = None) -> Balance:
        """Return what an account has spent and what remains, its children and parents taken into account.

        What remains is what a request for all units may still cost, or one for ``part`` of a split account.
        """
        ...

    def reservation(self, reservation_id: str) -> Reservation:
        """Return one reservation. Raises UsageError when it is unknown."""
        ...

    def reservations(self, account: str | None = None) -> tuple[Reservation, ...]:
        """Return reservations, oldest first, of one account or all."""
        ...

    def entries(self, account: str | None = None) -> Iterator[Entry]:
        """Yield the ledger log, oldest first, of one account or all."""
        ...

    @property
    def anchored(self) -> bool:
        """Whether heads are anchored elsewhere, so that a restored old copy is detected."""
        ...

    def export_entries(self, account: str | None = None) -> Iterator[dict[str, Any]]:
        """Yield the ledger log as JSON values for a bundle; entries of other accounts show only their digests."""
        ...
