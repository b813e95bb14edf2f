"""Kill -9 at every boundary of a promotion: one whole version is readable, and the next run completes."""

import signal
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from dvc.repo import Repo
from made_up_project import FileRegistry, Project
from made_up_project import project as project  # noqa: PLC0414 - a fixture
from pytest import MonkeyPatch  # noqa: PT013 - the type alone

from synth_assets.audit import exit_code, verify_bundle
from synth_assets.integrations.dvc import DvcVersionStore
from synth_assets.promotion import promotion_status, read_current, repair

pytestmark = pytest.mark.integration

DRIVER = Path(__file__).parents[1] / "support" / "killed_promotion.py"
BEFORE_THE_COMMIT_POINT = [
    ("before", "stage"),
    ("before", "bundle"),
    ("after", "bundle"),
    ("after", "stage"),
    ("after", "record"),
    ("before", "dvc commit"),
    ("after", "dvc commit"),
    ("after", "commit"),
]
AFTER_IT = [("after", "pointer"), ("after", "alias"), ("after", "sweep")]


@pytest.mark.parametrize(("when", "step"), [*BEFORE_THE_COMMIT_POINT, *AFTER_IT])
def test_a_kill_leaves_one_whole_version_and_the_next_run_completes(project: Project, when: str, step: str) -> None:
    stores = {"versions": DvcVersionStore(project.root), "registry": FileRegistry(project.root / "registry.json")}
    first = project.promote(project.evidence(0), **stores)

    command = [sys.executable, str(DRIVER), str(project.root), when, step]
    killed = subprocess.run(command, capture_output=True, check=False, cwd=Path(__file__).parents[2])
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()

    promoted = read_current(project.workspace, "visits")
    assert promoted is not None
    expected = project.evidence(1 if (when, step) in AFTER_IT else 0).candidate
    assert promoted.candidate == expected.digest
    assert pq.read_table(promoted.data[0]).equals(expected.table())
    assert exit_code(verify_bundle(promoted.bundle)) == 0

    repair(project.workspace, "visits", **stores)
    assert promotion_status(project.workspace, project.contract, **stores).in_order
    assert read_current(project.workspace, "visits") == promoted
    assert _dvc_status(project.root) == {}

    second = project.promote(project.evidence(1), **stores)
    assert second.previous == first.version
    assert promotion_status(project.workspace, project.contract, **stores).in_order
    assert _dvc_status(project.root) == {}
    left = {path.name for path in (project.promoted / "versions").iterdir()}
    assert left == {first.version, second.version}
    assert len(FileRegistry(project.root / "registry.json")._told()["versions"]) == 2


def _dvc_status(root: Path) -> object:
    with Repo(str(root), config={"core": {"no_scm": True}}) as repo:
        return repo.status()


def test_inside_dvc_repro_the_output_is_placed_and_dvc_records_it(project: Project, monkeypatch: MonkeyPatch) -> None:
    stores = {"versions": DvcVersionStore(project.root), "registry": FileRegistry(project.root / "registry.json")}
    monkeypatch.setenv("DVC_STAGE", "visits")
    promotion = project.promote(project.evidence(0), **stores)
    assert not (project.root / "dvc.lock").exists()
    output = project.root / "data" / "promoted" / "visits" / "version"
    assert (output / "data" / "part-00000.parquet").read_bytes() == promotion.data[0].read_bytes()
