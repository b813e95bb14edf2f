"""MLflow as the model registry: idempotent, quiet about this machine, and without pickle."""

import getpass
import json
import re
import shutil
import socket
import sqlite3
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import yaml
from kit.project import Project
from kit.releases import visits_contract

from synth_assets.audit.metrics import metrics_of
from synth_assets.contract import GeneratorSpec
from synth_assets.errors import Fault, IntegrityError
from synth_assets.files import write_json
from synth_assets.integrations.mlflow import ALIAS, MlflowRegistry, _requirements, _signature, contract_parameters
from synth_assets.promotion import VersionFacts

pytestmark = pytest.mark.usefixtures("away")


@cache
def _migrated(folder: Path) -> Path:
    """Migrate a store once per session: that takes seconds."""
    registry = MlflowRegistry(f"sqlite:///{folder / 'migrated.db'}", root=folder)
    assert registry.artifacts_of("nothing") is None
    return folder / "migrated.db"


@pytest.fixture
def registry(checked: Project, tmp_path_factory: pytest.TempPathFactory) -> MlflowRegistry:
    store = checked.workspace.state / "mlflow.db"
    shutil.copy(_migrated(tmp_path_factory.getbasetemp()), store)
    return MlflowRegistry(checked.workspace.mlflow_url, root=checked.root)


@pytest.fixture
def facts(checked: Project, tmp_path: Path) -> VersionFacts:
    evidence = checked.evidence(0)
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "report.html").write_text("<p>report</p>")
    return VersionFacts(
        version="a" * 64,
        contract=evidence.contract,
        fingerprint=evidence.release.fingerprint,
        candidate=evidence.candidate.digest,
        release=evidence.release.digest,
        source=f"data/promoted/people/versions/{'a' * 64}",
        rows=evidence.candidate.rows,
        metrics=metrics_of(evidence),
        generator=evidence.generator.folder,
        bundle=tmp_path / "bundle",
    )


def _models(registry: MlflowRegistry) -> list[str]:
    return [str(model.version) for model in registry._client.search_model_versions("name = 'people'")]


def test_recording_again_finds_the_same_run_and_model(registry: MlflowRegistry, facts: VersionFacts) -> None:
    first = registry.record(facts)
    assert registry.record(facts) == first
    assert _models(registry) == ["1"]
    assert registry.record(replace(facts, version="b" * 64)).number == "2"


def test_recording_moves_no_alias_and_pointing_does(registry: MlflowRegistry, facts: VersionFacts) -> None:
    number = registry.record(facts).number
    assert registry.promoted("people") is None
    registry.point("people", number)
    assert registry.promoted("people") == number
    second = registry.record(replace(facts, version="b" * 64)).number
    assert registry.promoted("people") == number
    registry.point("people", second)
    assert registry.promoted("people") == second


