"""A stranger's way: an officer registers a table, an engineer drafts a contract, answers, and runs it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from synth_assets.workspace import Workspace

pytestmark = pytest.mark.end_to_end

BOOK = """\
name,type,min,max,categories,nullable,description
age,integer,0,99,,yes,Age in years
ward,,,,medicine; surgery,no,
"""
ANSWERS = {
    "purpose": "Planning of beds.",
    "epsilon": "2.0",
    "delta": "1.0e-6",
    "type": "integer\n      min: 0\n      max: 30",
    "nullable": "false",
    "domain_source": "definition",
}


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "synth_assets", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))


def write_visits(folder: Path) -> None:
    random = np.random.default_rng(3)
    rows = zip(random.integers(0, 100, 3000), random.integers(0, 2, 3000), random.integers(0, 31, 3000), strict=True)
    lines = "".join(
        f"p{row},{age},{('medicine', 'surgery')[ward]},{days}\n" for row, (age, ward, days) in enumerate(rows)
    )
    (folder / "visits.csv").write_text(f"patient,age,ward,days\n{lines}")


def answered(text: str) -> str:
    for key, answer in ANSWERS.items():
        text = re.sub(rf'\b{key}: "TODO: .*"', f"{key}: {answer}", text)
    return text


@pytest.mark.slow
def test_a_draft_with_answers_is_checked_run_and_promoted(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = workspace.root
    monkeypatch.chdir(root)
    write_visits(root)
    (root / "book.csv").write_text(BOOK)
    unit = ("--unit-column", "patient", "--max-rows", "1")
    budget = ("--epsilon", "4", "--delta", "1e-6", "--population", "patients")
    source = ("--kind", "csv", "--location", "visits.csv", "--account", "clinic", "--version", "2026-11")
    assert run("budget", "open", "clinic", *budget, *unit).returncode == 0
    assert run("source", "add", "visits", *source, *unit).returncode == 0
    drafted = run("contract", "draft", "visits", "--codebook", "book.csv", "--out", "defs/visits")
    assert "6 open questions" in drafted.stdout, drafted.stdout + drafted.stderr

    definition = root / "defs" / "visits" / "defs.yaml"
    assert run("contract", "check", "defs/visits").returncode == 2
    refused = run("run", "defs/visits")
    assert refused.returncode == 2
    assert refused.stderr.count("is not answered yet") == 6
    definition.write_text(answered(definition.read_text()))
    checked = run("contract", "check", "defs/visits")
    assert checked.returncode == 0, checked.stdout
    assert checked.stderr == "1 contract, 0 faults, 0 warnings\n"

    assert run("contract", "suite", "--write", "defs/visits").returncode == 0
    subprocess.run(["git", "init", "-q", "."], cwd=root, check=True)
    subprocess.run([sys.executable, "-m", "dvc", "init", "-q"], cwd=root, check=True)
    done = run("run", "defs/visits", "--json")
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["checks"]["failed"] == []
    assert (root / "data" / "promoted" / "visits" / "version").is_dir()
