"""What is paid for already, and in which layout of columns: that is used, and never paid again.

A newer version of this software may lay the columns of a contract out otherwise,
which is another release with another fingerprint. One that an older version paid
for, or began, is used, or finished, in the layout that it has.
"""

from synth_assets.contract import DatasetContract
from synth_assets.ledger import Ledger, Reservation, Source, State
from synth_assets.ledger.reuse import reusable
from synth_assets.strategy.plan import Plan
from synth_assets.strategy.release_plan import ReleasePlan

__all__ = ["is_under_way", "paid_before", "release_plan"]

_UNDER_WAY = (State.RESERVED, State.OPENED)


def paid_before(ledger: Ledger, source: Source, plan: Plan) -> Reservation | None:
    """Return the reservation whose release answers a plan, or ``None`` if a new one must be paid.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    once = plan.contract.refresh.release == "once"
    return reusable(ledger, source, fingerprint=plan.fingerprint(), any_version=once)


def release_plan(ledger: Ledger, source: Source, contract: DatasetContract) -> ReleasePlan:
    """Return the plan of a contract's release: of the newest layout, unless only an older one is paid or under way.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    newest, *older = (ReleasePlan(contract=contract, layout=layout) for layout in contract.layouts().values())
    if not older or paid_before(ledger, source, newest):
        return newest
    paid = (plan for plan in older if paid_before(ledger, source, plan))
    begun = (plan for plan in older if is_under_way(ledger, source, plan))
    return next(paid, None) or next(begun, newest)


def is_under_way(ledger: Ledger, source: Source, plan: Plan) -> bool:
    """Tell whether a plan is reserved or opened for the source's current label, by whatever process.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    wanted = (plan.fingerprint(), source.name, source.version, plan.refresh)
    return any(
        reservation.state in _UNDER_WAY and _asked(reservation) == wanted
        for reservation in ledger.reservations(source.account)
    )


def _asked(reservation: Reservation) -> tuple[str, str, str, str]:
    request = reservation.request
    return request.fingerprint, request.source, request.version, request.refresh
