"""Keep the privacy budget in a ledger that cannot be overspent, lost or rewritten unnoticed.

Types and the protocol are imported at once; :func:`open_ledger` imports
SQLAlchemy on first use.
"""

from typing import TYPE_CHECKING, Any

from synth_assets.ledger.protocol import Ledger
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
    State,
)

if TYPE_CHECKING:
    from synth_assets.ledger.open import open_ledger

__all__ = [
    "Account",
    "Balance",
    "CuratorPermit",
    "CuratorRequest",
    "DataPermit",
    "Draw",
    "Entry",
    "Ledger",
    "Recovery",
    "Reservation",
    "ReservationRequest",
    "Source",
    "Split",
    "State",
    "open_ledger",
]


def __getattr__(name: str) -> Any:
    if name == "open_ledger":
        from synth_assets.ledger.open import open_ledger

        return open_ledger
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
