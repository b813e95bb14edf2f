"""Read reservations from their rows; nothing here writes."""

import json
from typing import Any

from sqlalchemy import Connection, Row, select

from synth_assets.errors import UsageError
from synth_assets.ledger import schema
from synth_assets.ledger.accounts import read_account
from synth_assets.ledger.types import Reservation, ReservationRequest, State
from synth_assets.privacy import PrivacyLoss, PrivacyUnit

__all__ = ["as_reservation", "find", "read_reservation", "read_reservations", "request_json", "settled_at"]

_TABLE = schema.reservations
_COLUMNS = _TABLE.c


def find(connection: Connection, reservation_id: str) -> Row[Any]:
    """Return the row of a reservation. Raises UsageError if it does not exist."""
    row = connection.execute(select(_TABLE).where(_COLUMNS.id == reservation_id)).one_or_none()
    if row is None:
        raise UsageError(f"there is no reservation {reservation_id[:12]!r}", hint="synth-assets budget history")
    return row


def read_reservation(connection: Connection, reservation_id: str) -> Reservation:
    """Return one reservation."""
    return as_reservation(find(connection, reservation_id))


def read_reservations(connection: Connection, account: str | None) -> tuple[Reservation, ...]:
    """Return reservations, oldest first."""
    query = select(_TABLE).order_by(_COLUMNS.number)
    if account is not None:
        read_account(connection, account)
        query = query.where(_COLUMNS.account == account)
    return tuple(as_reservation(row) for row in connection.execute(query))


def settled_at(connection: Connection, reservation_id: str) -> int:
    """Return the number of the entry that ended a reservation. Raises UsageError when it was not settled."""
    row = find(connection, reservation_id)
    entries = schema.entries.c
    query = select(entries.seq).where(
        entries.account == row.account, entries.kind == "SETTLED", entries.reservation_id == row.id
    )
    seq = connection.execute(query).scalar_one_or_none()
    if seq is None:
        raise UsageError(
            f"reservation {row.id[:12]} is {row.state} and not settled", hint="synth-assets budget history"
        )
    return int(seq)


def request_json(request: ReservationRequest) -> dict[str, Any]:
    """Return a request as plain JSON values."""
    words = ("source", "version", "fingerprint", "refresh", "dataset", "contract_digest", "reason", "by", "run_id")
    later: dict[str, Any] = {"split": request.split, "part": request.part, "within": _loss_json(request.within)}
    return {
        **{word: getattr(request, word) for word in words},
        **{word: value for word, value in later.items() if value is not None},
        "unit": request.unit.as_json(),
        "loss": _loss_json(request.loss),
    }


def as_reservation(row: Row[Any]) -> Reservation:
    """Read a reservation from its row."""
    return Reservation(
        id=row.id,
        request=_request(row.request),
        account=row.account,
        attempt=row.attempt,
        state=State(row.state),
        fence=row.fence,
        release_digest=row.release_digest,
        part=row.part,
    )


def _request(stored: str) -> ReservationRequest:
    value = json.loads(stored)
    losses = {word: PrivacyLoss(**value[word]) for word in ("loss", "within") if word in value}
    return ReservationRequest(**{**value, "unit": PrivacyUnit.from_json(value["unit"]), **losses})


def _loss_json(loss: PrivacyLoss | None) -> dict[str, int] | None:
    return None if loss is None else {"nano_rho": loss.nano_rho, "atto_delta": loss.atto_delta}
