"""Kill -9 at every boundary of a promotion: one whole version is readable, and the next run completes."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from dvc.repo import Repo
from kit.project import Project
from kit.stores import FileRegistry
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


@pytest.mark.slow
@pytest.mark.parametrize(("when", "step"), [*BEFORE_THE_COMMIT_POINT, *AFTER_IT])
def test_a_kill_leaves_one_whole_version_and_the_next_run_completes(checked: Project, when: str, step: str) -> None:
    stores = {"versions": DvcVersionStore(checked.root), "registry": FileRegistry(checked.root / "registry.json")}
    first = checked.promote(checked.evidence(0), **stores)

    command = [sys.executable, str(DRIVER), str(checked.root), when, step]
    killed = subprocess.run(command, capture_output=True, check=False, cwd=Path(__file__).parents[2])
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()

    promoted = read_current(checked.workspace, "people")
    assert promoted is not None
    expected = checked.evidence(1 if (when, step) in AFTER_IT else 0).candidate
    assert promoted.candidate == expected.digest
    assert pq.read_table(promoted.data[0]).equals(expected.table())
    assert exit_code(verify_bundle(promoted.bundle)) == 0

    repair(checked.workspace, "people", **stores)
    assert promotion_status(checked.workspace, checked.contract, **stores).in_order
    assert read_current(checked.workspace, "people") == promoted
    assert _dvc_status(checked.root) == {}

    second = checked.promote(checked.evidence(1), **stores)
    assert second.previous == first.version
    assert promotion_status(checked.workspace, checked.contract, **stores).in_order
    assert _dvc_status(checked.root) == {}
    left = {path.name for path in (checked.promoted / "versions").iterdir()}
    assert left == {first.version, second.version}
    assert len(json.loads((checked.root / "registry.json").read_text())["versions"]) == 2


def _dvc_status(root: Path) -> object:
    with Repo(str(root), config={"core": {"no_scm": True}}) as repo:
        return repo.status()


def test_inside_dvc_repro_the_output_is_placed_and_dvc_records_it(checked: Project, monkeypatch: MonkeyPatch) -> None:
    stores = {"versions": DvcVersionStore(checked.root), "registry": FileRegistry(checked.root / "registry.json")}
    monkeypatch.setenv("DVC_STAGE", "people")
    promotion = checked.promote(checked.evidence(0), **stores)
    assert not (checked.root / "dvc.lock").exists()
    output = checked.root / "data" / "promoted" / "people" / "version"
    assert (output / "data" / "part-00000.parquet").read_bytes() == promotion.data[0].read_bytes()
