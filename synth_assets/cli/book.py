"""The ledger of the project that a command runs in."""

from typing import TYPE_CHECKING, Any

from synth_assets.workspace import Workspace

if TYPE_CHECKING:
    from synth_assets.ledger.sql import SqlLedger

__all__ = ["current_ledger"]


def current_ledger(**how: Any) -> "SqlLedger":
    """Open the project's ledger, which loads SQLAlchemy; ``how`` is handed to ``open_ledger``."""
    from synth_assets.ledger import open_ledger

    return open_ledger(Workspace.current().ledger_url, **how)
