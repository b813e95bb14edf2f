"""MLflow keeps a run and a model version for every promoted version.

One experiment per dataset, one run per version: the dataset as input, the contract as
parameters, closeness and privacy as metrics. The generator is a registered
model made from code, weights and the contract, without pickle. No user, host,
script or absolute path is recorded: what MLflow would add by itself is left
out by using its client and by rewriting the ``MLmodel`` file before it is stored.

Measured: the first use of a new store migrates it in 5-6 s; a version takes
about a second after that.
"""

import fcntl
import json
import logging
import os
import re
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import yaml

from synth_assets.contract import DatasetContract
from synth_assets.contract.generator import GENERATORS
from synth_assets.errors import Fault, IntegrityError
from synth_assets.files import sha256_bytes
from synth_assets.integrations.mlflow_alias import aliased_in_file
from synth_assets.promotion import ModelVersion, VersionFacts
from synth_assets.workspace import Workspace, make_folder

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.models import ModelSignature

__all__ = ["ALIAS", "MlflowRegistry", "contract_parameters"]

ALIAS = "promoted"
_Item = TypeVar("_Item")
_VERSION_TAG = "synth_assets.version"
_LONGEST_VALUE = 6000
_LONGEST_NAME = 250
_LONGEST_DIGEST = 36
_BATCH = 100
_QUIET = {
    "DO_NOT_TRACK": "true",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    # it would copy the project's own lock file into every model
    "MLFLOW_UV_AUTO_DETECT": "false",
}
_IMPATIENT = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0", "MLFLOW_HTTP_REQUEST_TIMEOUT": "10"}
_REQUIREMENTS = ["synth-assets", "mlflow-skinny", "numpy", "pandas", "pyarrow", "safetensors"]


