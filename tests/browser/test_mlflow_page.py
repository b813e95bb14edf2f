"""The link to a run in MLflow leads to that run."""

from pathlib import Path

import pytest
from mlflow_server import serve_mlflow
from pages import browser_page

from synth_assets.integrations.mlflow import MlflowRegistry
from synth_assets.integrations.mlflow_pages import run_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_PATIENCE = 120_000


def test_the_page_of_a_run_shows_it(tmp_path: Path) -> None:
    from mlflow import MlflowClient

    with serve_mlflow(tmp_path / "mlflow") as store, browser_page() as page:
        registry = MlflowRegistry(store, root=tmp_path)
        registry.record_figures("people", run="version-7f3a", tags={}, parameters={"rows": "400"}, metrics={})
        client = MlflowClient(tracking_uri=store)
        experiment = client.get_experiment_by_name("people")
        assert experiment is not None
        (run,) = client.search_runs([experiment.experiment_id])
        address = run_page(store, run.info.run_id)
        assert address is not None
        page.goto(address)
        page.get_by_role("heading", name="version-7f3a").first.wait_for(timeout=_PATIENCE)
        assert page.url.startswith(f"{store}/#/experiments/{experiment.experiment_id}/runs/{run.info.run_id}")
