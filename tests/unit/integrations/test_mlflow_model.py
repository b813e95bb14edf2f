"""The registered model samples what the generator samples, derived columns included."""

import shutil
from pathlib import Path

import mlflow
import pandas as pd
import pyarrow as pa
import pytest
from made_up_project import Project

from synth_assets.generator import load_generator
from synth_assets.integrations.mlflow import MlflowRegistry
from synth_assets.promotion import VersionFacts


@pytest.fixture
def model(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> mlflow.pyfunc.PyFuncModel:
    return registered(project, tmp_path, monkeypatch)


def registered(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> mlflow.pyfunc.PyFuncModel:
    """Record the generator, then hide the project's own copy: the model must do alone."""
    registry, evidence = MlflowRegistry(project.workspace.mlflow_url, root=project.root), project.evidence(0)
    facts = VersionFacts(
        version="a" * 64,
        contract=evidence.contract,
        candidate=evidence.candidate.digest,
        release=evidence.release.digest,
        source="data",
        rows=1,
        metrics={},
        generator=Path(shutil.copytree(evidence.generator.folder, tmp_path / evidence.generator.digest)),
        bundle=evidence.release_folder,
    )
    registry.point("visits", registry.record(facts).number)
    shutil.rmtree(facts.generator)
    # not set_tracking_uri, which would speak to all later tests
    monkeypatch.setenv("MLFLOW_TRACKING_URI", project.workspace.mlflow_url)
    return mlflow.pyfunc.load_model("models:/visits@promoted")


def test_the_model_samples_as_the_generator_does_and_as_it_is_asked(
    model: mlflow.pyfunc.PyFuncModel, project: Project
) -> None:
    everyone = pd.DataFrame({"where": [None]}, dtype=object)
    sampled = model.predict(everyone, params={"rows": 50, "seed": 3})
    batch = load_generator(project.generator.folder).sample(50, seed=3, shard=0)
    expected = pa.Table.from_batches([batch]).to_pandas()
    pd.testing.assert_frame_equal(sampled[list(expected.columns)], expected)
    assert list(sampled.columns) == project.contract.table_schema().names

    old = model.predict(pd.DataFrame({"where": ["age >= 7"]}), params={"rows": 30})
    assert (len(old), set(old["old"])) == (30, {True})

    two = model.predict(pd.DataFrame({"where": ["region = 'north'", "region = 'west'"]}), params={"rows": 10})
    assert two["region"].tolist() == ["north"] * 10 + ["west"] * 10


def test_conditions_know_categories_that_only_the_release_knows(
    discovering: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = registered(discovering, tmp_path, monkeypatch)
    sampled = model.predict(pd.DataFrame({"where": ["region = 'west'"]}), params={"rows": 10})
    assert sampled["region"].tolist() == ["west"] * 10
