"""A tool's reading is recorded before a row is there, and after its start no status tells what became of it."""

import dataclasses
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow.parquet as pq
import pytest
from kit.people import make_contract
from kit.project import Project, make_checked_project
from measuring_here import measuring_here

from synth_assets.files import sha256_file
from synth_assets.ledger import CuratorPermit, CuratorRequest
from synth_assets.measurement import tool
from synth_assets.measurement.tool import run_tool_job
from synth_assets.measurement.tool_process import ToolProcess
from synth_assets.obtain.job import Status, ToolJob

__all__ = ["measuring_here"]
pytestmark = pytest.mark.usefixtures("measuring_here")

COPY = """
import pathlib, sys
folder = pathlib.Path(sys.argv[1])
(folder / "output" / "m").write_bytes((folder / "measured.parquet").read_bytes())
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = make_checked_project(tmp_path_factory.mktemp("town"), contract=make_contract())
    project.ledger.mark_curated("town", by="officer", reason="a complaint")
    return project


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def job_for(project: Project, folder: Path, *, text: str = COPY, **changes: Any) -> ToolJob:
    script = folder / "mine.py"
    script.write_text(text)
    digest = sha256_file(script)
    request = CuratorRequest(
        id=f"{len(reads(project)):04x}",
        source="census",
        version="2026-11",
        part=None,
        dataset="people",
        contract_digest=project.contract.digest(),
        candidate=project.candidate(0).digest,
        by="Ada",
        reason="a complaint",
        tool=f"mine.py@{digest[:12]}",
        rows=40,
    )
    job = ToolJob(
        root=project.root,
        requests=(dataclasses.replace(request, **changes),),
        script=script,
        digest=digest,
        python=Path(sys.executable),
        minutes=1,
        domain=project.release.domain.as_json(),
        task={"seed": 1, "warning": "no epsilon"},
    )
    return ToolJob.from_line(job.to_line())


def reads(project: Project) -> list[str]:
    return [entry.kind for entry in project.ledger.entries("town") if entry.kind == "CURATOR_READ"]


def run(job: ToolJob, scratch: Path) -> Status:
    return run_tool_job(job, scratch=scratch, process=ToolProcess(), undisturbed=Lock())


def test_the_tool_gets_as_many_rows_as_the_ledger_says(town: Project, tmp_path: Path, scratch: Path) -> None:
    job = job_for(town, tmp_path)
    assert run(job, scratch) is Status.DONE
    folder = town.workspace.curator / job.path
    assert pq.read_table(folder / "output" / "m").num_rows == 40
    assert json.loads((folder / "CURATOR.json").read_text())["requests"][0]["rows"] == 40


def test_the_reading_is_recorded_before_the_source_is_opened(
    town: Project, tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, seen = len(reads(town)), []

    def rows(_: CuratorPermit, __: Sequence[str], **___: Any) -> Iterator[Any]:
        seen.append(len(reads(town)))
        raise RuntimeError("a private row")

    monkeypatch.setattr(tool, "rows_for_curator", rows)
    job = job_for(town, tmp_path)
    assert run(job, scratch) is Status.FAILED
    assert seen == [before + 1]
    assert not (town.workspace.curator / job.path).exists()


@pytest.mark.parametrize(
    "change", [{"tool": "mine.py@0123456789ab"}, {"tool": None, "rows": None}, {"candidate": "2" * 64}]
)
def test_what_is_not_what_would_be_recorded_is_refused(
    town: Project, tmp_path: Path, scratch: Path, change: dict[str, Any]
) -> None:
    before = reads(town)
    assert run(job_for(town, tmp_path, **change), scratch) is Status.REFUSED
    assert reads(town) == before


def test_a_script_that_was_changed_since_is_refused(town: Project, tmp_path: Path, scratch: Path) -> None:
    before, job = reads(town), job_for(town, tmp_path)
    job.script.write_text("print()")
    assert run(job, scratch) is Status.REFUSED
    assert reads(town) == before


def test_after_the_start_the_status_is_the_same_even_if_nothing_can_be_kept(
    town: Project, tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError("the disk is full of rows")

    monkeypatch.setattr(tool, "keep_output", fails)
    job = job_for(town, tmp_path, text="raise SystemExit(3)")
    assert run(job, scratch) is Status.DONE
    folder = town.workspace.curator / job.path
    assert sorted(path.name for path in folder.iterdir()) == ["fault.txt", "log.txt"]
    assert "full of rows" in (folder / "fault.txt").read_text()


def test_the_tool_is_ended_after_its_minutes(
    town: Project, tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ToolProcess, "wait", lambda process, **_: process.end())
    job = job_for(town, tmp_path, text="import time; time.sleep(600)")
    assert run(job, scratch) is Status.DONE
    statement = json.loads((town.workspace.curator / job.path / "CURATOR.json").read_text())
    assert (statement["exit_code"], statement["ended_after_minutes"]) == (None, 1)
