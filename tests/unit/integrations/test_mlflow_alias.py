"""The alias out of MLflow's table is the one that MLflow's client says."""

import sqlite3
from pathlib import Path

import pytest
from mlflow import MlflowClient

from synth_assets.integrations.mlflow_alias import aliased_in_file

pytestmark = pytest.mark.usefixtures("away")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, MlflowClient]:
    url = f"sqlite:///{tmp_path_factory.mktemp('a store') / 'mlflow.db'}"
    client = MlflowClient(tracking_uri=url, registry_uri=url)
    client.create_registered_model("people")
    for _ in range(2):
        client.create_model_version("people", "file:///nowhere")
    return url, client


def test_it_is_where_the_client_put_it(store: tuple[str, MlflowClient]) -> None:
    url, client = store
    assert aliased_in_file(url, model="people", alias="promoted") == ()
    for number in ("1", "2"):
        client.set_registered_model_alias("people", "promoted", number)
        assert aliased_in_file(url, model="people", alias="promoted") == (number,)
        assert str(client.get_model_version_by_alias("people", "promoted").version) == number
    assert aliased_in_file(url, model="others", alias="promoted") == ()


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert aliased_in_file(f"sqlite:///{tmp_path / 'mlflow.db'}", model="people", alias="promoted") == ()
    assert not (tmp_path / "mlflow.db").exists()


def test_other_stores_and_other_tables_are_for_the_client(tmp_path: Path) -> None:
    file = tmp_path / "mlflow.db"
    sqlite3.connect(file).execute("CREATE TABLE others (name TEXT)")
    file_of_text = tmp_path / "text.db"
    file_of_text.write_text("not a database, " * 100)
    for url in ("http://localhost:5000", f"sqlite:///{file}", f"sqlite:///{file_of_text}", f"sqlite:///{file}?a=b"):
        assert aliased_in_file(url, model="people", alias="promoted") is None
