"""A table of a database is measured by the measuring process: counted where it is, or read, with the same contract."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest
from kit.people import HEADER, ROWS, discovering_contract, make_contract
from kit.project import Project, make_project
from postgres_server import Server, make_server, server
from sqlalchemy.engine import make_url

from benchmarks.warehouse import Relay
from synth_assets.contract import DatasetContract
from synth_assets.domain import Column, Domain
from synth_assets.errors import Fault, MeasurementFailed, UsageError
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.bounding import SECRET_BYTES
from synth_assets.source.kinds.sql import SqlRows, SqlTable, rows_of
from synth_assets.source.sql.connection import Snapshot
from synth_assets.source.sql.engine import WarehouseEngine

__all__ = ["make_server", "server"]

pytestmark = pytest.mark.integration

UNIT = {"column": "person", "max_rows": 2}
CANARY = "canary-5f1e"
DATABASES = (".sqlite", ".duckdb")


def sql_project(root: Path, contract: DatasetContract, *, kind: str = "sql", rows: str = ROWS) -> Project:
    """Register the kit's people as a table of SQLite."""
    path = root / "people.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE people (person TEXT, age INTEGER, city TEXT, member TEXT)")
        lines = [line.split(",") for line in rows.splitlines()]
        connection.executemany("INSERT INTO people VALUES (?, ?, ?, ?)", lines)
    assert HEADER == "person,age,city,member\n"
    return make_project(root, kind=kind, location=f"sqlite:///{path}", options={"table": "people"}, contract=contract)


@pytest.mark.parametrize("kind", ["sql", "sql_rows"])
@pytest.mark.parametrize("unit", ["rows", UNIT])
def test_a_release_is_made_of_a_table(tmp_path: Path, kind: str, unit: Any) -> None:
    release = sql_project(tmp_path, make_contract(unit=unit, epsilon=5.0), kind=kind).obtain().release
    assert len(release.marginals) >= 3
    assert abs(release.total() - len(ROWS.splitlines())) < 100


@pytest.fixture
def clinic(server: Server) -> str:
    """The kit's people in PostgreSQL, and a view whose error repeats a value of a row."""
    database = server.new_database()
    lines = ", ".join(
        "('{}', {}, '{}', '{}')".format(person, age or "NULL", city, member)
        for person, age, city, member in (line.split(",") for line in ROWS.splitlines())
    )
    view = f"SELECT person, CAST('{CANARY}' || person AS INTEGER) AS age, city, member FROM people"  # noqa: S608 - ours
    server.execute(
        "CREATE TABLE people (person TEXT, age INTEGER, city TEXT, member TEXT)",
        f"INSERT INTO people VALUES {lines}",  # noqa: S608 - the kit's rows
        f"CREATE VIEW broken AS {view}",
        database=database,
    )
    return server.url(database)


def postgres_project(root: Path, location: str, *, table: str, kind: str = "sql") -> Project:
    contract = make_contract(unit=UNIT, epsilon=5.0)
    return make_project(root, kind=kind, location=location, options={"table": table}, contract=contract)


@pytest.mark.postgres
@pytest.mark.parametrize("kind", ["sql", "sql_rows"])
def test_a_release_is_made_of_a_table_of_postgres(tmp_path: Path, clinic: str, kind: str) -> None:
    release = postgres_project(tmp_path, clinic, table="public.people", kind=kind).obtain().release
    assert abs(release.total() - len(ROWS.splitlines())) < 100


@pytest.mark.postgres
def test_nothing_is_written_to_postgres(clinic: str) -> None:
    for statement in ("DELETE FROM people", "CREATE TEMPORARY TABLE t (x INTEGER)", "COMMIT; DELETE FROM people"):
        with Snapshot(clinic) as snapshot, pytest.raises(Fault):
            list(snapshot.text_rows(statement, {}))
    with Snapshot(clinic) as snapshot:
        ((many,),) = next(snapshot.text_rows("SELECT COUNT(*) FROM people", {}))
    assert many == len(ROWS.splitlines())


