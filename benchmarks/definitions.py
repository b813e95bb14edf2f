"""Seconds until Dagster knows a project: ``dagster definitions validate`` with many datasets, and the import alone.

    python benchmarks/definitions.py --datasets 50

The datasets are like the two of the demo: `minimal` has three columns, `happiness` 22 with eleven derived ones, a
scenario and gates. Each is in a file of its own and has columns that no other has, so that nothing is read once for all
of them. What is timed is a process from its start to its end: seconds on the clock, and of processors, which other work
on the machine moves less. The least of each is printed.
"""

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

DEMO = Path(__file__).parents[1] / "dagster_project" / "defs"
DEFINITIONS = """\
from pathlib import Path

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
"""


def write_project(root: Path, datasets: int, like: str) -> None:
    """Write a Dagster project with as many variants of one of the demo's datasets."""
    package = root / "many_datasets"
    (package / "defs").mkdir(parents=True)
    (root / "pyproject.toml").write_text(
        '[tool.dg]\ndirectory_type = "project"\n\n[tool.dg.project]\nroot_module = "many_datasets"\n'
        'code_location_name = "many_datasets"\n\n'
        '[tool.dagster]\nmodule_name = "many_datasets.definitions"\ncode_location_name = "many_datasets"\n'
    )
    for folder in (package, package / "defs"):
        (folder / "__init__.py").touch()
    (package / "definitions.py").write_text(DEFINITIONS)
    for number in range(datasets):
        folder = package / "defs" / f"{like}_{number:03}"
        folder.mkdir()
        (folder / "defs.yaml").write_text(variant((DEMO / like / "defs.yaml").read_text(), f"_{number:03}"))


def variant(contract: str, ending: str) -> str:
    """Return a contract with an ending on its name and on the name of every column, wherever it stands."""
    attributes = yaml.safe_load(contract)["attributes"]
    names = [attributes["name"], *attributes["columns"], *attributes["derived"]]
    return re.sub(rf"\b({'|'.join(map(re.escape, names))})\b", rf"\1{ending}", contract)


def seconds(root: Path, *arguments: str) -> tuple[float, float]:
    """Return how long a Python process takes in a project: on the clock, and of processors.

    Raises:
        SystemExit: it failed, with what it printed.
    """
    environment = {**os.environ, "DAGSTER_DISABLE_TELEMETRY": "1", "PYTHONPATH": str(root)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    start, before = time.perf_counter(), processors()
    done = subprocess.run(
        [sys.executable, *arguments], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return time.perf_counter() - start, processors() - before


def processors() -> float:
    """Return the seconds of processors that all ended processes of this one took."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Time the import, a project of one dataset and one of many."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--datasets", type=int, default=50)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    validate = ("-m", "dagster", "definitions", "validate")
    with tempfile.TemporaryDirectory() as folder:
        report("import", Path(folder), "-c", "import synth_assets.integrations.dagster", runs=asked.runs)
        for datasets, like in ((1, "minimal"), (asked.datasets, "minimal"), (asked.datasets, "happiness")):
            root = Path(folder) / f"{datasets}-{like}"
            write_project(root, datasets, like)
            report(f"{datasets} like `{like}`", root, *validate, runs=asked.runs)


def report(words: str, root: Path, *arguments: str, runs: int) -> None:
    """Print what a Python process takes at least."""
    seconds(root, *arguments)  # compiles modules, fills the file cache
    clock, busy = zip(*(seconds(root, *arguments) for _ in range(runs)), strict=True)
    print(f"{words}: {min(clock):.1f} s, of processors {min(busy):.1f} s", flush=True)


if __name__ == "__main__":
    main()
