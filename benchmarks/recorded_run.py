"""A stranger's first twenty minutes, recorded: from create-dagster to a promoted version with a weekly schedule.

    python benchmarks/recorded_run.py --write docs/recorded-run.md

An environment is made and everything is installed into it; then each file and each command is taken from
``docs/existing-project.md``, as its test takes them, and what was printed is written down with how long it took.
Installing asks the package index of this machine.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests" / "support"))

from created import Step, steps_of, take_settings  # noqa: E402 - below tests/support
from followed import Block, blocks_of  # noqa: E402 - same

HEAD = """\
# Twenty minutes, recorded

What [the guide to a project that you have](existing-project.md) does when somebody follows it, from an empty folder
on: every file and command is taken from that page by `python benchmarks/recorded_run.py --write docs/recorded-run.md`,
which wrote this page. {machine} Reading and deciding take longer than the commands; those took {minutes} in all, and
{installing} of them installed.

| seconds | command |
|---|---|
{times}
"""
NOT_RUN = "<!-- not run: this is the record of a run; the guide's own blocks are run by its test -->"
MOST_LINES = 25
LOGGED = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 - dagster.*\n(?:  .*\n)*\n?", re.MULTILINE)
START = "pip install create-dagster\ncreate-dagster project clinic --no-uv-sync"


def main() -> int:
    """Record, and write or print the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", type=Path, help="the page to write; printed if omitted")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        text = page_of(list(recorded(Path(folder))), folder=Path(folder))
    if arguments.write:
        arguments.write.write_text(text)
    else:
        sys.stdout.write(text)
    return 0


def recorded(folder: Path) -> Iterator[Step]:
    """Yield each step with what it printed; nothing of this environment is in reach of it."""
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder / "synth-assets")], check=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder / "env")], check=True)
    environment = {"PATH": os.pathsep.join([str(folder / "env" / "bin"), os.environ["PATH"]]), "COLUMNS": "120"}
    begin = time.perf_counter()
    printed = subprocess.run(
        ["bash", "-euc", START.replace("pip install", "pip install --quiet")],
        cwd=folder,
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    yield Step(
        block=Block(page="", line=0, language="bash", text=START, reason=""),
        printed=printed,
        seconds=time.perf_counter() - begin,
    )
    blocks = list(blocks_of(ROOT / "docs" / "existing-project.md"))
    take_settings(folder / "clinic", blocks)
    yield from steps_of(folder / "clinic", blocks, environment={**os.environ, **environment}, installs=True)


def page_of(steps: list[Step], *, folder: Path) -> str:
    """Return the page: the times of all commands, then what each printed; of files only their names."""
    commands = [step for step in steps if step.block.is_typed]
    times = "\n".join(f"| {step.seconds:.1f} | {_in_a_row(step.block.script)} |" for step in commands)
    minutes = _minutes(commands)
    installing = _minutes([step for step in commands if "pip install" in step.block.script])
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[1]:.0f}, Python {sys.version.split()[0]}."
    head = HEAD.format(machine=machine, minutes=minutes, installing=installing, times=times)
    return head + "".join(f"\n{_shown(step, folder)}" for step in steps)


def _minutes(steps: list[Step]) -> str:
    return f"{sum(step.seconds for step in steps) / 60:.1f} minutes"


def _in_a_row(script: str) -> str:
    first, *others = script.strip().splitlines()
    return f"`{first}`" + (f" and {len(others)} more" if others else "")


def _shown(step: Step, folder: Path) -> str:
    if not step.block.is_typed:
        name = step.block.text.partition("\n")[0].removeprefix("# ")
        return f"`{name}` is written, as [the guide](existing-project.md) has it.\n"
    prompted = "\n".join(f"$ {line}" for line in step.block.script.strip().splitlines())
    printed = "" if "pip install --editable" in step.block.script else _clean(step.printed, folder)
    return f"{NOT_RUN}\n```console\n{prompted}\n{printed}```\n"


def _clean(printed: str, folder: Path) -> str:
    """Return the first lines that were printed, without Dagster's log, colours, and where this machine keeps it."""
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", printed).replace(str(folder), "~")
    lines = [line.rstrip() for line in LOGGED.sub("", plain).rstrip().splitlines()]
    rest = len(lines) - MOST_LINES
    return "".join(f"{line}\n" for line in [*lines[:MOST_LINES], *([f"... and {rest} more lines"] if rest > 0 else [])])


if __name__ == "__main__":
    sys.exit(main())
