"""The measuring process gets whole paths and leaves what it printed with the curator."""

import os
from pathlib import Path

import pytest
from kit.project import Project

from synth_assets.obtain import start
from synth_assets.obtain.job import Status
from synth_assets.obtain.scratch import OUTPUT, open_output
from synth_assets.strategy.release_plan import ReleasePlan


def test_what_a_failed_process_printed_is_kept_for_the_curator_alone(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: object, scratch: Path) -> int:
        with open_output(scratch) as output:
            output.write(b"a private row")
        return Status.FAILED

    monkeypatch.setattr(start, "measure_apart", fails)
    plan = ReleasePlan(contract=project.contract)
    reservation = project.reserve(plan)
    assert start.measure(plan, reservation, workspace=project.workspace) == Status.FAILED
    (file,) = (project.workspace.curator / "measurements" / reservation.id).iterdir()
    assert file.read_bytes() == b"a private row"
    assert file.stat().st_mode & 0o077 == 0
    assert list(project.workspace.private.rglob(OUTPUT)) == []


def test_its_environment_has_our_import_path_as_whole_paths_and_its_scratch(tmp_path: Path) -> None:
    environment = start.child_environment(tmp_path / "scratch", tmp_path)
    assert environment["TMPDIR"] == str(tmp_path / "scratch")
    assert all(Path(entry).is_absolute() for entry in environment["PYTHONPATH"].split(os.pathsep))
