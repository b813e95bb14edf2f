"""What the rest of the package may ask of a ledger."""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

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
)
from synth_assets.privacy import Cap

__all__ = ["Ledger"]


class Ledger(Protocol):
    """A durable privacy budget. Every method is one transaction, or none.

    Laws, each with a test:

    1. ``reserve`` never lets spent + reserved of an account or a parent exceed its cap.
    2. ``reserve`` twice with the same request charges once and returns the same id.
    3. ``begin`` returns only after the charge is durable; it is never given back.
    4. One permit opens one source once; a newer opening voids every older permit.
    5. No draw number is announced twice, and none while another has no answer.
    6. ``recover`` and ``begin`` never touch what a live process holds.
    7. Entries are only ever added, each bound to the one before.

    All methods raise :class:`~synth_assets.errors.LedgerUnavailable` when the
    database cannot be read or written and :class:`~synth_assets.errors.LedgerBusy`
    when its lock is not free in time.
    """

    def open_account(self, account: Account, cap: Cap, *, by: str) -> None:
        """Open an account (officer). Raises UsageError when the name is taken or a parent does not fit."""
        ...

    def set_cap(self, account: str, cap: Cap, *, by: str, reason: str = "") -> None:
        """Replace a cap (officer). Below what is spent and reserved the account is frozen."""
        ...

    def close_account(self, name: str, *, by: str, reason: str = "") -> None:
        """Close an account for good (officer); what was charged stays visible."""
        ...

    def account(self, name: str) -> Account:
        """Return one account. Raises UsageError with the known names."""
        ...

    def accounts(self) -> tuple[Account, ...]:
        """Return all accounts by name."""
        ...

    def add_source(self, source: Source, *, by: str) -> None:
        """Register a source (officer). The very same one again changes nothing.

        Raises UsageError when its account is unknown, its unit differs from the account's, or its name is
        that of a source of which anything is otherwise.
        """
        ...

    def move_source(self, source: Source, *, by: str, reason: str) -> None:
        """Say that a known source is at another place from now on (officer): kind, location, options, attestation.

        Unit, account and version stay, so a label that was paid for stays paid. Raises UsageError when the
        source is unknown or the new place lacks one of its columns or has it under another type.
        """
        ...

    def source(self, name: str) -> Source:
        """Return one source. Raises UsageError with the known names."""
        ...

    def sources(self) -> tuple[Source, ...]:
        """Return all sources by name."""
        ...

    def set_version(self, name: str, version: str, *, by: str, reason: str = "") -> None:
        """Say that the source's content is now ``version`` (custodian)."""
        ...

    def reserve(self, request: ReservationRequest) -> Reservation:
        """Hold the loss of a request against the account of its source and all parents.

        The newest reservation of the same fingerprint, source, version and refresh key is returned in
        whatever state it is; only when that one is dead or was cancelled is a next attempt made.

        Raises:
            UsageError: unknown source, another unit, or a version that is not the source's current one.
            BudgetRefused: the cap does not cover it, or the account is frozen or closed.
            IntegrityError: the ledger lacks what was anchored, or says otherwise than what an officer signed.
        """
        ...

    def begin(self, reservation_id: str) -> DataPermit:
        """Open a reservation: from here on it is paid, whatever happens.

        On an OPENED reservation whose process is dead it is handed over with a higher fence, so that the
        measurement can go on from its journal. The process that opened it may ask again until it redeemed.

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
            IntegrityError: the place is not the one that the officer registered. The permit is not used up and the
                charge stays: once the officer has put the place right, the reservation is begun again for nothing.
        """
        ...

    def renew(self, permit: DataPermit) -> None:
        """Prolong the lease of a long measurement; announcing a draw does so too."""
        ...

    def record_intent(self, permit: DataPermit, number: int, digest: str) -> None:
        """Announce draw ``number`` durably and in the anchor, before it is made.

        Raises:
            UsageError: it was announced before, another one has no answer, or the permit is void.
            LedgerUnavailable: also when only the anchor failed; then it is announced and must not be made.
        """
        ...

    def record_answer(self, permit: DataPermit, number: int, digest: str) -> None:
        """Note that the answer of draw ``number`` is in the journal; repeating it is harmless.

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
            LedgerUnavailable: also when only the anchor failed; then it is settled, and ``ensure_anchored`` refuses.
        """
        ...

    def ensure_anchored(self, reservation_id: str) -> None:
        """See to it that the anchor covers the entry that settled a reservation; writes there if it does not yet.

        Who lets a release leave asks for it first. Without an anchor there is nothing to do.

        Raises:
            UsageError: it is not settled, or unknown.
            LedgerUnavailable: the anchor cannot be used. What was settled stays; ask again when it can.
            IntegrityError: the ledger lacks what was anchored.
        """
        ...

    def cancel(self, reservation_id: str) -> None:
        """Give a reservation back that was never opened. Raises UsageError when it was."""
        ...

    def recover(self, *, journaled: Callable[[str, int], bool] | None = None) -> Recovery:
        """Tidy up after dead processes; never touches what a live one holds.

        RESERVED of a dead process is released once its lease is over. OPENED of a dead process stays
        for its retry, except when a draw was announced and ``journaled(reservation_id, number)`` says
        that its answer was never written: that one is settled in full and dead. Only who can read the
        journal (the private zone) can say so; without ``journaled`` these are left to the retry.
        """
        ...

    def balance(self, account: str) -> Balance:
        """Return what an account has spent and has left, its children and parents taken into account."""
        ...

    def reservation(self, reservation_id: str) -> Reservation:
        """Return one reservation. Raises UsageError when it is unknown."""
        ...

    def reservations(self, account: str | None = None) -> tuple[Reservation, ...]:
        """Return reservations, oldest first, of one account or all."""
        ...

    def entries(self, account: str | None = None) -> Iterator[Entry]:
        """Yield the book, oldest first; of one account, or everything."""
        ...

    @property
    def anchored(self) -> bool:
        """Whether heads of the book are kept elsewhere, so that an old copy that is put back is noticed."""
        ...

    def export_entries(self, account: str | None = None) -> Iterator[dict[str, Any]]:
        """Yield the book as JSON values for a bundle; entries of other accounts are sealed to their digests."""
        ...
