"""DuckDB, and SQLAlchemy's way to it: as much of a dialect as running text with parameters takes.

DuckDB's own module keeps Python's interface of databases, so nothing else has to be installed.
"""

from types import ModuleType
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.dialects import registry
from sqlalchemy.engine import URL
from sqlalchemy.engine.default import DefaultDialect
from sqlglot import exp

from synth_assets.source.sql.expressions import Tree, call, text
from synth_assets.source.sql.flavours.flavour import Flavour, collated, finite

__all__ = ["DuckDb", "ReadOnlyDuckDb"]

registry.register("duckdb.synth_assets", __name__, "ReadOnlyDuckDb")


class DuckDb(Flavour):
    """DuckDB."""

    dialect = "duckdb"
    is_file = True
    begin = ("SET TimeZone = 'UTC'", "BEGIN TRANSACTION")
    types = (
        (r"u?(tinyint|smallint|integer|bigint|hugeint)", "int64"),
        (r"float|double", "double"),
        (r"varchar|uuid|enum\(.*\)", "text"),
        (r"boolean", "bool"),
        (r"date", "date32[day]"),
        (r"timestamp", "timestamp[us]"),
        (r"timestamp with time zone", "timestamp[us, tz=UTC]"),
    )

    def engine(self, url: URL, **options: Any) -> Engine:
        """See ``Flavour``."""
        return create_engine(url.set(drivername="duckdb+synth_assets"), **options)

    def whole(self, given: Tree) -> Tree:
        """See ``Flavour``; not every wider type can be compared with 64 bits, and each can be tried."""
        return exp.TryCast(this=given.copy(), to=exp.DataType.build("BIGINT"))

    def text(self, given: Tree) -> Tree:
        """See ``Flavour``."""
        return collated(exp.cast(given, "TEXT"))

    def days(self, given: Tree) -> Tree:
        """See ``Flavour``; infinite dates are null."""
        days = call("DATE_DIFF", text("day"), exp.cast(text("1970-01-01"), "DATE"), given)
        return finite(given, days)

    def microseconds(self, given: Tree) -> Tree:
        """See ``Flavour``; infinite times are null."""
        return finite(given, call("EPOCH_US", given))


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
