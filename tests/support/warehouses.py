"""Tables in SQLite, DuckDB and PostgreSQL, with the same values, and as Arrow arrays that no database has seen."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from synth_assets.privacy import PrivacyUnit
from synth_assets.source.kinds.sql import SqlRows, rows_of
from synth_assets.source.sql.statements import Rows

__all__ = ["ARROW", "DECLARED", "DuckDbFile", "PostgresDatabase", "SqliteFile", "Warehouse", "arrow_batch"]

ARROW: Mapping[str, pa.DataType] = {
    "int64": pa.int64(),
    "double": pa.float64(),
    "text": pa.string(),
    "bool": pa.bool_(),
    "date32[day]": pa.date32(),
    "timestamp[us]": pa.timestamp("us"),
    "timestamp[us, tz=UTC]": pa.timestamp("us", "UTC"),
}
DECLARED: Mapping[str, str] = {
    "int64": "BIGINT",
    "double": "DOUBLE PRECISION",
    "text": "TEXT",
    "bool": "BOOLEAN",
    "date32[day]": "DATE",
    "timestamp[us]": "TIMESTAMP",
    "timestamp[us, tz=UTC]": "TIMESTAMP WITH TIME ZONE",
}
Columns = Mapping[str, str]
Values = Sequence[Sequence[Any]]


class Warehouse:
    """One database with one table, which is made anew for each example."""

    name: str
    location: str
    types = frozenset(DECLARED)
    mark = "?"

    def fill(self, columns: Columns, values: Values, *, declared: Mapping[str, str] | None = None) -> None:
        """Put rows into the table ``things``, one list of values per row."""
        words = {**{name: DECLARED[kind] for name, kind in columns.items()}, **(declared or {})}
        listed = ", ".join(f"{quoted(name)} {word}" for name, word in words.items())
        marks = ", ".join([self.mark] * len(columns))
        self.run(["DROP TABLE IF EXISTS things", f"CREATE TABLE things ({listed})"])
        self.insert(f"INSERT INTO things VALUES ({marks})", values)  # noqa: S608 - marks alone

    def run(self, statements: Sequence[str]) -> None:
        raise NotImplementedError

    def insert(self, statement: str, values: Values) -> None:
        raise NotImplementedError

    def columns(self) -> dict[str, str]:
        """Return what an officer would register."""
        return dict(SqlRows().columns(self.location, {"table": "things"}))

    def rows(self, unit: PrivacyUnit, **more: Any) -> Rows:
        """Return which rows there are."""
        columns = tuple(self.columns().items())
        return Rows(**{**_fields(rows_of(self.location, {"table": "things"}, columns, unit)), **more})


class SqliteFile(Warehouse):
    """A file of SQLite."""

    name = "sqlite"
    types = frozenset({"int64", "double", "text"})

    def __init__(self, folder: Path) -> None:
        self.path = folder / "things.sqlite"
        self.location = f"sqlite:///{self.path}"

    def run(self, statements: Sequence[str]) -> None:
        import sqlite3

        with sqlite3.connect(self.path) as connection:
            for statement in ("PRAGMA synchronous = OFF", *statements):
                connection.execute(statement)
        connection.close()

    def insert(self, statement: str, values: Values) -> None:
        import sqlite3

        with sqlite3.connect(self.path) as connection:
            connection.executemany(statement, values)
        connection.close()


class DuckDbFile(Warehouse):
    """A file of DuckDB."""

    name = "duckdb"

    def __init__(self, folder: Path) -> None:
        self.path = folder / "things.duckdb"
        self.location = f"duckdb:///{self.path}"

    def run(self, statements: Sequence[str]) -> None:
        import duckdb

        with duckdb.connect(str(self.path)) as connection:
            for statement in statements:
                connection.execute(statement)

    def insert(self, statement: str, values: Values) -> None:
        import duckdb

        if not values:
            return
        with duckdb.connect(str(self.path)) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("BEGIN")
            connection.executemany(statement, values)
            connection.execute("COMMIT")


class PostgresDatabase(Warehouse):
    """A database of a PostgreSQL server of ours."""

    name = "postgres"
    mark = "%s"

    def __init__(self, location: str) -> None:
        self.location = location

    def run(self, statements: Sequence[str]) -> None:
        with self._connect() as connection:
            for statement in statements:
                connection.execute(statement)

    def insert(self, statement: str, values: Values) -> None:
        with self._connect() as connection, connection.transaction():
            connection.cursor().executemany(statement, values)

    def _connect(self) -> Any:
        import psycopg

        return psycopg.connect(self.location.replace("+psycopg", ""), autocommit=True)


def arrow_batch(columns: Columns, values: Values) -> pa.RecordBatch:
    """Return the same rows as a Parquet file would hold them."""
    by_column = list(zip(*values, strict=True)) if values else [()] * len(columns)
    arrays = [
        pa.array([_plain(value, kind) for value in column], ARROW[kind])
        for column, kind in zip(by_column, columns.values(), strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))


def quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _plain(value: Any, kind: str) -> Any:
    """Infinite dates, which Arrow does not have, are null."""
    return None if kind.startswith(("date", "time")) and not isinstance(value, dt.date) else value


def _fields(rows: Rows) -> dict[str, Any]:
    return {name: getattr(rows, name) for name in rows.__slots__}
