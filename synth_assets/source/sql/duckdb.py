"""SQLAlchemy's way to DuckDB: as much of a dialect as running text with parameters takes.

DuckDB's own module keeps Python's interface of databases, so nothing else has to be installed.
"""

from types import ModuleType
from typing import Any

from sqlalchemy.engine import URL
from sqlalchemy.engine.default import DefaultDialect

__all__ = ["ReadOnlyDuckDb"]


class ReadOnlyDuckDb(DefaultDialect):
    """Opens a file for reading; spills into the current folder, which is the scratch folder of the process."""

    name = "duckdb"
    driver = "synth_assets"
    supports_statement_cache = False

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        """See SQLAlchemy."""
        import duckdb

        return duckdb

    def create_connect_args(self, url: URL) -> Any:
        """See SQLAlchemy; nothing is fetched from the network."""
        config = {"autoinstall_known_extensions": "false", "temp_directory": "duckdb-spill"}
        return [url.database], {"read_only": True, "config": config}

    def initialize(self, connection: Any) -> None:
        """See SQLAlchemy; there is nothing to ask first."""

    def do_rollback(self, dbapi_connection: Any) -> None:
        """See SQLAlchemy; transactions are begun and ended by statements of ours."""

    def do_commit(self, dbapi_connection: Any) -> None:
        """See SQLAlchemy."""
