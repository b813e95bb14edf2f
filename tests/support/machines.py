"""Machines with an empty disk each, which share addresses; Dagster's steps also share its log."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from kit.project import Project

__all__ = ["Machines"]

_SUPPORT = Path(__file__).parent
_IN_GIT = ("defs", "expectations", ".dvc", "dvc.yaml", "officer.pub")
"""What a checkout of the project has: no data, no state."""


@dataclass(slots=True, kw_only=True)
class Machines:
    """All that machines share, and a folder for the disk of each.

    Attributes:
        project: a furnished project with its source; what machines get of it is what is in git.
        folder: where disks are.
        addresses: what all machines share, by the names of the variables.
        log: Dagster's, which its steps share; commands have their own, empty one.
    """

    project: Project
    folder: Path
    addresses: dict[str, str]
    log: Path
    started: list[Path] = field(default_factory=list)

    def machine(self) -> Path:
        """Return the checkout on a new machine: what is in git."""
        root = self.folder / f"machine-{len(self.started)}"
        root.mkdir()
        for name in _IN_GIT:
            path = self.project.root / name
            (shutil.copytree if path.is_dir() else shutil.copyfile)(path, root / name)
        self.started.append(root)
        return root

    def step(self, name: str) -> "subprocess.CompletedProcess[str]":
        """Run one Dagster step in a process of its own on a new machine."""
        return self._run([sys.executable, str(_SUPPORT / "one_step.py"), name], {"DAGSTER_HOME": str(self.log)})

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command in a process of its own on a new machine."""
        return self._run([sys.executable, "-m", "synth_assets", *arguments], {})

    def _run(self, command: list[str], more: dict[str, str]) -> "subprocess.CompletedProcess[str]":
        root = self.machine()
        path = os.pathsep.join([str(_SUPPORT), str(_SUPPORT.parents[1]), os.environ.get("PYTHONPATH", "")])
        inherited = {name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"}
        environment = {**inherited, **self.addresses, **more, "SYNTH_ASSETS_ROOT": str(root), "PYTHONPATH": path}
        return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
