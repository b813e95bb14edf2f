"""Run a dataset's chain in this process: one Dagster run, seen in the UI like any other."""

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from synth_assets.checks.policy import CheckResult
from synth_assets.checks.suite import effective_suite
from synth_assets.contract import DatasetContract
from synth_assets.errors import CheckRefused, UsageError
from synth_assets.generator.compute import Compute
from synth_assets.integrations.dagster.dataset import Dataset, translated
from synth_assets.integrations.dagster.definitions import definitions_of
from synth_assets.integrations.dagster.internals import DagsterAssetCheckFailedError
from synth_assets.integrations.dagster.keys import Step
from synth_assets.integrations.dagster.newest import newest_digest, newest_record, results_on_newest
from synth_assets.integrations.dagster.scenarios import results_on_scenario
from synth_assets.integrations.dagster.translator import SyntheticDatasetTranslator
from synth_assets.listing import some_of
from synth_assets.workspace import Workspace, make_folder

__all__ = ["ChainRun", "dagster_home", "run_chain"]

_DAGSTER_YAML = """\
telemetry:
  enabled: false
nux:
  enabled: false
"""
_ANOTHER = "another candidate is another attempt, which takes its share of what the contract leaves for evaluations"
_SHOWN = 12
_CHAIN: tuple[Step, ...] = ("release", "generator", "candidate", "promoted")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainRun:
    """What one run of the chain recorded.

    Attributes:
        run_id: the Dagster run.
        metadata: plain metadata values of each step's materialization, by step.
        results: one result per check, all of the newest candidate.
    """

    run_id: str
    metadata: dict[str, dict[str, Any]]
    results: tuple[CheckResult, ...]


def dagster_home(workspace: Workspace) -> Path:
    """Return Dagster's home, made when missing: ``DAGSTER_HOME``, or a folder of the workspace."""
    home = workspace.dagster_home
    os.environ["DAGSTER_HOME"] = str(home)  # where Dagster itself looks for it
    make_folder(home)
    settings = home / "dagster.yaml"
    if not settings.exists():
        settings.write_text(_DAGSTER_YAML, encoding="utf-8")
    return home


def run_chain(  # noqa: PLR0913 - what a run may choose, by keyword
    contract: DatasetContract,
    *,
    workspace: Workspace,
    seed: int = 0,
    fit_seed: int = 0,
    compute: Compute | None = None,
    progress: Callable[[str], None] = lambda _: None,
    instance: dg.DagsterInstance | None = None,
    translator: SyntheticDatasetTranslator | None = None,
    partition: str | None = None,
) -> ChainRun:
    """Materialize release, generator, candidate with its checks, and promoted.

    Args:
        contract: of the dataset.
        workspace: where everything is.
        seed: of the candidate.
        fit_seed: of the generator.
        compute: where to fit and sample; here, on the CPU and in one process, when omitted.
        progress: called with each message of a step.
        instance: Dagster's; that of the workspace when omitted.
        translator: says under which keys it is recorded, as in the project's code location.
        partition: key or dataset's name of one partition, where the translator gives partitions.

    Raises:
        CheckRefused: a blocking check failed; the previous version stays promoted.
        SynthAssetsError: whatever a step refused or met, as it was raised.
    """
    dagster_home(workspace)
    if instance is None:
        with dg.DagsterInstance.get() as opened:
            return run_chain(
                contract,
                workspace=workspace,
                seed=seed,
                fit_seed=fit_seed,
                compute=compute,
                progress=progress,
                instance=opened,
                translator=translator,
                partition=partition,
            )
    whole = translated(contract, workspace, translator=translator)
    dataset = _member(whole, partition)
    definitions = dg.Definitions.merge(definitions_of(whole), dg.Definitions(loggers={"console": _console(progress)}))
    job = definitions.resolve_implicit_global_asset_job_def()
    chain = [dataset.keys.asset(step) for step in ("source", *_CHAIN)]
    chain += [dataset.keys.table(name) for name in contract.scenarios]
    config = _run_config(dataset, seeds={"generator": fit_seed, "candidate": seed}, compute=compute or Compute())
    # With redaction on, Dagster logs the traceback that it hides; here the error itself is raised to the caller.
    # A filter, because Dagster's own configuration of logging switches loggers on again.
    logging.getLogger("dagster.redacted_errors").addFilter(_nothing)
    try:
        result = job.execute_in_process(
            instance=instance,
            run_config=config,
            asset_selection=chain,
            partition_key=dataset.keys.partition,
            tags={"synth_assets/dataset": dataset.contract.name, "synth_assets/seed": str(seed)},
        )
    except DagsterAssetCheckFailedError as error:
        raise _refusal(_results(dataset, instance), dataset, instance) from error
    return ChainRun(
        run_id=result.run_id,
        metadata=_metadata(dataset, instance),
        results=tuple(_results(dataset, instance)),
    )


