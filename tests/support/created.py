"""A project as create-dagster makes it, in which a page is followed: its files are written, its commands are run.

Only installing is left out, for which this environment stands. ``tests/data/created_project`` is what create-dagster
1.13.27 wrote.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from followed import ROOT, Block

__all__ = ["create_project", "follow", "project_environment", "write_file"]

_OURS = ("SYNTH_ASSETS_ROOT", "SYNTH_ASSETS_LEDGER", "DAGSTER_HOME", "MLFLOW_TRACKING_URI")


def create_project(folder: Path) -> Path:
    """Make the project `clinic` in a folder."""
    return Path(shutil.copytree(ROOT / "tests" / "data" / "created_project", folder / "clinic"))


def write_file(project: Path, block: Block) -> Path:
    """Write a file of a page, whose first line says where it stands."""
    file = project / block.text.partition("\n")[0].removeprefix("# ")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(block.text)
    return file


def project_environment(project: Path) -> dict[str, str]:
    """Return what a shell in the project's environment has."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    kept = {name: value for name, value in os.environ.items() if name not in _OURS}
    return {**kept, "PATH": path, "PYTHONPATH": f"{project / 'src'}{os.pathsep}{ROOT}"}


def follow(project: Path, blocks: Iterable[Block]) -> str:
    """Write each file and run each command, in their order; return what was printed."""
    exports, printed = list[str](), ""
    for block in blocks:
        if block.language in ("python", "yaml"):
            write_file(project, block)
        elif block.is_typed:
            lines = [line for line in block.script.splitlines() if not line.startswith("pip install ")]
            exports += [line for line in lines if line.startswith("export ")]
            script = "\n".join([*exports, *lines])
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", script],
                cwd=project,
                env=project_environment(project),
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
            printed += done.stdout
    return printed
