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
from existing_project import follow, take_range
from followed import ROOT


def _create(folder: Path) -> Path:
    """Make the project, and put the range of the page in the place of the pin."""
    project = folder / "clinic"
    shutil.copytree(ROOT / "tests" / "data" / "created_project", project)
    take_range(project)
    return project


def _follow(project: Path) -> str:
    """Follow the page with this environment's programs; return what was printed."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {"PATH": path, "PYTHONPATH": f"{project / 'src'}{os.pathsep}{ROOT}"}
    return "".join(step.printed for step in follow(project, environment, installs=False))


@pytest.mark.slow
@pytest.mark.integration
def test_the_page_leads_from_a_created_project_to_a_version_and_an_asset_that_reads_it(tmp_path: Path) -> None:
    project = _create(tmp_path)
    printed = _follow(project)
    assert "a run would cost epsilon 1 at delta 1e-07 of account clinic, once" in printed
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
