"""A table that is no longer what was registered is noticed by its catalogue, before anything is paid."""

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from kit.project import Project, command, furnish, make_project

from synth_assets.errors import NotReady
from synth_assets.integrations.source_readiness import source_findings
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.integration

CANARY = "canary-71"


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


@pytest.fixture
def path(workspace: Workspace) -> Path:
    made = workspace.root / "people.sqlite"
    change(
        made,
        "CREATE TABLE people (age INTEGER, city TEXT, member TEXT)",
        f"INSERT INTO people VALUES (1, '{CANARY}', 'yes')",  # noqa: S608 - ours
    )
    return made


@pytest.fixture
def counted(workspace: Workspace, path: Path) -> Project:
    project = make_project(workspace.root, kind="sql", location=f"sqlite:///{path}", options={"table": "people"})
    furnish(project)
    return project


def test_a_table_that_is_as_registered_is_good_and_one_elsewhere_is_not_looked_at(counted: Project) -> None:
    source = counted.ledger.source("census")
    (finding,) = source_findings(source)
    assert finding.state == "good"
    assert list(source_findings(replace(source, location=""))) == []


def test_of_files_that_are_there_nothing_is_said(project: Project) -> None:
    assert list(source_findings(project.ledger.source("census"))) == []


def test_a_dry_run_says_that_files_are_gone_and_not_where_they_were(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    (project.root / "source").rename(project.root / "elsewhere")
    capsys.readouterr()
    assert command("run", str(project.definition), "--dry-run") == 1
    shown = capsys.readouterr().out
    assert "source 'census' is not where it was registered" in shown
    assert "synth-assets source set-location census" in shown
    assert str(project.root / "source") not in shown
    with pytest.raises(NotReady, match="is not where it was registered"):
        command("run", str(project.definition))
    assert project.ledger.reservations("town") == ()


def test_a_callable_is_left_alone(project: Project) -> None:
    source = replace(project.ledger.source("census"), kind="python", location="no_such_module:rows")
    assert list(source_findings(source)) == []


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (
            ["DROP TABLE people", "CREATE TABLE people (age TEXT, city TEXT, member BLOB)"],
            "'age' is text and was int64, 'member' is of a type that is not read and was text",
        ),
        (["ALTER TABLE people DROP COLUMN member"], "'member' is gone and was text"),
        (["ALTER TABLE people RENAME TO others"], "cannot be reached, or its table is gone"),
    ],
    ids=["other types", "column gone", "table gone"],
)
def test_what_has_changed_is_said_by_a_dry_run_and_costs_nothing(
    counted: Project, path: Path, statements: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change(path, *statements)
    capsys.readouterr()
    assert command("run", str(counted.definition), "--dry-run") == 1
    shown = capsys.readouterr().out
    assert f"'census' {'is not as registered: ' if 'was' in said else ''}{said}" in shown
    assert "would be refused, and cost nothing" in shown
    with pytest.raises(NotReady, match=f"nothing was spent(.|\n)*{re.escape(said)}"):
        command("run", str(counted.definition))
    assert counted.ledger.reservations("town") == ()
    assert str(path) not in shown
    assert CANARY not in shown


def test_a_column_more_does_not_matter(counted: Project, path: Path) -> None:
    change(path, "ALTER TABLE people ADD COLUMN extra TEXT")
    (finding,) = source_findings(counted.ledger.source("census"))
    assert finding.state == "good"