@pytest.mark.postgres
def test_statements_of_one_process_see_one_state_of_postgres(server: Server, clinic: str) -> None:
    """Rows that others commit between two statements, or while rows are streamed, are not there."""
    database, many = clinic.rpartition("/")[2], len(ROWS.splitlines())
    with Snapshot(clinic) as snapshot:
        before = next(snapshot.text_rows("SELECT COUNT(*) FROM people", {}))
        server.execute("INSERT INTO people VALUES ('late', 1, 'x', 'yes')", database=database)
        server.execute("DELETE FROM people WHERE person = 'p1'", database=database)
        assert next(snapshot.text_rows("SELECT COUNT(*) FROM people", {})) == before == [(many,)]
        streamed = snapshot.text_rows("SELECT person FROM people", {}, streamed=True)
        assert ("late",) not in [tuple(row) for part in streamed for row in part]
    with Snapshot(clinic) as snapshot:
        assert ("late",) in [tuple(row) for row in next(snapshot.text_rows("SELECT person FROM people", {}))]


@pytest.mark.postgres
def test_the_log_of_postgres_has_neither_rows_nor_the_key(tmp_path: Path, server: Server, clinic: str) -> None:
    """By its own settings; of the statement that fails it logs the text, and of a failing view what the view says."""
    log = server.folder / "log"
    server.execute(f"INSERT INTO people VALUES ('{CANARY}', 3, '{CANARY}', 'yes')", database=clinic.rpartition("/")[2])  # noqa: S608 - ours
    before = len(log.read_text())
    postgres_project(tmp_path, clinic, table="public.people").obtain()
    with Snapshot(clinic) as snapshot, pytest.raises(Fault):
        list(snapshot.text_rows("SELECT person || CAST(:key AS TEXT), gone FROM people", {"key": CANARY}))
    said = log.read_text()[before:]
    assert 'column "gone" does not exist' in said
    assert "$1" in said
    assert CANARY not in said
    with Snapshot(clinic) as snapshot, pytest.raises(Fault):
        list(snapshot.text_rows("SELECT age FROM broken", {}))
    assert (
        f'invalid input syntax for type integer: "{CANARY}' in log.read_text()[before:]
    )  # as docs/sharp-edges.md says


@pytest.mark.postgres
@pytest.mark.parametrize(
    "change", ["DROP VIEW seen", "REVOKE SELECT ON seen FROM reader", "ALTER VIEW seen RENAME COLUMN age TO years"]
)
def test_a_view_that_is_gone_or_closed_is_noticed_before_anything_is_paid(
    tmp_path: Path, server: Server, clinic: str, change: str
) -> None:
    database = clinic.rpartition("/")[2]
    login = [] if has_reader(server) else ["CREATE ROLE reader LOGIN"]
    view = ["CREATE VIEW seen AS SELECT * FROM people", "GRANT SELECT ON seen TO reader"]
    server.execute(*login, *view, database=database)
    project = postgres_project(tmp_path, server.url(database, login="reader"), table="seen")
    server.execute(change, database=database)
    with pytest.raises(Fault, match="cannot be reached; this run read nothing") as error:
        project.obtain()
    assert error.value.hint
    balance = project.ledger.balance("town")
    assert (balance.spent.nano_rho, balance.reserved.nano_rho) == (0, 0)


@pytest.mark.postgres
def test_a_table_that_can_be_seen_and_not_read_is_not_registered(server: Server, clinic: str) -> None:
    """Nor is one of a database that cannot hold all letters, which would fail every statement."""
    latin = server.new_database()
    server.execute(f"DROP DATABASE {latin}", f"CREATE DATABASE {latin} ENCODING LATIN1 LOCALE 'C' TEMPLATE template0")
    login = [] if has_reader(server) else ["CREATE ROLE reader LOGIN"]
    server.execute(*login, "GRANT INSERT ON people TO reader", database=clinic.rpartition("/")[2])
    server.execute("CREATE TABLE people (age INTEGER)", "GRANT SELECT ON people TO reader", database=latin)
    for database in (clinic.rpartition("/")[2], latin):
        with pytest.raises(UsageError, match="cannot be read") as error:
            SqlTable().columns(server.url(database, login="reader"), {"table": "people"})
        assert "UTF-8" in error.value.hint


def has_reader(server: Server) -> bool:
    with Snapshot(server.url()) as snapshot:
        return bool(list(snapshot.text_rows("SELECT 1 FROM pg_roles WHERE rolname = 'reader'", {})))


