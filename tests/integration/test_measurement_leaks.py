"""Values planted in rows are nowhere outside the private zone, after good runs and after failing ones."""

import json
import logging
from pathlib import Path

import pytest
from kit.people import HEADER, make_contract
from kit.project import Project, make_project

from synth_assets.assurance import faulty_source
from synth_assets.assurance.canaries import Canaries
from synth_assets.assurance.faulty_source import FAULT, FAULTS
from synth_assets.assurance.search import search
from synth_assets.errors import MeasurementFailed

pytestmark = pytest.mark.integration

CANARIES = Canaries.fresh()
CANARY = CANARIES.word
ROWS = f"{CANARY}-id,{CANARY}-age,{CANARIES.letters}-city,{CANARIES.number}\n" * 3
ODD_ROWS = f'{ROWS}"{CANARY}\n{CANARY},,,,,,,{CANARY}\n'
UNIT = {"column": "person", "max_rows": 2}
LIMITS = """
import json, os, resource, tempfile
from pathlib import Path
import pandas as pd
NOTES = Path("FILE")

def rows():
    if NOTES.exists():
        limits = [resource.getrlimit(resource.RLIMIT_CORE), os.umask(0o077)]
        folders = [os.getcwd(), tempfile.gettempdir(), oct(os.stat(".").st_mode & 0o777)]
        NOTES.write_text(json.dumps([*limits, *folders]))
    return pd.DataFrame({"person": ["x"], "age": ["3"], "city": ["north"], "member": [1]})
"""
MESSAGE = str(MeasurementFailed())


def leaked(project: Project) -> list[str]:
    """Return where a canary is outside of the private zone, in whatever form."""
    private = [project.workspace.private, project.workspace.curator, project.root / "source"]
    return search(project.root, CANARIES.needles(), without=private).hits


def nothing_left_behind(project: Project) -> bool:
    return list((project.workspace.private / "scratch").iterdir()) == []


@pytest.fixture
def faulty(tmp_path: Path) -> Project:
    """A source that fails as the file ``fault`` says, once the measurement calls it."""
    return make_project(
        tmp_path,
        kind="python",
        location=f"{faulty_source.__name__}:rows",
        options={"arguments": [str(tmp_path / "source")]},
        contract=make_contract(unit=UNIT),
        files={faulty_source.ROWS: (HEADER + ROWS).encode()},
    )


def fail(project: Project, fault: str) -> Path:
    """Make the source fail, shouting canaries; return the file whose removal ends that."""
    file = project.root / "source" / FAULT
    file.write_text(f"{fault} {CANARY}-{CANARIES.letters}")
    return file


def test_a_good_run_leaks_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    project = make_project(tmp_path, files={"a.csv": (HEADER + ODD_ROWS).encode()}, contract=make_contract(unit=UNIT))
    project.obtain()
    assert leaked(project) == []
    assert CANARY not in "".join(capfd.readouterr())
    assert nothing_left_behind(project)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_failing_run_has_one_message_leaks_nothing_and_is_resumed_at_no_cost(
    fault: str, faulty: Project, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    file = fail(faulty, fault)
    with caplog.at_level(logging.DEBUG), pytest.raises(MeasurementFailed) as failure:
        faulty.obtain()
    assert str(failure.value) == MESSAGE
    assert failure.value.__cause__ is None
    assert leaked(faulty) == []
    assert CANARY not in "".join(capfd.readouterr()) + caplog.text
    assert nothing_left_behind(faulty)
    file.unlink()
    assert faulty.obtain().reservation.attempt == 1
    assert faulty.charges == 1


@pytest.mark.slow
def test_the_process_leaves_no_core_file_and_writes_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes, folder = tmp_path / "notes.json", tmp_path / "modules"
    folder.mkdir()
    (folder / "noting_its_limits.py").write_text(LIMITS.replace("FILE", str(notes)))
    monkeypatch.syspath_prepend(str(folder))
    project = make_project(
        tmp_path,
        kind="python",
        location="noting_its_limits:rows",
        contract=make_contract(unit=UNIT),
        files={"none.txt": b""},
    )
    notes.touch()  # registering called it in this process
    project.obtain()
    core, umask, current, temporary, mode = json.loads(notes.read_text())
    assert core in ([1, 1], [0, 0])  # see synth_assets/measurement/memory.py
    assert umask == 0o077
    assert Path(current).parent == project.workspace.private / "scratch"
    assert temporary == current
    assert mode == "0o700"


def test_the_details_are_in_the_curators_store_alone(faulty: Project) -> None:
    fail(faulty, "raise")
    with pytest.raises(MeasurementFailed):
        faulty.obtain()
    (details,) = faulty.workspace.curator.rglob("*.txt")
    assert CANARY in details.read_text()
    assert details.stat().st_mode & 0o077 == 0
    assert faulty.workspace.curator.stat().st_mode & 0o077 == 0


def test_a_file_that_lost_a_column_is_a_fault_like_any_other(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    files = {"a.csv": HEADER.encode(), "b.csv": HEADER.encode()}
    project = make_project(tmp_path, files=files, contract=make_contract(unit=UNIT))
    (tmp_path / "source" / "b.csv").write_text(f"person,{CANARY},city,member\n{ROWS}")
    with pytest.raises(MeasurementFailed) as failure:
        project.obtain()
    assert str(failure.value) == MESSAGE
    assert leaked(project) == []
    assert CANARY not in "".join(capfd.readouterr())
