"""``docs/existing-project.md``, followed word by word: from a created project to a version and its reader."""

import json
import re
import subprocess
from pathlib import Path

import dagster as dg
import pytest
from created import create_project, follow, take_settings
from dagster._core.scheduler.instigation import InstigatorStatus
from followed import ROOT, blocks_of

_BLOCKS = list(blocks_of(ROOT / "docs" / "existing-project.md"))


@pytest.mark.slow
@pytest.mark.integration
def test_the_page_leads_from_a_created_project_to_a_version_and_an_asset_that_reads_it(tmp_path: Path) -> None:
    project = create_project(tmp_path)
    take_settings(project, _BLOCKS)
    printed = follow(project, _BLOCKS)
    assert (
        "a run would cost account clinic, once, rho 0.02019, which is epsilon 1 at the contract's delta 1e-07"
        in printed
    )
    assert "visits is promoted" in printed
    assert "DAGSTER_HOME=$PWD/.synth-assets/dagster dg dev" in printed
    assert "make" not in printed
    assert "synthetic/wards/promoted" in printed
    assert "visits_schedule" in printed
    assert _running(project / ".synth-assets" / "dagster") == {("clinic", "visits_schedule")}
    current = json.loads((project / "data" / "promoted" / "visits" / "current.json").read_text())
    runs = project / ".synth-assets" / "dagster" / "storage"
    assert list(runs.glob("*/beds")) or list(runs.glob("beds"))
    assert current["rows"] > 0
    ignored = subprocess.run(
        ["git", "status", "--short", "--untracked-files=all"], cwd=project, capture_output=True, text=True, check=True
    )
    assert not re.search(r"(private|data|\.synth-assets)/", ignored.stdout.replace("src/", ""))


def _running(home: Path) -> set[tuple[str, str]]:
    """Return which schedules were started, each with what the project is called: `dg dev` looks for both."""
    with dg.DagsterInstance.from_config(str(home)) as instance:
        states = instance.all_instigator_state(instigator_statuses={InstigatorStatus.RUNNING})
    return {(state.origin.repository_origin.code_location_origin.location_name, state.name) for state in states}


def test_the_record_of_a_run_has_the_commands_of_the_page() -> None:
    recorded = [block.script.strip() for block in blocks_of(ROOT / "docs" / "recorded-run.md") if block.is_typed]
    assert recorded[0].endswith("create-dagster project clinic --no-uv-sync")
    assert recorded[1:] == [block.script.strip() for block in _BLOCKS if block.is_typed]
