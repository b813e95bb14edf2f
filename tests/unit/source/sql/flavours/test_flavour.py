"""What engines call their types, and which engines there are."""

from pathlib import Path

import pytest
from warehouses import SqliteFile

from synth_assets.domain.countable import REGISTERED
from synth_assets.errors import UsageError
from synth_assets.source.kinds.sql import SqlTable
from synth_assets.source.sql import flavours
from synth_assets.source.sql.connection import Snapshot
from synth_assets.source.sql.flavours import flavour_of
from synth_assets.source.sql.flavours.sqlite import Sqlite

ENGINES = ("sqlite", "duckdb", "postgresql", "bigquery", "snowflake")


@pytest.mark.parametrize(
    ("engine", "declared", "registered"),
    [
        ("sqlite", "VARCHAR(20)", "text"),
        ("sqlite", "DECIMAL(10, 2)", "double"),
        ("sqlite", "BLOB", None),
        ("duckdb", "DECIMAL(18,3)", "double"),
        ("duckdb", "UBIGINT", "int64"),
        ("duckdb", "TIMESTAMP_NS", None),
        ("duckdb", "INTEGER[]", None),
        ("postgresql", "timestamp with time zone", "timestamp[us, tz=UTC]"),
        ("postgresql", "numeric", "double"),
        ("postgresql", "json", None),
        ("bigquery", "NUMERIC", "double"),
        ("snowflake", "NUMBER", None),
    ],
)
def test_declared_types_are_registered_or_left_out(engine: str, declared: str, registered: str | None) -> None:
    if engine == "snowflake":
        assert flavour_of(engine).registered(declared, scale=0) == "int64"
    else:
        assert flavour_of(engine).registered(declared) == registered


@pytest.mark.parametrize("engine", ENGINES)
def test_every_type_that_an_engine_registers_has_a_normal_form(engine: str) -> None:
    flavour = flavour_of(engine)
    for _, registered in flavour.types:
        assert registered in REGISTERED
        assert '"x"' in flavour.read("x", registered).sql("postgres")


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(UsageError, match="must be one of sqlite, duckdb"):
        flavour_of("mysql+pymysql")


def test_a_new_engine_is_a_class_and_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Toy(Sqlite):
        begin = (*Sqlite.begin, "SELECT 1")

    monkeypatch.setitem(flavours._FLAVOURS, "toy", Toy)
    monkeypatch.chdir(tmp_path)
    made = SqliteFile(tmp_path)
    made.fill({"name": "text"}, [("a",)])
    location = SqlTable().absolute(f"toy:///{made.path.name}")
    assert location == f"toy:///{made.path}"
    assert SqlTable().columns(location, {"table": "things"}) == (("name", "text"),)
    with Snapshot(location) as snapshot:
        assert isinstance(snapshot.flavour, Toy)
