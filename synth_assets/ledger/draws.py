"""Record each draw in the ledger: an announcement before it, the digest of its answer after it.

The ledger keeps digests only; the answers are in the private zone. A draw that was
announced and has no answer may have been made, so nothing is drawn under that
number again and nothing else is drawn until it has an answer.
"""

from sqlalchemy import Connection, insert, select, update

from synth_assets.errors import UsageError
from synth_assets.ledger import schema
from synth_assets.ledger.chain import Book
from synth_assets.ledger.reservations import held_by, renew
from synth_assets.ledger.rows import find, read_reservation
from synth_assets.ledger.types import DataPermit, Draw

__all__ = ["read_draws", "record_answer", "record_intent"]

_TABLE = schema.draws
_COLUMNS = _TABLE.c


def record_intent(book: Book, permit: DataPermit, number: int, *, digest: str, lease_ms: int) -> None:
    """Announce a draw; see :meth:`Ledger.record_intent`."""
    _check_redeemed(book, permit)
    for draw in read_draws(book.connection, permit.reservation_id):
        if draw.number == number or draw.answer_digest is None:
            raise UsageError(
                f"draw {draw.number} of reservation {permit.reservation_id[:12]} was announced before",
                hint="use its journaled answer, or settle without a release",
            )
    renew(book, permit, lease_ms=lease_ms)
    book.connection.execute(
        insert(_TABLE).values(reservation_id=permit.reservation_id, number=number, intent_digest=digest)
    )
    _note(book, permit, "INTENT", number=number, digest=digest)


def record_answer(book: Book, permit: DataPermit, number: int, *, digest: str, lease_ms: int) -> None:
    """Record the answer of a draw; see :meth:`Ledger.record_answer`."""
    renew(book, permit, lease_ms=lease_ms)
    known = {draw.number: draw.answer_digest for draw in read_draws(book.connection, permit.reservation_id)}
    if number in known and known[number] == digest:
        return
    answered = book.connection.execute(
        update(_TABLE)
        .where(
            _COLUMNS.reservation_id == permit.reservation_id,
            _COLUMNS.number == number,
            _COLUMNS.answer_digest.is_(None),
        )
        .values(answer_digest=digest)
    )
    if answered.rowcount != 1:
        raise UsageError(
            f"draw {number} of reservation {permit.reservation_id[:12]} was not announced, or has another answer",
            hint="announce a draw before it is made, and answer it once",
        )
    _note(book, permit, "ANSWER", number=number, digest=digest)


def read_draws(connection: Connection, reservation_id: str) -> tuple[Draw, ...]:
    """Return the draws of a reservation by number."""
    find(connection, reservation_id)
    rows = connection.execute(select(_TABLE).where(_COLUMNS.reservation_id == reservation_id).order_by(_COLUMNS.number))
    return tuple(
        Draw(number=row.number, intent_digest=row.intent_digest, answer_digest=row.answer_digest) for row in rows
    )


def _check_redeemed(book: Book, permit: DataPermit) -> None:
    if held_by(book, permit).nonce_digest is not None:
        raise UsageError(
            f"the permit of reservation {permit.reservation_id[:12]} was not redeemed", hint="redeem it before drawing"
        )


def _note(book: Book, permit: DataPermit, kind: str, *, number: int, digest: str) -> None:
    reservation = read_reservation(book.connection, permit.reservation_id)
    payload = {"number": number, "digest": digest, "fence": permit.fence}
    book.add(
        kind,
        by=reservation.request.by,
        account=reservation.account,
        part=reservation.part,
        reservation_id=reservation.id,
        payload=payload,
    )
