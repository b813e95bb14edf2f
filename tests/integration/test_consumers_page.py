"""``docs/consumers.md``: each reader reads a version that was promoted, and a model follows the versions that are."""

import doctest
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

import dagster as dg
import mlflow
import numpy as np
import pytest
from created import write_file
from followed import ROOT, Block, blocks_of
from kit.fixtures import make_databases, stand_in
from kit.project import Project, furnish, make_project
from mlflow.tracking import fluent

from synth_assets.contract.yaml_file import parse_contract
from synth_assets.errors import CheckRefused
from synth_assets.integrations.dagster import build_dataset
from synth_assets.integrations.dagster.launch import run_chain
from synth_assets.promotion import load_promoted

pytestmark = [pytest.mark.integration, pytest.mark.slow]

_READERS = [block for block in blocks_of(ROOT / "docs" / "consumers.md") if block.language == "pycon"]
(_ASSET,) = (block for block in blocks_of(ROOT / "docs" / "consumers.md") if block.language == "python")
_MODEL = dg.AssetKey("stay_model")


def _is_of_model(block: Block) -> bool:
    return "stay_model" in block.text


def _is_of_datasets(block: Block) -> bool:
    return "import datasets" in block.text


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The project of the page, with a version of `visits` promoted by a run in Dagster, with DVC and MLflow."""
    (written,) = (
        block.text
        for block in blocks_of(ROOT / "docs" / "existing-project.md")
        if block.text.startswith("# src/clinic/defs/visits/defs.yaml")
    )
    contract = parse_contract(written, "docs/existing-project.md").model_copy(update={"source": "census"})
    random = np.random.default_rng(2026)
    wards = random.choice(["medicine", "surgery", "maternity"], 4000, p=[0.6, 0.3, 0.1])
    days = random.poisson(np.where(wards == "surgery", 5, 2)).clip(max=60)
    rows = "".join(f"{index},{ward},{stay}\n" for index, (ward, stay) in enumerate(zip(wards, days, strict=True)))
    root = tmp_path_factory.mktemp("consumers") / "clinic"
    shutil.copytree(make_databases(tmp_path_factory.getbasetemp()), root)
    files = {"visits.csv": f"patient_id,ward,stay_days\n{rows}".encode()}
    project = make_project(root, contract=contract, files=files)
    furnish(project)
    with pytest.MonkeyPatch.context() as patch:
        stand_in(project, patch)
        # What the page tells MLflow would speak to all later tests of this process.
        patch.setattr(fluent, "_active_experiment_id", None)
        patch.setenv("MLFLOW_EXPERIMENT_ID", "")
        run_chain(contract, workspace=project.workspace)
        yield project
        mlflow.set_tracking_uri(None)


def _read(blocks: Sequence[Block], known: dict[str, Any]) -> None:
    """Run the examples of blocks, one after the other, with the same names."""
    runner = doctest.DocTestRunner(verbose=False)
    for block in blocks:
        examples = doctest.DocTestParser().get_doctest(block.text, known, "consumers.md", block.page, block.line)
        assert examples.examples
        reported = list[str]()
        runner.run(examples, out=reported.append, clear_globs=False)
        assert not reported, "".join(reported)
        known |= examples.globs


def test_every_reader_reads_the_promoted_version(clinic: Project) -> None:
    _read([block for block in _READERS if not _is_of_model(block) and not _is_of_datasets(block)], {})


@pytest.mark.datasets
def test_datasets_reads_the_promoted_version(clinic: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(clinic.root / ".huggingface"))
    (reader,) = filter(_is_of_datasets, _READERS)
    visits = load_promoted("visits")
    _read([reader], {"visits": visits, "frame": visits.to_pandas()})


class Automation:
    """Evaluates automation conditions as Dagster's daemon does, and materializes what they ask for."""

    def __init__(self, project: Project, module: ModuleType, instance: dg.DagsterInstance) -> None:
        dataset = build_dataset(project.contract, root=project.root)
        self.definitions = dg.Definitions.merge(dataset, dg.Definitions(assets=[module.stay_model]))
        self.instance, self.cursor = instance, None

    def tick(self) -> list[str]:
        """Return the versions that the model was trained on because this tick asked for it."""
        asked = dg.evaluate_automation_conditions(
            self.definitions, self.instance, asset_selection=dg.AssetSelection.assets(_MODEL), cursor=self.cursor
        )
        self.cursor = asked.cursor
        if not asked.get_num_requested(_MODEL):
            return []
        return [self.materialize()]

    def materialize(self) -> str:
        """Train the model, and return the version that it says it was trained on."""
        job = self.definitions.resolve_implicit_global_asset_job_def()
        done = job.execute_in_process(instance=self.instance, asset_selection=[_MODEL])
        (event,) = done.asset_materializations_for_node("stay_model")
        return str(event.metadata["visits"].value)


@contextmanager
def _long_stays_refused(project: Project) -> Iterator[None]:
    """Have a check by hand that no candidate passes."""
    before = project.suite.read_text()
    suite = json.loads(before)
    suite["expectations"].append(
        {
            "type": "expect_column_values_to_be_between",
            "kwargs": {"column": "stay_days", "min_value": 0, "max_value": 1},
            "severity": "critical",
            "meta": {"check": "short_stays"},
        }
    )
    project.suite.write_text(json.dumps(suite))
    yield
    project.suite.write_text(before)


def test_a_model_is_trained_again_when_another_version_is_promoted_and_by_nothing_else(clinic: Project) -> None:
    spec = spec_from_file_location("stay_model", write_file(clinic.root, _ASSET))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)

    first = load_promoted("visits").version
    with dg.DagsterInstance.get() as instance:
        automation = Automation(clinic, module, instance)
        assert automation.tick() == []
        assert automation.materialize() == first
        assert automation.tick() == []

        run_chain(clinic.contract, workspace=clinic.workspace, instance=instance)  # the same version once more
        assert load_promoted("visits").version == first
        assert automation.tick() == []

        with _long_stays_refused(clinic), pytest.raises(CheckRefused):
            run_chain(clinic.contract, workspace=clinic.workspace, seed=1, instance=instance)
        assert automation.tick() == []

        run_chain(clinic.contract, workspace=clinic.workspace, seed=2, instance=instance)
        second = load_promoted("visits").version
        assert second != first
        assert automation.tick() == [second]
        assert automation.tick() == []
    assert clinic.charges == 1
    _read(list(filter(_is_of_model, _READERS)), {"Workspace": module.Workspace, "load_promoted": load_promoted})
    stored = [path.name for path in (clinic.workspace.mlflow_artifacts / "stay_model").rglob("*") if path.is_file()]
    assert stored == ["stay_model.safetensors"] * 2
