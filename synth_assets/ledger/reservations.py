"""Change the state of reservations: RESERVED, OPENED, SETTLED, or CANCELLED before it was opened.

Each function runs inside one write transaction that locks the head of the ledger
log, and each change of state is a conditional update on the state and the fence
that were read: of two concurrent changes, the second one fails.
"""

import secrets
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from synth_assets.errors import IntegrityError, LedgerBusy, UsageError
from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.ledger import schema
from synth_assets.ledger.accounts import read_account, read_split
from synth_assets.ledger.admission import (
    check_cap,
    check_open,
    check_reserved,
    check_unit,
    check_version,
    check_within,
)
from synth_assets.ledger.chain import Book
from synth_assets.ledger.keys import PublicKey
from synth_assets.ledger.messages import check_text, not_open
from synth_assets.ledger.owner import Owner, current_owner, is_dead
from synth_assets.ledger.rows import as_reservation, find, request_json
from synth_assets.ledger.sources import check_window_column, place_for, read_source
from synth_assets.ledger.splits import charged_part, split_key_for
from synth_assets.ledger.types import (
    DataPermit,
    Recovery,
    Reservation,
    ReservationRequest,
    Source,
    State,
)

__all__ = [
    "begin",
    "cancel",
    "held_by",
    "recover",
    "redeem",
    "renew",
    "reserve",
    "settle",
]

_TABLE = schema.reservations
_COLUMNS = _TABLE.c


def reserve(
    book: Book, request: ReservationRequest, *, lease_ms: int, officers: tuple[PublicKey, ...] = ()
) -> Reservation:
    """Return a request's newest usable reservation, or reserve its loss; see :meth:`Ledger.reserve`."""
    check_text("by", request.by)
    check_text("reason", request.reason)
    if request.loss.nano_rho == 0:
        raise UsageError("a release cannot be paid with a loss of 0", hint="state what the release may spend")
    source = read_source(book.connection, request.source)
    check_unit(request, source)
    check_window_column(source, read_account(book.connection, source.account))
    base = _digest([request.fingerprint, request.source, request.version, request.refresh])
    newest = book.connection.execute(
        select(_TABLE).where(_COLUMNS.base == base).order_by(_COLUMNS.attempt.desc()).limit(1)
    ).one_or_none()
    if newest is not None:
        known = as_reservation(newest)
        if known.state is not State.CANCELLED and not known.dead:
            return _again(book, newest, request=request, lease_ms=lease_ms)
    check_version(request, source)
    part = charged_part(request, read_split(book.connection, source.account))
    check_cap(book.connection, source, request.loss, part=part, officers=officers)
    check_within(book.connection, request)
    attempt = newest.attempt + 1 if newest else 1
    return _hold(book, request, account=source.account, part=part, base=base, attempt=attempt, lease_ms=lease_ms)


def begin(book: Book, reservation_id: str, *, lease_ms: int, officers: tuple[PublicKey, ...] = ()) -> DataPermit:
    """Open a reservation or take over an orphaned one; see :meth:`Ledger.begin`."""
    row = find(book.connection, reservation_id)
    reservation = as_reservation(row)
    if reservation.state is State.RESERVED:
        check_open(book.connection, reservation, officers=officers)
        kind = "OPENED"
    elif reservation.state is State.OPENED:
        _check_orphaned(book, row)
        check_reserved(book.connection, reservation, officers=officers)
        kind = "RESUMED"
    else:
        raise not_open(reservation, verb="opened")
    nonce = secrets.token_hex(32)
    _move(
        book, row, lease_ms=lease_ms, state=State.OPENED, fence=row.fence + 1, nonce_digest=sha256_bytes(nonce.encode())
    )
    _note(book, reservation, kind, by=reservation.request.by, fence=row.fence + 1)
    account, part = reservation.account, reservation.part
    return DataPermit(
        reservation_id=reservation.id,
        fence=row.fence + 1,
        source=reservation.request.source,
        window=read_account(book.connection, account).window,
        loss=reservation.loss,
        nonce=nonce,
        part=part,
        split_key=None
        if part is None
        else split_key_for(book.connection, account, reservation_id=reservation.id, nonce=nonce),
    )


