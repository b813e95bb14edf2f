"""A project as create-dagster makes it, in which a page is followed: its files are written, its commands are run.

``tests/data/created_project`` is what create-dagster 1.13.27 wrote.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from followed import ROOT, Block

__all__ = ["Step", "create_project", "follow", "project_environment", "steps_of", "take_settings", "write_file"]

_OURS = ("SYNTH_ASSETS_ROOT", "SYNTH_ASSETS_LEDGER", "DAGSTER_HOME", "MLFLOW_TRACKING_URI")


@dataclass(frozen=True, kw_only=True)
class Step:
    """A block of a page that was followed.

    Attributes:
        block: as it is on the page.
        printed: what a command printed; nothing of a file that was written.
        seconds: how long it took.
    """

    block: Block
    printed: str
    seconds: float


def create_project(folder: Path) -> Path:
    """Make the project `clinic` in a folder."""
    return Path(shutil.copytree(ROOT / "tests" / "data" / "created_project", folder / "clinic"))


def take_settings(project: Path, blocks: Iterable[Block]) -> None:
    """Put a page's range of Dagster in the place of the pin that create-dagster writes, and its other settings last."""
    dependencies, *others = (block.text for block in blocks if block.language == "toml")
    settings = project / "pyproject.toml"
    changed, count = re.subn(r"dependencies = \[.*?\]\n", dependencies, settings.read_text(), count=1, flags=re.DOTALL)
    assert count == 1
    settings.write_text("\n".join([changed, *others]))


def write_file(project: Path, block: Block) -> Path:
    """Write a file of a page, whose first line says where it stands."""
    file = project / block.text.partition("\n")[0].removeprefix("# ")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(block.text)
    return file


def project_environment(project: Path) -> dict[str, str]:
    """Return what a shell has in the project's environment, for which this one stands."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**_kept(os.environ), "PATH": path, "PYTHONPATH": f"{project / 'src'}{os.pathsep}{ROOT}"}


def follow(project: Path, blocks: Iterable[Block]) -> str:
    """Follow a page in this environment, installing nothing; return what was printed."""
    steps = steps_of(project, blocks, environment=project_environment(project), installs=False)
    return "".join(step.printed for step in steps)


def steps_of(
    project: Path, blocks: Iterable[Block], *, environment: Mapping[str, str], installs: bool
) -> Iterator[Step]:
    """Write each file and run each command, in their order.

    Args:
        project: the folder.
        blocks: of the page.
        environment: variables of every command, besides those that the page exports.
        installs: whether commands that install are run, too.
    """
    exports = list[str]()
    for block in blocks:
        begin, printed = time.perf_counter(), ""
        if block.language in ("python", "yaml"):
            write_file(project, block)
        elif block.is_typed:
            lines = [line for line in block.script.splitlines() if installs or not line.startswith("pip install ")]
            exports += [line for line in lines if line.startswith("export ")]
            printed = _printed_by("\n".join([*exports, *lines]), project, environment)
        else:
            continue
        yield Step(block=block, printed=printed, seconds=time.perf_counter() - begin)


def _printed_by(script: str, folder: Path, environment: Mapping[str, str]) -> str:
    shell = ["bash", "-euo", "pipefail", "-c", script]
    done = subprocess.run(shell, cwd=folder, env=_kept(environment), capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _kept(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in _OURS}
