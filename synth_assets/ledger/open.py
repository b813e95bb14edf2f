"""Open a ledger by its address or by its workspace."""

from pathlib import Path

from sqlalchemy import inspect

from synth_assets.errors import UsageError
from synth_assets.ledger import schema
from synth_assets.ledger.engine import connect, make_engine, make_private_file
from synth_assets.ledger.migrate import run_steps
from synth_assets.ledger.sql import LEASE_SECONDS, SqlLedger
from synth_assets.ledger.trust import Trust, trust_of_environment
from synth_assets.workspace import Workspace

__all__ = ["BUSY_SECONDS", "existing_ledger", "find_ledger", "open_ledger"]

BUSY_SECONDS = 30.0
"""How long a writer waits for the lock before it gives up."""


def open_ledger(
    url: str | None = None,
    *,
    root: Path | None = None,
    lease_seconds: float = LEASE_SECONDS,
    busy_seconds: float = BUSY_SECONDS,
    trust: Trust | None = None,
) -> SqlLedger:
    """Open the ledger at ``url``, or of the workspace at ``root``; a missing SQLite file is created.

    ``trust`` is read from the environment unless it is given.

    Raises:
        UsageError: the address cannot be a ledger's.
        LedgerUnavailable: it cannot be read or created.
    """
    engine = make_engine(url or Workspace(root=root or Path.cwd()).ledger_url, busy_seconds=busy_seconds)
    if engine.dialect.name == "sqlite":
        path = Path(engine.url.database or "")
        if not path.exists() or path.stat().st_size == 0:
            make_private_file(path)
            _create(SqlLedger(engine))
    return SqlLedger(engine, lease_seconds=lease_seconds, trust=trust or trust_of_environment())


def find_ledger(workspace: Workspace, *, url: str | None = None, trust: Trust | None = None) -> SqlLedger | None:
    """Open the ledger at ``url``, or of a workspace, or return ``None`` if its SQLite file is missing or empty.

    ``trust`` is read from the environment unless it is given.

    Raises:
        UsageError: the address cannot be a ledger's.
        LedgerUnavailable: it cannot be read.
    """
    address = url or workspace.ledger_url
    engine = make_engine(address, busy_seconds=BUSY_SECONDS)
    path = Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None
    if path is not None and not (path.is_file() and path.stat().st_size):
        return None
    return open_ledger(address, trust=trust)


def existing_ledger(workspace: Workspace, *, trust: Trust | None = None) -> SqlLedger:
    """Open the ledger of a workspace for one who must not make it; ``trust`` as in :func:`open_ledger`.

    Raises:
        UsageError: there is none, so nobody registered anything; often the current folder is the wrong one.
        LedgerUnavailable: it cannot be read.
    """
    ledger = find_ledger(workspace, trust=trust)
    if ledger is None:
        raise UsageError(
            f"there is no ledger in {workspace.root}",
            hint="run this in the project's folder or set SYNTH_ASSETS_ROOT; in a new project the privacy officer "
            "begins with `synth-assets budget open` and `synth-assets source add`",
        )
    return ledger


def _create(ledger: SqlLedger) -> None:
    """Create the tables, unless another process did while this one waited for the lock."""
    with connect(ledger.engine, write=True) as connection:
        if not inspect(connection).has_table(schema.head.name):
            run_steps(connection)
