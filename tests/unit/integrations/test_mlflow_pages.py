"""A run has a page where MLflow is a server."""

import pytest

from synth_assets.integrations.mlflow_pages import run_page


@pytest.mark.parametrize("store", ["sqlite:////srv/mlflow.db", "file:///srv/mlruns", "mlruns", "databricks", ""])
def test_a_store_without_pages_has_none(store: str) -> None:
    assert run_page(store, "0a1b") is None


def test_a_password_in_the_address_is_not_in_the_pages() -> None:
    page = run_page("https://me:secret@mlflow.example:5000/team/", "0a1b")
    assert page == "https://mlflow.example:5000/team/#/runs/0a1b"
