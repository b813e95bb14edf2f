"""The databases that the laws of counting in a warehouse are held in, a PostgreSQL server of our own among them."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from postgres_server import make_server, server
from warehouses import DuckDbFile, PostgresDatabase, SqliteFile, Warehouse

__all__ = ["make_server", "server"]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.fixture(scope="module", params=["sqlite", "duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def warehouse(request: pytest.FixtureRequest, folder: Path) -> Warehouse:
    if request.param == "postgres":
        server = request.getfixturevalue("server")
        database = server.new_database()
        # a zone and a style of dates that would be noticed if they mattered
        server.execute(f"ALTER DATABASE {database} SET timezone = 'America/New_York'")
        server.execute(f"ALTER DATABASE {database} SET datestyle = 'German'")
        return PostgresDatabase(server.url(database))
    files: Mapping[str, Callable[[Path], Warehouse]] = {"sqlite": SqliteFile, "duckdb": DuckDbFile}
    return files[request.param](folder)
