"""``docs/existing-project.md``, followed block by block in a project of create-dagster's."""

import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from followed import ROOT, Block, blocks_of

__all__ = ["PAGE", "Step", "follow", "page_blocks", "take_range"]

PAGE = ROOT / "docs" / "existing-project.md"


@dataclass(frozen=True, kw_only=True)
class Step:
    """A block of the page that was followed.

    Attributes:
        block: as it is on the page.
        printed: what a command printed; nothing of a file that was written.
        seconds: how long it took.
    """

    block: Block
    printed: str
    seconds: float


def page_blocks() -> list[Block]:
    """Return the page's blocks in their order."""
    return list(blocks_of(PAGE))


def take_range(project: Path) -> None:
    """Put the page's range of Dagster in the place of the pin that create-dagster writes."""
    (dependencies,) = (block.text for block in page_blocks() if block.language == "toml")
    settings = project / "pyproject.toml"
    changed, count = re.subn(r"dependencies = \[.*?\]\n", dependencies, settings.read_text(), count=1, flags=re.DOTALL)
    assert count == 1
    settings.write_text(changed)


def follow(project: Path, environment: Mapping[str, str], *, installs: bool) -> Iterator[Step]:
    """Write each file of the page and run each of its commands, in their order.

    Args:
        project: the folder.
        environment: variables of every command, besides those that the page exports.
        installs: whether commands that install are run, too; else another environment stands for them.
    """
    exports = list[str]()
    for block in page_blocks():
        begin = time.perf_counter()
        printed = ""
        if block.language in ("python", "yaml"):
            file = project / block.text.partition("\n")[0].removeprefix("# ")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text)
        elif block.is_typed:
            lines = [line for line in block.script.splitlines() if installs or not line.startswith("pip install ")]
            exports += [line for line in lines if line.startswith("export ")]
            printed = _run("\n".join([*exports, *lines]), project, environment)
        else:
            continue
        yield Step(block=block, printed=printed, seconds=time.perf_counter() - begin)


def _run(script: str, folder: Path, environment: Mapping[str, str]) -> str:
    left_out = ("SYNTH_ASSETS_ROOT", "SYNTH_ASSETS_LEDGER", "DAGSTER_HOME", "MLFLOW_TRACKING_URI")
    kept = {name: value for name, value in {**os.environ, **environment}.items() if name not in left_out}
    shell = ["bash", "-euo", "pipefail", "-c", script]
    done = subprocess.run(shell, cwd=folder, env=kept, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout
