"""What is not public of Dagster stands in one module."""

import ast
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

import synth_assets
from synth_assets.integrations.dagster.internals import finished_check_events, longest_gap

_PACKAGE = Path(synth_assets.__file__).parent


def test_no_other_module_imports_what_is_not_public() -> None:
    importing = [
        path.relative_to(_PACKAGE).as_posix()
        for path in sorted(_PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dagster._")
    ]
    assert set(importing) == {"integrations/dagster/internals.py"}


@pytest.mark.integration
def test_a_planned_check_does_not_hide_a_verdict(instance: dg.DagsterInstance) -> None:
    key = dg.AssetCheckKey(asset_key=dg.AssetKey("rows"), name="fine")

    @dg.asset
    def rows() -> None:
        pass

    @dg.asset_check(asset=rows, name="fine")
    def fine() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True)

    job = dg.Definitions(assets=[rows], asset_checks=[fine]).resolve_implicit_global_asset_job_def()
    job.execute_in_process(instance=instance)
    instance.create_run_for_job(job)  # plans the check, and never runs it

    (event,) = finished_check_events(instance, key, most=2)
    assert event.dagster_event is not None
    assert event.dagster_event.event_type is dg.DagsterEventType.ASSET_CHECK_EVALUATION
    assert len(instance.event_log_storage.get_asset_check_execution_history(key, limit=2)) == 2


@pytest.mark.parametrize(
    ("cron", "hours"), [("0 6 * * 1", 168), ("0 6 * * 1-5", 72), ("0 4 1 * *", 31 * 24), ("*/30 * * * *", 0.5)]
)
def test_the_longest_gap_of_a_schedule_is_its_longest_pause(cron: str, hours: float) -> None:
    assert longest_gap(cron) == timedelta(hours=hours)
