"""DuckDB is opened for reading, and spills where the process works."""

from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from warehouses import DuckDbFile

from synth_assets.source.sql.connection import Snapshot
from synth_assets.source.sql.flavours.duckdb import DuckDb, ReadOnlyDuckDb


def test_it_spills_into_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = DuckDbFile(tmp_path)
    made.fill({"name": "text"}, [])
    with Snapshot(made.location) as snapshot:
        (rows,) = snapshot.text_rows("SELECT current_setting('temp_directory'), current_setting('access_mode')", {})
    assert [str(value).lower() for value in rows[0]] == ["duckdb-spill", "read_only"]


def test_it_takes_a_path() -> None:
    (path,), options = ReadOnlyDuckDb().create_connect_args(make_url("duckdb:////a/b.duckdb"))
    assert (path, options["read_only"]) == ("/a/b.duckdb", True)


def test_literals_are_doubles_and_not_decimals() -> None:
    assert DuckDb().double(0.1).sql("duckdb") == "CAST(0.1e0 AS DOUBLE)"