def redeem(book: Book, permit: DataPermit, *, lease_ms: int, officers: tuple[PublicKey, ...] = ()) -> Source:
    """Exchange a permit once for its source; see :meth:`Ledger.redeem`."""
    row = held_by(book, permit)
    if row.nonce_digest is None or row.nonce_digest != sha256_bytes(permit.nonce.encode()):
        raise UsageError(
            f"the permit of reservation {permit.reservation_id[:12]} was used before",
            hint="a permit opens its source once; begin again in a new process",
        )
    reservation = as_reservation(row)
    check_reserved(book.connection, reservation, officers=officers)
    if read_account(book.connection, reservation.account).window != permit.window:
        raise IntegrityError(
            f"the window of account {reservation.account!r} is not the one that was opened",
            hint="run synth-assets ledger verify, and tell the privacy officer",
        )
    source = place_for(book.connection, read_source(book.connection, row.source), permit)
    _move(book, row, lease_ms=lease_ms, nonce_digest=None)
    _note(book, reservation, "REDEEMED", by=reservation.request.by, fence=row.fence)
    return source


def renew(book: Book, permit: DataPermit, *, lease_ms: int) -> None:
    """Extend the lease; see :meth:`Ledger.renew`."""
    row = held_by(book, permit)
    book.connection.execute(update(_TABLE).where(_COLUMNS.id == row.id).values(lease_until=book.now + lease_ms))


def settle(book: Book, reservation_id: str, *, release_digest: str | None) -> None:
    """End an OPENED reservation; see :meth:`Ledger.settle`."""
    row = find(book.connection, reservation_id)
    reservation = as_reservation(row)
    if reservation.state is State.SETTLED and reservation.release_digest == release_digest:
        return
    if reservation.state is not State.OPENED:
        raise not_open(reservation, verb="settled otherwise")
    _check_mine_or_orphaned(book, row)
    unanswered = _unanswered(book.connection, reservation_id)
    if release_digest is not None and unanswered:
        raise UsageError(
            f"draw {unanswered[0]} of reservation {reservation_id[:12]} has no answer",
            hint="settle it without a release; the next attempt pays again",
        )
    _end(book, row, release_digest=release_digest, reason="released" if release_digest else "died")


def cancel(book: Book, reservation_id: str) -> None:
    """Cancel a reservation that was never opened; see :meth:`Ledger.cancel`."""
    row = find(book.connection, reservation_id)
    reservation = as_reservation(row)
    if reservation.state is State.CANCELLED:
        return
    if reservation.state is not State.RESERVED:
        raise not_open(reservation, verb="cancelled: it is paid for good")
    _cancel_row(book, row, reason="cancelled")


def recover(book: Book, *, journaled: Callable[[str, int], bool] | None) -> Recovery:
    """Clean up after dead processes; see :meth:`Ledger.recover`."""
    unfinished = book.connection.execute(
        select(_TABLE).where(_COLUMNS.state.in_([State.RESERVED, State.OPENED])).order_by(_COLUMNS.number)
    ).all()
    orphans = [row for row in unfinished if _orphaned(book, row)]
    released = [row for row in orphans if row.state == State.RESERVED and row.lease_until < book.now]
    for row in released:
        _cancel_row(book, row, reason="its process died before opening")
    lost = [row for row in orphans if row.state == State.OPENED and _lost(book.connection, row.id, journaled)]
    for row in lost:
        _end(book, row, release_digest=None, reason="a draw was announced and never journaled")
    return Recovery(released=tuple(row.id for row in released), settled=tuple(row.id for row in lost))


def held_by(book: Book, permit: DataPermit) -> Row[Any]:
    """Return the row that a permit holds. Raises UsageError when the permit is void."""
    row = find(book.connection, permit.reservation_id)
    if row.state != State.OPENED or row.fence != permit.fence:
        raise UsageError(
            f"the permit of reservation {permit.reservation_id[:12]} is void: it is {row.state} or was taken over",
            hint="begin again",
        )
    return row


def _hold(  # noqa: PLR0913 -- the fields of one row
    book: Book, request: ReservationRequest, *, account: str, part: str | None, base: str, attempt: int, lease_ms: int
) -> Reservation:
    """Insert a reservation; the database moves the account's total in the same statement."""
    reservation = Reservation(
        id=_digest([request.fingerprint, request.source, request.version, request.refresh, attempt]),
        request=request,
        account=account,
        attempt=attempt,
        state=State.RESERVED,
        fence=0,
        part=part,
    )
    values = {
        "id": reservation.id,
        "base": base,
        "attempt": attempt,
        "account": account,
        "source": request.source,
        "request": canonical_json(request_json(request)).decode(),
        "nano_rho": request.loss.nano_rho,
        "atto_delta": request.loss.atto_delta,
        "state": State.RESERVED,
        "fence": 0,
        "part": part,
    }
    book.connection.execute(insert(_TABLE).values(**values, **_lease(book, lease_ms=lease_ms)))
    _note(book, reservation, "RESERVED", by=request.by, request=request_json(request), attempt=attempt)
    return reservation


