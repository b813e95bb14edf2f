"""Find a release that was already paid for and answers a request without a new charge.

A release of the source's current version label is preferred. If the contract
says that one release is enough for ever, the newest one of any other label is
used otherwise. So a source whose label is set back gets its older release again
at no charge.
"""

from synth_assets.ledger.protocol import Ledger
from synth_assets.ledger.types import Reservation, Source

__all__ = ["reusable"]


def reusable(ledger: Ledger, source: Source, *, fingerprint: str, any_version: bool) -> Reservation | None:
    """Return the reservation whose release answers a request, or ``None`` if a new release must be paid for.

    Args:
        ledger: where releases were paid for.
        source: as it is registered now, with its current version label.
        fingerprint: of the privacy-relevant part of the contract.
        any_version: whether a release of another label will do.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    settled = [
        reservation
        for reservation in ledger.reservations(source.account)
        if reservation.request.fingerprint == fingerprint and reservation.release_digest is not None
    ]
    current = [reservation for reservation in settled if reservation.request.version == source.version]
    chosen = current or (settled if any_version else [])
    return chosen[-1] if chosen else None
