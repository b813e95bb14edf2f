"""Machines that share a bucket, a ledger, Dagster's log and MLflow, and nothing else: an empty disk each."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from kit.project import Project

__all__ = ["Machines"]

_SUPPORT = Path(__file__).parent
_IN_GIT = ("defs", "expectations", ".dvc", "dvc.yaml")
"""What a checkout of the project has: no data, no state."""


@dataclass(slots=True)
class Machines:
    """All that machines share, and a folder for the disk of each.

    Attributes:
        project: a furnished project with its source; it is left behind once its ledger was moved.
        folder: where disks and what is shared are.
        storage: the address.
    """

    project: Project
    folder: Path
    storage: str
    started: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        shared = self.folder / "shared"
        shared.mkdir()
        state = self.project.workspace.state
        for name in ("ledger.db", "mlflow.db", "dagster"):
            shutil.move(state / name, shared / name)

    def environment(self, root: Path) -> dict[str, str]:
        """Return the variables of a machine: addresses, and the folder of its checkout."""
        shared = self.folder / "shared"
        return {
            "SYNTH_ASSETS_ROOT": str(root),
            "SYNTH_ASSETS_STORAGE": self.storage,
            "SYNTH_ASSETS_LEDGER": f"sqlite:///{shared / 'ledger.db'}",
            "MLFLOW_TRACKING_URI": f"sqlite:///{shared / 'mlflow.db'}",
            "DAGSTER_HOME": str(shared / "dagster"),
        }

    def machine(self) -> Path:
        """Return the checkout on a new machine: what is in git."""
        root = self.folder / f"machine-{len(self.started)}"
        root.mkdir()
        for name in _IN_GIT:
            path = self.project.root / name
            (shutil.copytree if path.is_dir() else shutil.copyfile)(path, root / name)
        self.started.append(root)
        return root

    def stand_in(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        """Make a machine the current one."""
        patch.chdir(root)
        for name, value in self.environment(root).items():
            patch.setenv(name, value)

    def step(self, name: str, root: Path | None = None) -> "subprocess.CompletedProcess[str]":
        """Run one Dagster step in a process of its own, on a new machine unless one is given."""
        return self.run([sys.executable, str(_SUPPORT / "one_step.py"), name], root or self.machine())

    def command(self, *arguments: str, root: Path | None = None) -> "subprocess.CompletedProcess[str]":
        """Run a command in a process of its own, on a new machine unless one is given."""
        return self.run([sys.executable, "-m", "synth_assets", *arguments], root or self.machine())

    def run(self, command: list[str], root: Path) -> "subprocess.CompletedProcess[str]":
        """Run a program on a machine."""
        path = os.pathsep.join([str(_SUPPORT), str(_SUPPORT.parents[1]), os.environ.get("PYTHONPATH", "")])
        environment = {**os.environ, **self.environment(root), "PYTHONPATH": path}
        return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
