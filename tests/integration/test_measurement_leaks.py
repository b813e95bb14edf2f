"""Strings planted in rows are nowhere outside the private zone, after good runs and after failing ones."""

import json
import logging
from pathlib import Path

import pytest
from kit.people import HEADER, make_contract
from kit.project import Project, make_project

from synth_assets.errors import MeasurementFailed

pytestmark = pytest.mark.integration

CANARY = "canary-5f1d7c"
ROWS = f"{CANARY}-id,{CANARY}-age,{CANARY}-city,{CANARY}-member\n" * 3 + f'"{CANARY}\n{CANARY},,,,,,,{CANARY}\n'
UNIT = {"column": "person", "max_rows": 2}
MODULE = """
import json, logging, os, resource, signal, sys, tempfile, warnings
import pandas as pd
ROWS = pd.DataFrame({"person": ["CANARY"], "age": ["CANARY"], "city": ["CANARY"], "member": [1]})
FLAG = "FLAGFILE"

def rows():
    fault = open(FLAG).read() if os.path.exists(FLAG) else ""
    if fault:
        print("CANARY", "CANARY", file=sys.stderr)
        logging.getLogger().error("CANARY")
        warnings.warn("CANARY")
        open("CANARY.tmp", "w").write("CANARY")
    if fault == "report":
        limits = [resource.getrlimit(resource.RLIMIT_CORE), os.umask(0o077)]
        folders = [os.getcwd(), tempfile.gettempdir(), oct(os.stat(".").st_mode & 0o777)]
        open(FLAG, "w").write(json.dumps([*limits, *folders]))
    if fault == "raise":
        raise ValueError("CANARY")
    if fault == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if fault == "exit":
        sys.exit("CANARY")
    if fault == "full":
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    return ROWS
"""
MESSAGE = str(MeasurementFailed())


def leaked(project: Project) -> list[str]:
    """Return the public files whose name or content has the planted string."""
    needle = CANARY.encode()
    return [str(path) for path in project.public_files() if needle in path.read_bytes() or CANARY in str(path)]


def nothing_left_behind(project: Project) -> bool:
    return list((project.workspace.private / "scratch").iterdir()) == []


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Project:
    """A Python source that does what the file ``fault`` names, once the measurement calls it."""
    name = "planted_" + "".join(letter for letter in request.node.name if letter.isalpha())
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / f"{name}.py").write_text(MODULE.replace("CANARY", CANARY).replace("FLAGFILE", str(folder / "fault")))
    monkeypatch.syspath_prepend(str(folder))
    return make_project(
        tmp_path, kind="python", location=f"{name}:rows", contract=make_contract(unit=UNIT), files={"none.txt": b""}
    )


def test_a_good_run_leaks_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    project = make_project(tmp_path, files={"a.csv": (HEADER + ROWS).encode()}, contract=make_contract(unit=UNIT))
    project.obtain()
    assert leaked(project) == []
    assert CANARY not in "".join(capfd.readouterr())
    assert nothing_left_behind(project)


@pytest.mark.parametrize("fault", ["raise", "kill", "exit", "full"])
def test_a_failing_run_has_one_message_leaks_nothing_and_is_resumed_at_no_cost(
    fault: str, planted: Project, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    flag = planted.workspace.root / "source" / "fault"
    flag.write_text(fault)
    with caplog.at_level(logging.DEBUG), pytest.raises(MeasurementFailed) as failure:
        planted.obtain()
    assert str(failure.value) == MESSAGE
    assert failure.value.__cause__ is None
    assert leaked(planted) == []
    assert CANARY not in "".join(capfd.readouterr()) + caplog.text
    assert nothing_left_behind(planted)
    flag.unlink()
    assert planted.obtain().reservation.attempt == 1
    assert planted.charges == 1


def test_the_process_leaves_no_core_file_and_writes_for_its_owner_alone(planted: Project) -> None:
    flag = planted.workspace.root / "source" / "fault"
    flag.write_text("report")
    planted.obtain()
    core, umask, folder, temporary, mode = json.loads(flag.read_text())
    assert core in ([1, 1], [0, 0])  # see synth_assets/measurement/memory.py
    assert umask == 0o077
    assert Path(folder).parent == planted.workspace.private / "scratch"
    assert temporary == folder
    assert mode == "0o700"


def test_the_details_are_in_the_curators_store_alone(planted: Project) -> None:
    (planted.workspace.root / "source" / "fault").write_text("raise")
    with pytest.raises(MeasurementFailed):
        planted.obtain()
    (details,) = planted.workspace.curator.rglob("*.txt")
    assert CANARY in details.read_text()
    assert details.stat().st_mode & 0o077 == 0
    assert planted.workspace.curator.stat().st_mode & 0o077 == 0


def test_a_file_that_lost_a_column_is_a_fault_like_any_other(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    files = {"a.csv": HEADER.encode(), "b.csv": HEADER.encode()}
    project = make_project(tmp_path, files=files, contract=make_contract(unit=UNIT))
    (tmp_path / "source" / "b.csv").write_text(f"person,{CANARY},city,member\n{ROWS}")
    with pytest.raises(MeasurementFailed) as failure:
        project.obtain()
    assert str(failure.value) == MESSAGE
    assert leaked(project) == []
    assert CANARY not in "".join(capfd.readouterr())
