"""The registered model samples what the generator samples, derived columns included."""

import shutil
from pathlib import Path

import mlflow
import pandas as pd
import pyarrow as pa
import pytest
from kit.project import Project

from synth_assets.generator import load_generator
from synth_assets.integrations.mlflow import MlflowRegistry
from synth_assets.promotion import VersionFacts

pytestmark = pytest.mark.usefixtures("away")


@pytest.fixture
def model(checked: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> mlflow.pyfunc.PyFuncModel:
    return registered(checked, tmp_path, monkeypatch)


def registered(checked: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> mlflow.pyfunc.PyFuncModel:
    """Record the generator, then hide the project's own copy: the model must do alone."""
    registry, evidence = MlflowRegistry(checked.workspace.mlflow_url, root=checked.root), checked.evidence(0)
    facts = VersionFacts(
        version="a" * 64,
        contract=evidence.contract,
        fingerprint=evidence.release.fingerprint,
        candidate=evidence.candidate.digest,
        release=evidence.release.digest,
        source="data",
        rows=1,
        metrics={},
        generator=Path(shutil.copytree(evidence.generator.folder, tmp_path / evidence.generator.digest)),
        bundle=evidence.release_folder,
    )
    registry.point("people", registry.record(facts).number)
    shutil.rmtree(facts.generator)
    # not set_tracking_uri, which would speak to all later tests
    monkeypatch.setenv("MLFLOW_TRACKING_URI", checked.workspace.mlflow_url)
    return mlflow.pyfunc.load_model("models:/people@promoted")


def test_the_model_samples_as_the_generator_does_and_as_it_is_asked(
    model: mlflow.pyfunc.PyFuncModel, checked: Project
) -> None:
    everyone = pd.DataFrame({"where": [None]}, dtype=object)
    sampled = model.predict(everyone, params={"rows": 50, "seed": 3})
    batch = load_generator(checked.generator.folder).sample(50, seed=3, shard=0)
    expected = pa.Table.from_batches([batch]).to_pandas()
    pd.testing.assert_frame_equal(sampled[list(expected.columns)], expected)
    assert list(sampled.columns) == checked.contract.table_schema().names

    adults = model.predict(pd.DataFrame({"where": ["age >= 10"]}), params={"rows": 30})
    assert (len(adults), set(adults["adult"])) == (30, {True})

    both = model.predict(pd.DataFrame({"where": ["city = 'north'", "city = 'east'"]}), params={"rows": 10})
    assert both["city"].tolist() == ["north"] * 10 + ["east"] * 10


@pytest.mark.slow
def test_conditions_know_categories_that_only_the_release_knows(
    discovering: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = registered(discovering, tmp_path, monkeypatch)
    sampled = model.predict(pd.DataFrame({"where": ["city = 'south'"]}), params={"rows": 10})
    assert sampled["city"].tolist() == ["south"] * 10