def test_a_run_that_was_cut_short_is_replaced(
    registry: MlflowRegistry, facts: VersionFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(MlflowRegistry, "_ensure_model", _killed)
        with pytest.raises(KeyboardInterrupt):
            registry.record(facts)
    assert registry.record(facts).number == "1"
    experiment = registry._client.get_experiment_by_name("people")
    assert experiment is not None
    runs = registry._client.search_runs([experiment.experiment_id])
    assert [run.info.status for run in runs] == ["FINISHED"]


def test_the_run_records_what_was_promoted(registry: MlflowRegistry, facts: VersionFacts) -> None:
    run = registry._client.get_run(registry.record(facts).run)
    assert run.data.metrics["privacy.epsilon"] == pytest.approx(2.0, abs=1e-6)
    assert run.data.params["contract.digest"] == facts.contract.digest()
    assert json.loads(run.data.params["columns.age"])["max"] == 19
    (used,) = run.inputs.dataset_inputs
    assert used.dataset.name == "people"
    assert json.loads(used.dataset.source) == {"uri": facts.source}
    assert facts.candidate.startswith(used.dataset.digest)
    assert [artifact.path for artifact in registry._client.list_artifacts(run.info.run_id)] == ["bundle", "generator"]


def test_no_user_host_script_or_folder_of_this_machine_is_recorded(
    registry: MlflowRegistry, facts: VersionFacts, checked: Project
) -> None:
    run = registry._client.get_run(registry.record(facts).run)
    assert not [name for name in run.data.tags if name.startswith("mlflow.") and name != "mlflow.runName"]
    for path in (checked.workspace.state / "mlflow-artifacts").rglob("*"):
        assert path.is_dir() or str(checked.root).encode() not in path.read_bytes()
        assert path.is_dir() or b"/synth_assets/integrations" not in path.read_bytes()
    with sqlite3.connect(checked.workspace.state / "mlflow.db") as store:
        dump = "\n".join(store.iterdump())
    known = [name for name in (getpass.getuser(), socket.gethostname()) if len(name) > 2]
    # where artefacts lie is the one address that a local store must keep
    dump = dump.replace((checked.workspace.state / "mlflow-artifacts").as_uri(), "")
    assert str(checked.root) not in dump
    values = re.findall(r"'([^']*)'", dump)
    assert not set(known) & set(values)


def test_no_file_of_the_model_is_a_pickle(registry: MlflowRegistry, facts: VersionFacts, checked: Project) -> None:
    registry.record(facts)
    names = {path.name for path in (checked.workspace.state / "mlflow-artifacts").rglob("*") if path.is_file()}
    assert not [name for name in names if name.endswith((".pkl", ".pickle", ".joblib", ".pt", ".bin"))]
    assert {"MLmodel", "mlflow_model.py", "contract.json", "generator.json"} <= names
    (described,) = (checked.workspace.state / "mlflow-artifacts").rglob("MLmodel")
    flavor = yaml.safe_load(described.read_text())["flavors"]["python_function"]
    assert "python_model" not in flavor
    assert flavor["model_code_path"] == "mlflow_model.py"


def test_the_model_of_another_packages_kind_needs_that_package(facts: VersionFacts, tmp_path: Path) -> None:
    assert "toy-generators" not in _requirements(facts)
    described = json.loads((facts.generator / "generator.json").read_text())
    write_json(tmp_path / "g" / "generator.json", {**described, "libraries": {"numpy": "2", "toy-generators": "1"}})
    toy = facts.contract.model_copy(update={"generator": GeneratorSpec(kind="toy")})
    asked = _requirements(replace(facts, contract=toy, generator=tmp_path / "g"))
    assert asked == [*_requirements(facts), "toy-generators"]


def test_an_alias_to_a_model_version_that_is_not_there_is_refused(registry: MlflowRegistry) -> None:
    with pytest.raises(IntegrityError, match="no version 9"):
        registry.point("people", "9")


def test_a_store_that_cannot_be_reached_is_a_fault_without_its_address(
    checked: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    registry = MlflowRegistry("http://127.0.0.1:9/secret", root=checked.root)
    with pytest.raises(Fault, match="MLflow did not read the alias") as caught:
        registry.promoted("people")
    assert "secret" not in str(caught.value)


def test_parameters_stay_within_the_limits_and_apart(checked: Project) -> None:
    long = {"type": "categorical", "categories": [f"category {i}" for i in range(900)], "domain_source": "law"}
    columns = {"a/b$c": long, "a/b%c": long, "$" * 128: long}
    contract = checked.contract.model_validate(
        {**checked.contract.model_dump(mode="json", exclude={"rules", "derived"}), "columns": columns}
    )
    parameters = contract_parameters(contract, fingerprint="f" * 64)
    assert len([name for name in parameters if name.startswith("columns.")]) == 3
    assert all(len(name) <= 250 and re.fullmatch(r"[\w\-. :/]+", name) for name in parameters)
    assert all(len(value) <= 6000 for value in parameters.values())
    assert parameters["contract.fingerprint"] == "f" * 64
    assert ALIAS == "promoted"


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_every_type_of_column_has_a_type_of_mlflow() -> None:
    contract = visits_contract(derived={"later": "seen > TIMESTAMP '2026-01-01 12:00'", "day_of": "CAST(seen AS DATE)"})
    outputs = {column["name"]: column["type"] for column in _signature(contract).outputs.to_dict()}
    kinds = ("string", "long", "double", "boolean", "datetime", "long", "datetime", "boolean", "datetime")
    assert tuple(outputs.values()) == kinds
