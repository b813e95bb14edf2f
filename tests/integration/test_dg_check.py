"""``dg check yaml`` takes and refuses what the schema and the models do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from kit.people import DEFINITION
from kit.project import command

from synth_assets.workspace import Workspace

pytestmark = [pytest.mark.integration, pytest.mark.slow]


@pytest.fixture
def defs(workspace: Workspace) -> Path:
    """The folder of definitions of a project that `init` made."""
    command("init", str(workspace.root))
    return workspace.root / "dagster_project" / "defs"


def check(folder: Path, what: str, text: str) -> "subprocess.CompletedProcess[str]":
    """Run ``dg check`` on one contract, as a person does; of several of one type, it looks at the last alone."""
    (folder / "people").mkdir(exist_ok=True)
    (folder / "people" / "defs.yaml").write_text(text)
    line = [sys.executable, "-c", "from dagster_dg_cli.cli import main; main()", "check", what]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    root = folder.parent.parent
    return subprocess.run(line, cwd=root, capture_output=True, text=True, check=False, env=environment)


def test_a_good_contract_passes_with_every_shortcut_and_mistakes_are_named(defs: Path) -> None:
    good = DEFINITION + "  compare: [gan]\n  checks: {unique: [age, [age, city]]}\n"
    for what in ("yaml", "defs"):
        passed = check(defs, what, good)
        assert passed.returncode == 0, passed.stdout + passed.stderr

    broken = good.replace("  source: census\n", "").replace("min: 0", 'min: "TODO: the smallest value"')
    refused = check(defs, "yaml", broken.replace("purpose:", "porpoise:").replace("type: boolean", "type: bool"))
    said = refused.stdout + refused.stderr
    assert refused.returncode == 1, said
    for words in ("'source' is a required", "'porpoise' was unexpected", "columns.age", "columns.member"):
        assert words in said, said
