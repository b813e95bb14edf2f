"""Create a ledger's tables, or migrate them to this version."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, select

from synth_assets.errors import LedgerUnavailable
from synth_assets.ledger import schema
from synth_assets.ledger.engine import connect, make_private_file
from synth_assets.ledger.keys import Signer

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["migrate", "newest_entry", "newest_step", "run_steps", "step_of"]

_STEPS = Path(__file__).with_name("migrations")


def migrate(engine: Engine, *, signer: Signer | None = None) -> str:
    """Run all missing steps in one transaction; return the newest step's name.

    A new SQLite file is readable by its owner only. ``signer`` signs the entries that a migration writes.
    """
    if engine.dialect.name == "sqlite":
        make_private_file(Path(engine.url.database or ""))
    with connect(engine, write=True) as connection:
        run_steps(connection, signer=signer)
    return newest_step()


def run_steps(connection: Connection, *, signer: Signer | None = None) -> None:
    """Run all missing steps in the caller's transaction, and upgrade the ledger log to this version's format.

    Raises:
        LedgerUnavailable: the database was made by a newer version.
    """
    from synth_assets.ledger.upgrade import upgrade_book

    _run_alembic(connection)
    upgrade_book(connection, signer=signer)


def _run_alembic(connection: Connection) -> None:
    from alembic import command
    from alembic.util import CommandError

    config = _config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:
        raise LedgerUnavailable(
            "the ledger was made by a newer version of synth-assets", hint="upgrade synth-assets"
        ) from None


def step_of(connection: Connection) -> str | None:
    """Return the name of the newest step that was run on a database, if any."""
    from alembic.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def newest_entry(engine: Engine) -> int:
    """Return the number of the newest entry of a ledger of any format; 0 if the log is empty."""
    with connect(engine, write=False) as connection:
        if not inspect(connection).has_table(schema.head.name):
            return 0
        return int(connection.execute(select(schema.head.c.seq)).scalar_one_or_none() or 0)


def newest_step() -> str:
    """Return the name of the newest step of this version."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    return config
