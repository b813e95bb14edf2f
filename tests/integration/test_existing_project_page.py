"""``docs/existing-project.md``, followed word by word: from a project of create-dagster's to a version and its reader.

Only installing is left out, for which this environment stands. ``tests/data/created_project`` is what create-dagster
1.13.27 wrote.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from followed import blocks_of

import synth_assets

_ROOT = Path(synth_assets.__file__).parent.parent
_BLOCKS = list(blocks_of(_ROOT / "docs" / "existing-project.md"))


def _create(folder: Path) -> Path:
    """Make the project, and put the range of the page in the place of the pin."""
    project = folder / "clinic"
    shutil.copytree(_ROOT / "tests" / "data" / "created_project", project)
    (dependencies,) = (block.text for block in _BLOCKS if block.language == "toml")
    settings = project / "pyproject.toml"
    changed, count = re.subn(r"dependencies = \[.*?\]\n", dependencies, settings.read_text(), count=1, flags=re.DOTALL)
    assert count == 1
    settings.write_text(changed)
    return project


def _follow(project: Path) -> str:
    """Write each file of the page and run each of its commands, in their order; return what was printed."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": f"{project / 'src'}{os.pathsep}{_ROOT}"}
    for name in ("SYNTH_ASSETS_ROOT", "SYNTH_ASSETS_LEDGER", "DAGSTER_HOME", "MLFLOW_TRACKING_URI"):
        environment.pop(name, None)
    exports, printed = list[str](), ""
    for block in _BLOCKS:
        if block.language in ("python", "yaml"):
            file = project / block.text.partition("\n")[0].removeprefix("# ")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text)
        elif block.is_typed:
            lines = [line for line in block.script.splitlines() if not line.startswith("pip install ")]
            exports += [line for line in lines if line.startswith("export ")]
            script = "\n".join([*exports, *lines])
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", script],
                cwd=project,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
            printed += done.stdout
    return printed


@pytest.mark.slow
@pytest.mark.integration
def test_the_page_leads_from_a_created_project_to_a_version_and_an_asset_that_reads_it(tmp_path: Path) -> None:
    project = _create(tmp_path)
    printed = _follow(project)
    assert (
        "a run would cost account clinic, once, rho 0.02019, which is epsilon 1 at the contract's delta 1e-07"
        in printed
    )
    assert "visits is promoted" in printed
    assert "DAGSTER_HOME=$PWD/.synth-assets/dagster dg dev" in printed
    assert "make" not in printed
    assert "synthetic/wards/promoted" in printed
    assert "visits_schedule" in printed
    current = json.loads((project / "data" / "promoted" / "visits" / "current.json").read_text())
    runs = project / ".synth-assets" / "dagster" / "storage"
    assert list(runs.glob("*/beds")) or list(runs.glob("beds"))
    assert current["rows"] > 0
    ignored = subprocess.run(
        ["git", "status", "--short", "--untracked-files=all"], cwd=project, capture_output=True, text=True, check=True
    )
    assert not re.search(r"(private|data|\.synth-assets)/", ignored.stdout.replace("src/", ""))