class MlflowRegistry:
    """Promotion's model registry, kept by MLflow.

    Args:
        url: address of the store, such as ``sqlite:///...`` or ``https://...``.
        root: the project's folder; artefacts of a SQLite store lie in its state folder.
    """

    def __init__(self, url: str, *, root: Path) -> None:
        self._url = url
        self._root = root

    def record(self, facts: VersionFacts) -> ModelVersion:
        """See :class:`~synth_assets.promotion.ModelRegistry`.

        Raises:
            Fault: the store refused or cannot be reached.
        """
        with _faults("record the version"):
            known = self._known(facts)
            return known if known is not None else self._new(facts)

    def promoted(self, dataset: str) -> str | None:
        """See :class:`~synth_assets.promotion.ModelRegistry`."""
        read = aliased_in_file(self._url, model=dataset, alias=ALIAS)
        if read is not None and len(read) <= 1:
            return read[0] if read else None
        from mlflow.exceptions import MlflowException

        with _faults("read the alias"):
            try:
                return str(self._client.get_model_version_by_alias(dataset, ALIAS).version)
            except MlflowException as error:
                if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                    return None
                raise

    def point(self, dataset: str, number: str) -> None:
        """See :class:`~synth_assets.promotion.ModelRegistry`."""
        from mlflow.exceptions import MlflowException

        with _faults("move the alias"):
            try:
                self._client.set_registered_model_alias(dataset, ALIAS, number)
            except MlflowException as error:
                if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                    raise
                raise IntegrityError(
                    f"MLflow has no version {number} of model {dataset!r}",
                    hint="set MLFLOW_TRACKING_URI to the store that machines share, or promote again",
                ) from error

    def record_figures(
        self,
        experiment: str,
        *,
        run: str,
        tags: Mapping[str, str],
        parameters: Mapping[str, str],
        metrics: Mapping[str, float],
    ) -> None:
        """Record figures that belong to no version as a run of its own, in an experiment of its own.

        Raises:
            Fault: the store refused or cannot be reached.
        """
        from mlflow.entities import Metric, Param

        with _faults("record the figures"):
            run_id = str(
                self._client.create_run(self._experiment(experiment), run_name=run, tags=dict(tags)).info.run_id
            )
            listed = [Param(key, value) for key, value in parameters.items()]
            numbers = [Metric(_name(key), value, timestamp=0, step=0) for key, value in metrics.items()]
            self._client.log_batch(run_id, metrics=numbers, params=listed)
            self._client.set_terminated(run_id)

    def artifacts_of(self, dataset: str) -> str | None:
        """Open the store, without patience, and return where a dataset's artefacts go; ``None`` before its first run.

        Raises:
            Fault: the store cannot be reached or migrated, or the dataset's experiment was deleted in it.
        """
        from mlflow.entities import LifecycleStage

        with _without_patience(), _faults("open its store"):
            experiment = self._client.get_experiment_by_name(dataset)
        if experiment is None:
            return None
        if experiment.lifecycle_stage == LifecycleStage.DELETED:
            raise Fault(
                f"MLflow's experiment {dataset!r} was deleted, so no run can be recorded in it",
                hint=f"restore it: `mlflow experiments restore --experiment-id {experiment.experiment_id}`",
            )
        return str(experiment.artifact_location)

    @cached_property
    def _client(self) -> "MlflowClient":
        for name, value in _QUIET.items():
            os.environ.setdefault(name, value)
        from mlflow import MlflowClient

        logging.getLogger("mlflow.store.db.utils").setLevel(logging.WARNING)  # it would announce each migration
        with self._first_use():
            client = MlflowClient(tracking_uri=self._url, registry_uri=self._url)
            client.search_experiments(max_results=1)
        return client

    @contextmanager
    def _first_use(self) -> Iterator[None]:
        """Let one process at a time migrate a SQLite store."""
        if not self._url.startswith("sqlite:"):
            yield
            return
        workspace = Workspace(root=self._root)
        make_folder(workspace.state)
        with workspace.mlflow_lock.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _known(self, facts: VersionFacts) -> ModelVersion | None:
        """Find what was recorded before; a run that was cut short is finished or removed."""
        query = f"name = '{facts.contract.name}' and tags.`{_VERSION_TAG}` = '{facts.version}'"
        for version in self._client.search_model_versions(query):
            self._client.set_terminated(str(version.run_id))
            return ModelVersion(run=str(version.run_id), model=version.name, number=str(version.version))
        experiment = self._client.get_experiment_by_name(facts.contract.name)
        if experiment is not None:
            stale = self._client.search_runs([experiment.experiment_id], f"tags.`{_VERSION_TAG}` = '{facts.version}'")
            for run in stale:
                self._client.delete_run(run.info.run_id)
        return None

    def _new(self, facts: VersionFacts) -> ModelVersion:
        run = self._client.create_run(
            self._experiment(facts.contract.name), run_name=facts.version[:12], tags=_tags(facts)
        )
        run_id, name = str(run.info.run_id), facts.contract.name
        self._log(run_id, facts)
        with tempfile.TemporaryDirectory() as folder:
            model = Path(folder) / "generator"
            _save_model(model, facts)
            self._client.log_artifacts(run_id, str(model), "generator")
        self._client.log_artifacts(run_id, str(facts.bundle), "bundle")
        self._ensure_model(name, facts.contract.purpose)
        source = f"{run.info.artifact_uri}/generator"
        version = self._client.create_model_version(
            name, source, run_id, tags={_VERSION_TAG: facts.version}, description=facts.contract.purpose
        )
        self._client.set_terminated(run_id)
        return ModelVersion(run=run_id, model=name, number=str(version.version))

    def _log(self, run_id: str, facts: VersionFacts) -> None:
        from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param

        for part in _batches(contract_parameters(facts.contract, fingerprint=facts.fingerprint).items()):
            self._client.log_batch(run_id, params=[Param(key, value) for key, value in part])
        for numbers in _batches(facts.metrics.items()):
            metrics = [Metric(_name(key), value, timestamp=0, step=0) for key, value in numbers]
            self._client.log_batch(run_id, metrics=metrics)
        dataset = Dataset(
            name=facts.contract.name,
            digest=facts.candidate[:_LONGEST_DIGEST],
            source_type="local",
            source=json.dumps({"uri": facts.source}),
            schema=json.dumps({"mlflow_colspec": _signature(facts.contract).outputs.to_dict()}),
            profile=json.dumps({"num_rows": facts.rows}),
        )
        tag = InputTag("mlflow.data.context", "promoted")
        self._client.log_inputs(run_id, datasets=[DatasetInput(dataset, [tag])])

    def _experiment(self, dataset: str) -> str:
        known = self._client.get_experiment_by_name(dataset)
        if known is not None:
            return str(known.experiment_id)
        local = self._url.startswith("sqlite:")
        artifacts = (Workspace(root=self._root).mlflow_artifacts / dataset).as_uri() if local else None
        return str(self._client.create_experiment(dataset, artifact_location=artifacts))

    def _ensure_model(self, name: str, purpose: str) -> None:
        from mlflow.exceptions import MlflowException

        try:
            self._client.create_registered_model(name, description=purpose)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise


