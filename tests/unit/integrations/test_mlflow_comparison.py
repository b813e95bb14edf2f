"""A comparison is a run per kind that was fitted, in an experiment of its own."""

from pathlib import Path

import mlflow
import pytest
from kit.incomes import make_release
from kit.people import make_contract

from synth_assets.checks.comparison import KindFigures
from synth_assets.integrations.mlflow_comparison import record_comparison
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.integration


def test_each_kind_is_a_run_with_its_figures_and_one_that_failed_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'runs.db'}")
    workspace, release = Workspace(root=tmp_path), make_release()
    figures = [
        KindFigures(kind="mixture", beyond=0.02, pairs=None, fit_seconds=3.0, size=10),
        KindFigures(kind="gan", beyond=0.04, pairs=0.1),
        KindFigures(kind="vae", fault="no device"),
    ]
    experiment = record_comparison(
        figures, {("mixture", "gan"): 0.6}, make_contract(), release=release, seed=4, workspace=workspace
    )
    client = mlflow.MlflowClient(workspace.mlflow_url)
    runs = client.search_runs([client.get_experiment_by_name(experiment).experiment_id])
    of_kind = {run.data.params["kind"]: run for run in runs}
    assert set(of_kind) == {"mixture", "gan"}
    assert of_kind["mixture"].data.metrics["fit_seconds"] == 3.0
    assert "pairs" not in of_kind["mixture"].data.metrics
    assert of_kind["gan"].data.metrics["told_from.mixture"] == 0.6
    assert of_kind["gan"].data.tags["synth_assets.release"] == release.digest
