"""The ledger of the project that a command runs in, and the names in it, which a shell completes."""

from contextlib import suppress
from typing import TYPE_CHECKING

import click

from synth_assets.workspace import Workspace

if TYPE_CHECKING:
    from synth_assets.ledger.sql import SqlLedger
    from synth_assets.ledger.trust import Trust

__all__ = ["complete_account", "complete_source", "current_ledger", "made_ledger"]


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


def complete_account(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the names of accounts that begin so, for a shell."""
    del ctx, param
    return [name for name in _names("accounts") if name.startswith(incomplete)]


def complete_source(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the names of sources that begin so, for a shell."""
    del ctx, param
    return [name for name in _names("sources") if name.startswith(incomplete)]


def _names(what: str) -> list[str]:
    """Return names in the ledger, or none: whoever pressed the key asked for no message, and for no ledger."""
    with suppress(Exception):
        return [known.name for known in getattr(current_ledger(), what)()]
    return []
