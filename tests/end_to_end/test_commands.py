"""The commands as a person runs them: each in a process of its own, so there are few of these."""

import json
import os
import subprocess
import sys

import pytest
from kit.project import Project

pytestmark = pytest.mark.end_to_end


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run ``synth-assets`` in a process of its own."""
    command = [sys.executable, "-m", "synth_assets", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})


@pytest.mark.slow
def test_run_ends_with_a_summary_that_a_program_can_read_and_audit_verifies_it(project: Project) -> None:
    done = run("run", "defs/people", "--json")
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)

    assert summary["rows"] == 400
    assert summary["checks"]["failed"] == []
    assert not summary["privacy"]["reused"]
    assert (project.root / summary["places"]["report"]).is_file()
    verified = run("audit", "verify", summary["places"]["bundle"])
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "FAILED" not in verified.stdout
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert all(line.startswith("  people") for line in lines), done.stderr


@pytest.mark.slow
def test_synthesize_pays_by_the_same_ledger_and_a_small_cap_is_exit_code_1(project: Project) -> None:
    done = run("synthesize", "defs/people", "--out", "out", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows"] == 400
    assert list((project.root / "out").glob("part-*.parquet"))

    file = project.definition
    file.write_text(file.read_text().replace("epsilon: 2.0", "epsilon: 50.0"))
    refused = run("run", "defs/people", DAGSTER_REDACT_USER_CODE_ERRORS="1")
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert "town" in refused.stderr
    assert "hint" in refused.stderr
