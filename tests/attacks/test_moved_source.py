"""Read another table than the one that the officer registered, under that table's account and label.

Whoever can write the ledger's file edits the location of a source; the officers' keys did not help, because the
location was never compared with what they signed. Or an officer registers another table under a used name and label
by mistake, and the release of the old table is then reused as if it were the new table's.
"""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from kit.people import HEADER, ROWS
from kit.project import Project, make_project

from synth_assets.cli.main import main
from synth_assets.errors import SynthAssetsError
from synth_assets.ledger.keys import create_key

MANY = HEADER + ROWS * 50
OPEN = """
import sys
from pathlib import Path
from kit.people import make_contract
from kit.project import Project
project = Project(root=Path(sys.argv[1]), contract=make_contract())
project.ledger.begin(project.reserve().id)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A source that an officer registered and signed, on an engineer's machine with the officer's public key."""
    monkeypatch.delenv("SYNTH_ASSETS_LEDGER", raising=False)
    create_key(tmp_path / "officer.key")
    with monkeypatch.context() as officer:
        officer.setenv("SYNTH_ASSETS_LEDGER_KEY", str(tmp_path / "officer.key"))
        project = make_project(tmp_path)
    monkeypatch.setenv("SYNTH_ASSETS_OFFICER_KEYS", str(tmp_path / "officer.pub"))
    monkeypatch.setenv("SYNTH_ASSETS_ROOT", str(tmp_path))
    (tmp_path / "others.csv").write_text(MANY)
    return project


def put_place(project: Project, location: str) -> None:
    """Edit the location as anyone can who may write the file."""
    with closing(sqlite3.connect(project.workspace.state / "ledger.db")) as book, book:
        book.execute("UPDATE places SET location = ?", [location])


def run(*arguments: str) -> int:
    """Run a command and return its exit code."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(str(ended.value.code or 0))


def test_a_place_that_was_edited_in_the_database_is_not_read(project: Project, tmp_path: Path) -> None:
    put_place(project, str(tmp_path / "others.csv"))

    with pytest.raises(SynthAssetsError, match="is not where it was registered"):
        project.obtain()
    assert project.charges == 0
    assert list((tmp_path / "data").rglob("answers.parquet")) == []


@pytest.mark.slow
def test_a_place_that_was_edited_after_the_opening_is_not_read_and_costs_nothing_more(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process opens the reservation and ends; then the location is edited, and corrected again."""
    path = {**os.environ, "PYTHONPATH": os.pathsep.join(str(Path(entry or ".").absolute()) for entry in sys.path)}
    subprocess.run([sys.executable, "-c", OPEN, tmp_path], env=path, check=True)
    assert project.charges == 1
    put_place(project, str(tmp_path / "others.csv"))

    with pytest.raises(SynthAssetsError, match=r"not what was signed, anchored or registered, so no row .* was read"):
        project.obtain()

    monkeypatch.setenv("SYNTH_ASSETS_LEDGER_KEY", str(tmp_path / "officer.key"))
    location = ["--location", str(tmp_path / "source" / "*.csv"), "--reason", "somebody edited it"]
    assert run("source", "set-location", "census", *location) == 0
    monkeypatch.delenv("SYNTH_ASSETS_LEDGER_KEY")
    assert project.obtain().release.total() < 1000
    assert project.charges == 1


def test_the_doctor_finds_it(project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put_place(project, str(tmp_path / "others.csv"))
    assert run("ledger", "doctor") == 3
    assert "source 'census' is not where it was registered" in capsys.readouterr().out


def test_another_table_is_not_registered_under_a_used_name(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_LEDGER_KEY", str(tmp_path / "officer.key"))
    registration = [
        "--kind",
        "csv",
        "--location",
        str(tmp_path / "others.csv"),
        "--account",
        "town",
        "--version",
        "2026-11",
    ]

    assert run("source", "add", "census", *registration) == 2
    assert "source set-location" in capsys.readouterr().err
    assert project.ledger.source("census").location == str(tmp_path / "source" / "*.csv")
