"""A candidate's page is written over the one before, and no fault of it goes further than one line."""

from pathlib import Path
from typing import Any

import pytest
from kit.project import Project

from synth_assets.candidate import Candidate
from synth_assets.checks import recompute_checks
from synth_assets.promotion import write_page


@pytest.fixture
def candidate(checked: Project) -> Candidate:
    return checked.candidate(0)


def _write(project: Project, candidate: Candidate) -> tuple[Path | None, list[str]]:
    results, basis = recompute_checks(project.contract, candidate, project.release, suite=project.suite)
    lines: list[str] = []
    return write_page(basis, candidate, results, workspace=project.workspace, warn=lines.append), lines


def test_a_page_lies_in_a_folder_of_its_own_and_replaces_the_one_before(checked: Project, candidate: Candidate) -> None:
    path, lines = _write(checked, candidate)
    assert (path, lines) == (checked.root / "data" / "pages" / "people" / f"{candidate.digest}.html", [])
    assert path is not None
    before = path.read_bytes()
    path.write_text("of yesterday")
    _write(checked, candidate)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_folder_that_cannot_be_written_is_said_in_one_line(checked: Project, candidate: Candidate) -> None:
    (checked.root / "data" / "pages").write_text("in the way")
    path, (line,) = _write(checked, candidate)
    assert path is None
    assert (
        line == f"the page of candidate {candidate.digest[:12]} was not written (Not a directory); its verdicts stand"
    )


def test_a_full_disk_leaves_the_page_before(
    checked: Project, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = _write(checked, candidate)
    assert path is not None
    before = path.read_bytes()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("synth_assets.files.os.fsync", full)
    again, (line,) = _write(checked, candidate)
    assert (again, path.read_bytes()) == (None, before)
    assert "No space left on device" in line
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_page_that_cannot_be_made_is_named_by_its_kind_of_fault_alone(
    checked: Project, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> str:
        raise ZeroDivisionError("a value")

    monkeypatch.setattr("synth_assets.promotion.page.candidate_page", broken)
    path, (line,) = _write(checked, candidate)
    assert path is None
    assert "(ZeroDivisionError)" in line
    assert "a value" not in line
