"""A test whose program is missing is left out with one line, or refused when nothing may be left out."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_HOUSE = Path(__file__).parent.parent / "conftest.py"
_CONFTEST = """
import importlib.util, sys
from pathlib import Path
spec = importlib.util.spec_from_file_location("house", {house!r})
house = importlib.util.module_from_spec(spec)
spec.loader.exec_module(house)
house._PROGRAMS["postgres"] = ("PostgreSQL", lambda: {program})
pytest_collection_modifyitems = house.pytest_collection_modifyitems
pytest_terminal_summary = house.pytest_terminal_summary
"""
_TESTS = """
import pytest
def test_without(): pass
@pytest.mark.postgres
def test_with(): pass
@pytest.mark.postgres
def test_with_another(): pass
"""


def run(folder: Path, *, program: str, require_all: str = "") -> "subprocess.CompletedProcess[str]":
    (folder / "conftest.py").write_text(_CONFTEST.format(house=str(_HOUSE), program=program))
    (folder / "test_it.py").write_text(_TESTS)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = postgres\n")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "REQUIRE_ALL": require_all, "PYTHONPATH": str(_HOUSE.parent.parent)},
    )


def test_without_the_program_one_line_says_what_was_left_out(tmp_path: Path) -> None:
    done = run(tmp_path, program="None")
    assert done.returncode == 0
    assert "1 passed, 2 deselected" in done.stdout
    assert "2 tests marked postgres were left out: PostgreSQL is missing" in done.stdout.splitlines()


def test_without_the_program_nothing_runs_when_all_is_required(tmp_path: Path) -> None:
    done = run(tmp_path, program="None", require_all="1")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "PostgreSQL is missing, which 2 tests need and REQUIRE_ALL=1 asks for" in done.stderr + done.stdout


def test_with_the_program_everything_runs(tmp_path: Path) -> None:
    done = run(tmp_path, program="Path('/')", require_all="1")
    assert "3 passed" in done.stdout
    assert "left out" not in done.stdout
