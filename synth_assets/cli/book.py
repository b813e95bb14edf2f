"""The ledger of the project that a command runs in."""

from typing import TYPE_CHECKING

from synth_assets.workspace import Workspace

if TYPE_CHECKING:
    from synth_assets.ledger.sql import SqlLedger
    from synth_assets.ledger.trust import Trust

__all__ = ["current_ledger", "made_ledger"]


def current_ledger(*, trust: "Trust | None" = None) -> "SqlLedger":
    """Open the project's ledger, which loads SQLAlchemy; ``trust`` is that of the environment unless it is given.

    Raises:
        UsageError: there is none; only what an officer begins with makes one, see :func:`made_ledger`.
    """
    from synth_assets.ledger.open import existing_ledger

    return existing_ledger(Workspace.current(), trust=trust)


def made_ledger() -> "SqlLedger":
    """Open the project's ledger; a file that is missing is made."""
    from synth_assets.ledger import open_ledger

    return open_ledger(Workspace.current().ledger_url)
