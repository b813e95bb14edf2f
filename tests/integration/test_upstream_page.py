"""``docs/upstream.md``, followed word by word: a month is filled, and the daemon brings its label to the source."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
from created import create_project, follow, project_environment
from followed import ROOT, blocks_of

from synth_assets.ledger.budget import history
from synth_assets.ledger.open import open_ledger

_PAGE = list(blocks_of(ROOT / "docs" / "upstream.md"))
_BEFORE = list(blocks_of(ROOT / "docs" / "existing-project.md"))
_SECONDS = 300.0
"""How long the daemon is waited for before the test gives up; it takes a few seconds."""


def _is_before(text: str) -> bool:
    """Tell whether a block of the page on an existing project is needed here: the folders, and the contract."""
    return text.startswith(("$ export DAGSTER_HOME", "# src/clinic/defs/visits/defs.yaml"))


@contextmanager
def _daemon(project: Path, home: Path) -> Iterator[None]:
    """Run Dagster's daemon on the project, with the sensor of the page switched on."""
    environment = project_environment(project) | {"DAGSTER_HOME": str(home)}
    module = ["-m", "clinic.definitions", "-d", str(project / "src")]
    start = ["dagster", "sensor", "start", "visits_labels", *module]
    subprocess.run(start, cwd=project, env=environment, check=True, capture_output=True)
    command = ["dagster-daemon", "run", *module]
    with subprocess.Popen(
        command, cwd=project, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as daemon:
        try:
            yield
        finally:
            daemon.terminate()


def _wait_for(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + _SECONDS
    while not (met := condition()) and time.monotonic() < end:
        time.sleep(0.5)
    return met


@pytest.mark.slow
@pytest.mark.integration
def test_a_filled_month_becomes_the_label_of_the_source_and_nothing_else_of_it_crosses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = create_project(tmp_path)
    home = project / ".synth-assets" / "dagster"
    follow(project, [*(block for block in _BEFORE if _is_before(block.text)), *_PAGE])
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    ledger = open_ledger(root=project)
    assert ledger.source("visits").version == "2026-09-01"
    key = dg.AssetKey(["visits", "source"])
    with dg.DagsterInstance.get() as instance, _daemon(project, home):
        assert _wait_for(lambda: ledger.source("visits").version == "2026-10-01")
        assert _wait_for(lambda: instance.get_latest_materialization_event(key) is not None)
        event = instance.get_latest_materialization_event(key)
    assert event is not None
    assert event.asset_materialization is not None
    assert (event.asset_materialization.tags or {})["dagster/data_version"] == "2026-10-01"
    assert "longest_stay" not in str(event.asset_materialization)
    last = list(history(ledger))[-1]
    assert (last.by, last.reason) == ("custodian of the warehouse", "raw/visits was materialized")
