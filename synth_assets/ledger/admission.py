"""Decide whether a reservation may be made or opened.

It needs the source's unit and version, room under the caps and within the contract's own limit, and
everything as officers declared it.
"""

from sqlalchemy import Connection, select

from synth_assets.errors import UsageError
from synth_assets.ledger import schema
from synth_assets.ledger.accounts import balance_in, read_tree
from synth_assets.ledger.chain import check_whole
from synth_assets.ledger.keys import PublicKey
from synth_assets.ledger.messages import CapExceeded, used_up
from synth_assets.ledger.readings import CuratorRequest
from synth_assets.ledger.rows import as_reservation
from synth_assets.ledger.sources import check_place
from synth_assets.ledger.totals import Tree
from synth_assets.ledger.trust import check_declared
from synth_assets.ledger.types import Reservation, ReservationRequest, Source, State
from synth_assets.privacy import Cap, PrivacyLoss, compose

__all__ = [
    "check_as_declared",
    "check_cap",
    "check_open",
    "check_reserved",
    "check_unit",
    "check_version",
    "check_within",
]


def check_unit(request: ReservationRequest, source: Source) -> None:
    """Refuse a request for another unit than the source's."""
    if request.unit != source.unit:
        raise UsageError(
            f"the contract's unit is {request.unit.describe()}, source {source.name!r} has {source.unit.describe()}",
            hint="copy the unit from synth-assets source list",
        )


def check_version(request: ReservationRequest | CuratorRequest, source: Source) -> None:
    """Refuse a request for content that cannot be read any more."""
    if request.version != source.version:
        raise UsageError(
            f"source {source.name!r} is at version {source.version!r}, the request is for {request.version!r}",
            hint="the content of an older version cannot be read any more; request the current one",
        )


def check_cap(
    connection: Connection, source: Source, loss: PrivacyLoss, *, part: str | None, officers: tuple[PublicKey, ...]
) -> None:
    """Refuse a loss that does not fit the account and those above it, or an account that is frozen or closed."""
    tree, caps = check_as_declared(connection, source=source.name, account=source.account, officers=officers)
    balance = balance_in(tree, caps, source.account, part=part)
    if balance.frozen or balance.closed or not loss.fits(balance.remaining):
        raise CapExceeded(asked=loss, balance=balance)


def check_within(connection: Connection, request: ReservationRequest) -> None:
    """Refuse a request whose own limit is used up by others that share it."""
    if request.within is None:
        return
    rows = connection.execute(select(schema.reservations).where(schema.reservations.c.source == request.source)).all()
    shared = ("version", "refresh", "part")
    held = [
        known.loss
        for known in map(as_reservation, rows)
        if known.state is not State.CANCELLED
        and all(getattr(known.request, word) == getattr(request, word) for word in shared)
    ]
    if not compose([*held, request.loss]).fits(request.within):
        raise used_up(len(held))


def check_open(connection: Connection, reservation: Reservation, *, officers: tuple[PublicKey, ...]) -> None:
    """Check again: the cap may have been lowered, or the account closed, since this was reserved."""
    tree, caps = check_reserved(connection, reservation, officers=officers)
    if tree.frozen(reservation.account) or tree.closed(reservation.account):
        balance = balance_in(tree, caps, reservation.account, part=reservation.part)
        raise CapExceeded(asked=reservation.loss, balance=balance)


def check_reserved(
    connection: Connection, reservation: Reservation, *, officers: tuple[PublicKey, ...]
) -> tuple[Tree, dict[str, Cap]]:
    """Check the source and the account of a reservation, see :func:`check_as_declared`."""
    source = reservation.request.source
    return check_as_declared(connection, source=source, account=reservation.account, officers=officers)


def check_as_declared(
    connection: Connection, *, source: str, account: str, officers: tuple[PublicKey, ...]
) -> tuple[Tree, dict[str, Cap]]:
    """Check that the ledger log, the source and its location, accounts, caps and windows are as declared.

    Returns:
        All accounts with their charges, and the caps; see :func:`read_tree`.

    Raises:
        IntegrityError: one of them was changed by other means than the officer's command.
    """
    check_whole(connection)
    tree, caps = read_tree(connection)
    names = [node.name for node in tree.path(account)]
    check_declared(connection, source=source, accounts=names, officers=officers)
    check_place(connection, source)
    return tree, caps