def _again(book: Book, row: Row[Any], *, request: ReservationRequest, lease_ms: int) -> Reservation:
    """Return an existing reservation; if its process is dead, the caller takes over its lease."""
    known = as_reservation(row)
    if known.loss != request.loss or known.request.unit != request.unit:
        raise UsageError(
            f"reservation {known.id[:12]} has the same fingerprint and another loss or unit",
            hint="the fingerprint must cover everything that privacy depends on",
        )
    if known.state is State.RESERVED and _orphaned(book, row):
        book.connection.execute(update(_TABLE).where(_COLUMNS.id == row.id).values(**_lease(book, lease_ms=lease_ms)))
    return known


def _move(book: Book, row: Row[Any], *, lease_ms: int, **values: Any) -> None:
    """Update a row if it is unchanged since it was read; this process becomes its holder."""
    moved = book.connection.execute(
        update(_TABLE)
        .where(_COLUMNS.id == row.id, _COLUMNS.state == row.state, _COLUMNS.fence == row.fence)
        .values(**values, **_lease(book, lease_ms=lease_ms))
    )
    _check_moved(moved.rowcount)


def _end(book: Book, row: Row[Any], *, release_digest: str | None, reason: str) -> None:
    moved = book.connection.execute(
        update(_TABLE)
        .where(_COLUMNS.id == row.id, _COLUMNS.state == State.OPENED, _COLUMNS.fence == row.fence)
        .values(state=State.SETTLED, release_digest=release_digest, nonce_digest=None)
    )
    _check_moved(moved.rowcount)
    payload = {"release_digest": release_digest, "reason": reason}
    _note(book, as_reservation(row), "SETTLED", by=as_reservation(row).request.by, **payload)


def _cancel_row(book: Book, row: Row[Any], *, reason: str) -> None:
    moved = book.connection.execute(
        update(_TABLE)
        .where(_COLUMNS.id == row.id, _COLUMNS.state == State.RESERVED, _COLUMNS.fence == row.fence)
        .values(state=State.CANCELLED)
    )
    _check_moved(moved.rowcount)
    _note(book, as_reservation(row), "CANCELLED", by=as_reservation(row).request.by, reason=reason)


def _note(book: Book, reservation: Reservation, kind: str, *, by: str, **payload: Any) -> None:
    book.add(
        kind,
        by=by,
        account=reservation.account,
        part=reservation.part,
        reservation_id=reservation.id,
        payload=payload,
    )


def _check_moved(rowcount: int) -> None:
    if rowcount != 1:
        raise LedgerBusy("another process changed this reservation at the same moment", hint="run again")


def _check_orphaned(book: Book, row: Row[Any]) -> None:
    never_redeemed = row.nonce_digest is not None and _owner(row) == current_owner()
    if not never_redeemed and not _orphaned(book, row):
        raise _busy(row)


def _check_mine_or_orphaned(book: Book, row: Row[Any]) -> None:
    if _owner(row) != current_owner() and not _orphaned(book, row):
        raise _busy(row)


def _busy(row: Row[Any]) -> LedgerBusy:
    return LedgerBusy(
        f"reservation {row.id[:12]} is held by process {row.pid}, which is alive or within its lease",
        hint="wait until it ends; its result is used then",
    )


def _orphaned(book: Book, row: Row[Any]) -> bool:
    return is_dead(_owner(row), lease_expired=row.lease_until < book.now)


def _owner(row: Row[Any]) -> Owner:
    return Owner(host=row.host, pid=row.pid, started=row.started)


def _lease(book: Book, *, lease_ms: int) -> dict[str, Any]:
    owner = current_owner()
    return {
        "host": owner.host,
        "pid": owner.pid,
        "started": owner.started,
        "lease_until": book.now + lease_ms,
    }


def _lost(connection: Connection, reservation_id: str, journaled: Callable[[str, int], bool] | None) -> bool:
    if journaled is None:
        return False
    return any(not journaled(reservation_id, number) for number in _unanswered(connection, reservation_id))


def _unanswered(connection: Connection, reservation_id: str) -> list[int]:
    draws = schema.draws.c
    return list(
        connection.execute(
            select(draws.number).where(draws.reservation_id == reservation_id, draws.answer_digest.is_(None))
        ).scalars()
    )


def _digest(parts: list[Any]) -> str:
    return sha256_bytes(canonical_json(parts))