def contract_parameters(contract: DatasetContract, *, fingerprint: str) -> dict[str, str]:
    """Return a contract as MLflow parameters: one per field, one per column, within MLflow's limits."""
    parameters: dict[str, str] = {"contract.digest": contract.digest(), "contract.fingerprint": fingerprint}
    for field, value in contract.model_dump(mode="json", exclude_defaults=True).items():
        parts = value if isinstance(value, Mapping) else {"": value}
        for key, part in parts.items():
            name = _name(f"{field}.{key}" if key else field)
            parameters[name] = _shortened(part if isinstance(part, str) else json.dumps(part, ensure_ascii=False))
    return parameters


def _batches(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    rest = iter(items)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _name(text: str) -> str:
    """Return a name that MLflow accepts, and that no other text is given."""
    plain = re.sub(r"[^\w\-. :/]", "_", text)[:_LONGEST_NAME]
    return plain if plain == text else f"{plain[: _LONGEST_NAME - 9]}_{sha256_bytes(text.encode())[:8]}"


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST_VALUE:
        return text
    mark = f"… {sha256_bytes(text.encode())[:12]}"
    return text[: _LONGEST_VALUE - len(mark)] + mark


def _tags(facts: VersionFacts) -> dict[str, str]:
    return {
        _VERSION_TAG: facts.version,
        "synth_assets.dataset": facts.contract.name,
        "synth_assets.candidate": facts.candidate,
        "synth_assets.release": facts.release,
    }


def _requirements(facts: VersionFacts) -> list[str]:
    """Return what sampling needs: the kind of another package, and what that package says decides its numbers."""
    if facts.contract.generator.kind in GENERATORS.built_in:
        return _REQUIREMENTS
    libraries = json.loads((facts.generator / "generator.json").read_text())["libraries"]
    return [*_REQUIREMENTS, *sorted(libraries.keys() - set(_REQUIREMENTS))]


def _save_model(folder: Path, facts: VersionFacts) -> None:
    """Write the model to ``folder``, then take this machine's paths out of its description."""
    import mlflow.pyfunc

    with tempfile.TemporaryDirectory() as scratch:
        contract = Path(scratch) / "contract.json"
        contract.write_text(facts.contract.model_dump_json(indent=1))  # the order of the columns counts
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*An input example was not provided", UserWarning)
            mlflow.pyfunc.save_model(
                str(folder),
                python_model=str(Path(__file__).with_name("mlflow_model.py")),
                artifacts={"generator": str(facts.generator), "contract": str(contract)},
                signature=_signature(facts.contract),
                pip_requirements=_requirements(facts),
            )
    described = yaml.safe_load((folder / "MLmodel").read_text())
    flavor = described["flavors"]["python_function"]
    flavor["model_code_path"] = Path(flavor["model_code_path"]).name
    for artifact in flavor["artifacts"].values():
        artifact["uri"] = artifact["path"]
    (folder / "MLmodel").write_text(yaml.safe_dump(described, sort_keys=False))


def _signature(contract: DatasetContract) -> "ModelSignature":
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema, TensorSpec

    kinds = {"int64": "long", "double": "double", "bool": "boolean", "string": "string"}
    columns: list[ColSpec | TensorSpec] = [
        ColSpec(kinds.get(str(column.type), "datetime"), column.name, required=not column.nullable)
        for column in contract.table_schema()
    ]
    return ModelSignature(
        inputs=Schema([ColSpec("string", "where", required=False)]),
        outputs=Schema(columns),
        params=ParamSchema([ParamSpec("rows", "long", 1000), ParamSpec("seed", "long", 0)]),
    )


@contextmanager
def _without_patience() -> Iterator[None]:
    """Let a server that does not answer be noticed in seconds; recording waits for minutes."""
    before = {name: os.environ.get(name) for name in _IMPATIENT}
    os.environ.update(_IMPATIENT)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


@contextmanager
def _faults(what: str) -> Iterator[None]:
    """Turn MLflow's errors into ours; they can name hosts, so only their code is kept."""
    from mlflow.exceptions import MlflowException

    try:
        yield
    except MlflowException as error:
        raise Fault(
            f"MLflow did not {what}: {error.error_code}", hint="see the store that MLFLOW_TRACKING_URI names"
        ) from error