@pytest.mark.postgres
@pytest.mark.parametrize("kind", ["sql", "sql_rows"])
def test_an_error_of_postgres_that_repeats_a_value_goes_nowhere(
    tmp_path: Path, clinic: str, kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    project = postgres_project(tmp_path, clinic, table="broken", kind=kind)
    with pytest.raises(MeasurementFailed) as error:
        project.obtain()
    assert_silent(project, str(error.value) + "".join(capfd.readouterr()))


@pytest.mark.parametrize("kind", ["sql", "sql_rows"])
def test_an_error_of_duckdb_that_repeats_a_value_goes_nowhere(
    tmp_path: Path, kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "people.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE people (person TEXT, age TEXT, city TEXT, member TEXT)")
        connection.executemany("INSERT INTO people VALUES (?, ?, ?, ?)", [["p1", CANARY, "north", "yes"]])
        connection.execute("CREATE VIEW broken AS SELECT * REPLACE (CAST(age AS INTEGER) AS age) FROM people")
    contract, options = make_contract(unit=UNIT, epsilon=5.0), {"table": "broken"}
    project = make_project(tmp_path, kind=kind, location=f"duckdb:///{path}", options=options, contract=contract)
    with pytest.raises(MeasurementFailed) as error:
        project.obtain()
    assert_silent(project, str(error.value) + "".join(capfd.readouterr()))


def assert_silent(project: Project, said: str, *, told: bool = True) -> None:
    """Look for the canary in what was said and in every file: it is in the database, and the curator is ``told``."""
    assert CANARY not in said
    for path in [
        path for path in project.root.rglob("*") if path.is_file() and path.suffix not in (".sqlite", ".duckdb")
    ]:
        is_curators = path.is_relative_to(project.workspace.curator / "measurements")
        assert (CANARY.encode() in path.read_bytes()) == (is_curators and told), path


def test_categories_are_discovered_in_the_database(tmp_path: Path) -> None:
    rows = "".join(f"p{index},3,{'north' if index % 2 else 'south'},yes\n" for index in range(1000))
    release = sql_project(tmp_path, discovering_contract(), rows=rows).obtain().release
    assert set(release.domain["city"].categories) == {"elsewhere", "north", "south"}


def test_what_goes_wrong_in_the_database_is_not_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    project = sql_project(tmp_path, make_contract())
    with closing(sqlite3.connect(tmp_path / "people.sqlite")) as connection, connection:
        connection.execute("ALTER TABLE people RENAME TO others")
        # the view's columns have the registered types, and its error names a value of a row
        connection.execute(
            "CREATE VIEW people AS SELECT * FROM others WHERE 0 "
            "UNION ALL SELECT person, json_extract(city, '$'), city, member FROM others"
        )
        connection.execute("UPDATE others SET city = ?", [CANARY])
    with pytest.raises(MeasurementFailed) as error:
        project.obtain()
    assert_silent(project, str(error.value) + "".join(capfd.readouterr()), told=False)


@pytest.mark.postgres
@pytest.mark.parametrize("unit", [PrivacyUnit(), PrivacyUnit(column="person", max_rows=2)])
def test_counts_of_many_rows_are_fewer_bytes_than_the_rows(server: Server, unit: PrivacyUnit) -> None:
    """Both kinds of sources ask for the same columns, and a relay counts what the server answers."""
    database, many = server.new_database(), 100_000
    server.execute(
        f"CREATE TABLE visits AS SELECT 'p' || i / 4 AS person, mod(i, 110) AS age, 'c' || mod(i, 23) AS city "  # noqa: S608 - ours
        f"FROM generate_series(0, {many - 1}) AS i",
        database=database,
    )
    age = Column(name="age", kind="integer", minimum=0, maximum=99)
    city = Column(name="city", kind="categorical", categories=tuple(f"c{index}" for index in range(20)), other="c0")
    domain, options, names = Domain(columns=(age, city)), {"table": "visits"}, ["person", "age", "city"]
    with Relay(make_url(server.url(database))) as relay:
        location = relay.url.render_as_string()
        rows = rows_of(location, options, SqlTable().columns(location, options), unit)
        before = relay.received
        with Snapshot(location) as snapshot:
            engine = WarehouseEngine(rows, lambda: snapshot, secret=bytes(SECRET_BYTES))
            (counted,) = engine.tables([(("age", "city"), "fine")], domain=domain, grids={})
        answered, before = relay.received - before, relay.received
        read = sum(len(batch) for batch in SqlRows().batches(location, options, names))
        streamed = relay.received - before
    assert read == many
    assert counted.sum() == (many if unit.column is None else many // 2)
    least = many * len("c0")  # no encoding of a row is shorter than its shortest city
    assert answered < least // 2 < least < streamed
