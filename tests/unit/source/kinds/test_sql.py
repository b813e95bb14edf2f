"""Registering a table of a database, and reading it as Parquet would be read."""

from pathlib import Path

import pytest
from warehouses import SqliteFile, arrow_batch

from synth_assets.errors import Fault, UsageError
from synth_assets.source.kinds.sql import SqlRows, SqlTable

COLUMNS = {"name": "text", "many": "int64", "much": "double"}
ROWS = [("é", 1, 0.5), (None, None, None), ("x", 2**63 - 1, 1e300)]
TABLE = {"table": "things"}


@pytest.fixture
def made(tmp_path: Path) -> SqliteFile:
    database = SqliteFile(tmp_path)
    database.fill(COLUMNS, ROWS)
    return database


def test_columns_are_registered_by_the_types_that_the_catalogue_has(made: SqliteFile) -> None:
    assert dict(SqlTable().columns(made.location, TABLE)) == COLUMNS


def test_rows_are_those_of_the_table(made: SqliteFile) -> None:
    (batch,) = SqlRows().batches(made.location, TABLE, list(COLUMNS))
    expected = [row | {"name": row["name"] and row["name"].encode()} for row in arrow_batch(COLUMNS, ROWS).to_pylist()]
    assert batch.to_pylist() == expected


def test_values_of_another_type_than_their_column_are_null(made: SqliteFile) -> None:
    made.insert("INSERT INTO things VALUES (?, ?, ?)", [(b"\xff", "words", "words")])
    (batch,) = SqlRows().batches(made.location, TABLE, list(COLUMNS))
    assert batch.to_pylist()[-1] == {"name": None, "many": None, "much": None}


def test_rows_of_a_counted_table_are_not_read(made: SqliteFile) -> None:
    with pytest.raises(Fault, match="stay in the database"):
        SqlTable().batches(made.location, TABLE, ["name"])


def test_a_column_that_is_gone_is_a_fault_that_does_not_say_which(made: SqliteFile) -> None:
    with pytest.raises(Fault, match="lacks a registered column"):
        list(SqlRows().batches(made.location, TABLE, ["gone"]))


@pytest.mark.parametrize(
    ("location", "options", "message"),
    [
        ("sqlite:///nowhere/x.sqlite", TABLE, "cannot be opened: unable to open database file"),
        ("postgresql+psycopg://reader@127.0.0.1:1/x", TABLE, "cannot be opened: connection failed.*refused"),
        ("postgresql+pg8000://reader@host/x", TABLE, "the driver of 'postgresql.pg8000' is not installed"),
        ("postgresql+nothing://reader@host/x", TABLE, "the driver of 'postgresql.nothing' is not installed"),
        ("not an address", TABLE, "not an address"),
        ("mysql://host/db", TABLE, "must be one of"),
    ],
)
def test_what_cannot_be_registered_is_refused(location: str, options: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message) as error:
        SqlRows().columns(location, options)
    assert error.value.hint


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite").write_text("canary, not a database, and longer than a header of one would be")
    with pytest.raises(UsageError, match="does not say what columns") as error:
        SqlRows().columns(f"sqlite:///{tmp_path}/x.sqlite", TABLE)
    assert "canary" not in str(error.value)


def test_a_table_is_reachable_while_all_registered_columns_can_be_read(made: SqliteFile) -> None:
    columns = tuple(COLUMNS.items())
    assert SqlTable().is_reachable(made.location, TABLE, columns)
    assert not SqlTable().is_reachable(made.location, TABLE, (*columns, ("gone", "text")))
    assert not SqlTable().is_reachable(made.location, {"table": "others"}, columns)
    assert not SqlTable().is_reachable("sqlite:///nowhere/x.sqlite", TABLE, columns)


def test_a_type_that_has_changed_is_said_and_makes_it_unreachable(made: SqliteFile) -> None:
    columns = (("name", "text"), ("many", "double"), ("gone", "int64"))
    assert SqlTable().changes(made.location, TABLE, tuple(COLUMNS.items())) == []
    assert SqlTable().changes(made.location, TABLE, columns) == [
        "'many' is int64 and was double",
        "'gone' is gone and was int64",
    ]
    assert not SqlTable().is_reachable(made.location, TABLE, columns[:2])
    with pytest.raises(UsageError, match="there is no table"):
        SqlTable().changes(made.location, {"table": "others"}, columns)


def test_a_table_must_be_named_and_be_there(made: SqliteFile) -> None:
    with pytest.raises(UsageError, match="must be the name of a table"):
        SqlRows().check({})
    with pytest.raises(UsageError, match="there is no table"):
        SqlRows().columns(made.location, {"table": "others"})


def test_the_path_of_a_file_becomes_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert SqlRows().absolute("sqlite:///x.sqlite") == f"sqlite:///{tmp_path}/x.sqlite"
