"""``dg check yaml`` takes and refuses what the schema and the models do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from kit.people import DEFINITION

pytestmark = [pytest.mark.integration, pytest.mark.slow]

_PROJECT = """\
[tool.dg]
directory_type = "project"

[tool.dg.project]
root_module = "town"
"""
_DEFINITIONS = """\
from pathlib import Path

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
"""


@pytest.fixture
def defs(tmp_path: Path) -> Path:
    """The folder of definitions of a Dagster project."""
    folder = tmp_path / "town" / "defs"
    folder.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(_PROJECT)
    (tmp_path / "town" / "__init__.py").touch()
    (tmp_path / "town" / "definitions.py").write_text(_DEFINITIONS)
    return folder


def check(folder: Path, text: str) -> "subprocess.CompletedProcess[str]":
    """Run ``dg check yaml`` on one contract, as a person does; of several of one type, it looks at the last alone."""
    (folder / "people").mkdir(exist_ok=True)
    (folder / "people" / "defs.yaml").write_text(text)
    command = [sys.executable, "-c", "from dagster_dg_cli.cli import main; main()", "check", "yaml"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    root = folder.parent.parent
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, env=environment)


def test_a_good_contract_passes_with_every_shortcut_and_mistakes_are_named(defs: Path) -> None:
    good = DEFINITION + "  compare: [gan]\n  checks: {unique: [age, [age, city]]}\n"
    passed = check(defs, good)
    assert passed.returncode == 0, passed.stdout + passed.stderr

    broken = good.replace("  source: census\n", "").replace("min: 0", 'min: "TODO: the smallest value"')
    refused = check(defs, broken.replace("purpose:", "porpoise:").replace("type: boolean", "type: bool"))
    said = refused.stdout + refused.stderr
    assert refused.returncode == 1, said
    for words in ("'source' is a required", "'porpoise' was unexpected", "columns.age", "columns.member"):
        assert words in said, said