def _member(dataset: Dataset, partition: str | None) -> Dataset:
    """Return the dataset of the partition that is asked for.

    Raises:
        UsageError: it has partitions and none is named, or it has no such partition.
    """
    if partition is None and dataset.partitions is None:
        return dataset
    members = dataset.members()
    named = {word: member for key, member in members.items() for word in (key, member.contract.name)}
    if partition is not None and partition in named:
        return named[partition]
    listed = some_of([member.contract.name for key, member in members.items() if key], most=_SHOWN)
    said = "several partitions, and a run makes one" if partition is None else f"no partition {partition!r}"
    raise UsageError(
        f"{dataset.contract.name} has {said}",
        hint=f"its datasets are: {listed or 'none yet'}",
    )


def _run_config(dataset: Dataset, *, seeds: Mapping[Step, int], compute: Compute) -> dict[str, Any]:
    steps = {dataset.keys.op(step): seed for step, seed in seeds.items()}
    return {
        "ops": {step: {"config": {"seed": seed}} for step, seed in steps.items()},
        "resources": {"compute": {"config": {"device": compute.device, "workers": compute.workers}}},
        "loggers": {"console": {}},
    }


def _metadata(dataset: Dataset, instance: dg.DagsterInstance) -> dict[str, dict[str, Any]]:
    metadata: dict[str, dict[str, Any]] = {}
    for step in _CHAIN:
        record = newest_record(instance, dataset.keys.asset(step), partition=dataset.keys.partition)
        materialization = record.asset_materialization if record else None
        if materialization:
            metadata[step] = {name: value.value for name, value in materialization.metadata.items()}
    return metadata


def _results(dataset: Dataset, instance: dg.DagsterInstance) -> list[CheckResult]:
    entries = effective_suite(dataset.contract, dataset.workspace.root / dataset.contract.suite_path)
    return results_on_newest(instance, dataset.keys, [entry.check for entry in entries])


def _refusal(results: list[CheckResult], dataset: Dataset, instance: dg.DagsterInstance) -> CheckRefused:
    contract, failed = dataset.contract, _failed(results)
    reasons = [f"{result.name} ({result.description})" for result in failed]
    for name in contract.scenarios:
        of_it = _failed(results_on_scenario(instance, dataset, name))
        reasons += [f"scenario {name}: {result.name} ({result.description})" for result in of_it]
        failed += of_it
    public = any(result.kind == "PUBLIC" for result in failed) or not failed
    next_step = "change the contract or sample again, both are free" if public else _ANOTHER
    return CheckRefused(
        f"{contract.name} is not promoted, blocking checks failed: {'; '.join(reasons) or 'see the Dagster run'}",
        hint=f"the previous version stays; {next_step}{_where_to_look(dataset, instance)}",
    )


def _where_to_look(dataset: Dataset, instance: dg.DagsterInstance) -> str:
    """Name the page of the newest candidate, if it was written."""
    with suppress(CheckRefused):
        digest = newest_digest(instance, dataset.keys, "candidate")
        page = dataset.workspace.page(dataset.contract.name, digest)
        return f"; see {page}" if page.is_file() else ""
    return ""


def _failed(results: Sequence[CheckResult]) -> list[CheckResult]:
    return [result for result in results if result.severity == "critical" and not result.passed]


def _nothing(_: logging.LogRecord) -> bool:
    return False


class _Progress(logging.Handler):
    """Pass on what steps say, and that they start; Dagster's own bookkeeping and errors, which are raised, are not."""

    def __init__(self, progress: Callable[[str], None]) -> None:
        super().__init__()
        self.progress = progress

    def emit(self, record: logging.LogRecord) -> None:
        """Say one line."""
        meta: dict[str, Any] = getattr(record, "dagster_meta", {})
        event, step = meta.get("dagster_event"), (meta.get("step_key") or "").replace("__", "/")
        if event is None and step and logging.INFO <= record.levelno < logging.ERROR:
            self.progress(f"{step}: {meta.get('orig_message', record.getMessage())}")
        elif event is not None and event.event_type_value == "STEP_START":
            self.progress(step)


def _console(progress: Callable[[str], None]) -> dg.LoggerDefinition:
    def console(_: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger("synth_assets.console", level=logging.DEBUG)  # noqa: LOG001 - private to this run
        logger.addHandler(_Progress(progress))
        return logger

    return dg.LoggerDefinition(console, description="One line per step.")
