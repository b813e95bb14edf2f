"""A table of a database is measured by the measuring process: counted where it is, or read, with the same contract."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from kit.people import HEADER, ROWS, discovering_contract, make_contract
from kit.project import Project, make_project

from synth_assets.contract import DatasetContract
from synth_assets.errors import MeasurementFailed

pytestmark = pytest.mark.integration

UNIT = {"column": "person", "max_rows": 2}
CANARY = "canary-5f1e"


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


def test_categories_are_discovered_in_the_database(tmp_path: Path) -> None:
    rows = "".join(f"p{index},3,{'north' if index % 2 else 'south'},yes\n" for index in range(1000))
    release = sql_project(tmp_path, discovering_contract(), rows=rows).obtain().release
    assert set(release.domain["city"].categories) == {"elsewhere", "north", "south"}


def test_what_goes_wrong_in_the_database_is_not_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    project = sql_project(tmp_path, make_contract())
    with closing(sqlite3.connect(tmp_path / "people.sqlite")) as connection, connection:
        connection.execute("ALTER TABLE people RENAME TO others")
        # the view's error names a value of a row
        connection.execute(
            "CREATE VIEW people AS SELECT person, json_extract(city, '$') AS age, city, member FROM others"
        )
        connection.execute("UPDATE others SET city = ?", [CANARY])
    with pytest.raises(MeasurementFailed) as error:
        project.obtain()
    assert CANARY not in str(error.value) + "".join(capfd.readouterr())
    for path in [path for path in project.root.rglob("*") if path.is_file() and path.suffix != ".sqlite"]:
        assert CANARY.encode() not in path.read_bytes(), path
