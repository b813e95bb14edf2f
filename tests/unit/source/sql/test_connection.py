"""A snapshot reads, sees one state, and says nothing of what goes wrong."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlglot import exp
from warehouses import DuckDbFile, SqliteFile, Warehouse

from synth_assets.errors import Fault, UsageError
from synth_assets.source.sql.connection import Snapshot, address_of, written
from synth_assets.source.sql.expressions import text
from synth_assets.source.sql.flavours import flavour_of

CANARY = "canary-17"


@pytest.fixture(params=[SqliteFile, DuckDbFile])
def warehouse(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    monkeypatch.chdir(tmp_path)
    made: Warehouse = request.param(tmp_path)
    made.fill({"name": "text"}, [(CANARY,), ("b",)])
    return made


def answers(snapshot: Snapshot, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for part in snapshot.text_rows(query, {}) for row in part]


@pytest.mark.parametrize("statement", ["DELETE FROM things", "CREATE TABLE others (x INTEGER)", "DROP TABLE things"])
def test_nothing_can_be_written(warehouse: Warehouse, statement: str) -> None:
    with Snapshot(warehouse.location) as snapshot, pytest.raises(Fault):
        answers(snapshot, statement)
    with Snapshot(warehouse.location) as snapshot:
        assert answers(snapshot, "SELECT COUNT(*) FROM things") == [(2,)]


def test_an_error_that_repeats_a_value_is_replaced(warehouse: Warehouse, capfd: pytest.CaptureFixture[str]) -> None:
    with Snapshot(warehouse.location) as snapshot, pytest.raises(Fault) as error:
        answers(snapshot, "SELECT json_extract(name, '$.a'), CAST(name AS DATE) FROM things WHERE no_such_column = 1")
    assert str(error.value).startswith("the database did not answer")
    # the driver's own words are for the curator: the measuring process prints them where only a curator reads
    assert "no_such_column" in str(error.value.__cause__)
    assert "SELECT" not in str(error.value.__cause__).partition("LINE")[0]
    assert CANARY not in "".join(capfd.readouterr()) + repr(snapshot)


def test_a_snapshot_sees_one_state(tmp_path: Path) -> None:
    made = SqliteFile(tmp_path)
    made.fill({"name": "text"}, [("a",)])
    with closing(sqlite3.connect(made.path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    with Snapshot(made.location) as snapshot:
        before = answers(snapshot, "SELECT COUNT(*) FROM things")
        made.insert("INSERT INTO things VALUES (?)", [("b",)])
        assert answers(snapshot, "SELECT COUNT(*) FROM things") == before == [(1,)]


def test_something_else_goes_on_meanwhile(tmp_path: Path) -> None:
    made, renewed = SqliteFile(tmp_path), threading.Event()
    made.fill({"name": "text"}, [("a",)])
    slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT MAX(i) FROM n"
    with Snapshot(made.location, meanwhile=renewed.set, every_seconds=1e-4) as snapshot:
        assert answers(snapshot, slow) == [(300_000,)]
    assert renewed.is_set()


@pytest.mark.parametrize(
    "location",
    [
        "postgresql+psycopg://reader:geheim@host/clinic",
        "postgresql+psycopg://reader@host/clinic?password=geheim",
        "postgresql+psycopg://reader@host/clinic?sslkey=k.pem&sslpassword=geheim",
    ],
)
def test_a_password_does_not_go_into_the_ledger_and_is_not_repeated(location: str) -> None:
    with pytest.raises(UsageError) as error:
        address_of(location)
    assert "geheim" not in str(error.value)


def test_colons_and_parameters_of_literals_stay_literals(tmp_path: Path) -> None:
    literal = "a:key \\:x %(key)s"
    statement = exp.select(text(literal), exp.Placeholder(this="key"))
    query, names = written(statement, flavour_of("sqlite"))
    assert names == {query.rpartition(":")[2]: "key"}
    SqliteFile(tmp_path).fill({"name": "text"}, [])
    with Snapshot(SqliteFile(tmp_path).location) as snapshot:
        assert list(snapshot.rows(statement, {"key": "secret"})) == [[(literal, "secret")]]
