"""One contract becomes five assets and one per scenario, their checks, a job and a schedule.

Bodies are short on purpose: they call the same functions as the command line.
Everything heavy is imported inside them, because each step is a process of its
own and the code location must load in a moment.
"""

import datetime as dt
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg

from synth_assets.checks.entry import SuiteEntry
from synth_assets.checks.suite import effective_suite
from synth_assets.contract import DatasetContract
from synth_assets.errors import about
from synth_assets.integrations.dagster.alerts import budget_sensor
from synth_assets.integrations.dagster.budget import budget_check
from synth_assets.integrations.dagster.cards import page_of_candidate
from synth_assets.integrations.dagster.comparison import comparison_asset
from synth_assets.integrations.dagster.dataset import Dataset, translated
from synth_assets.integrations.dagster.gates import POOL_LEDGER, check_result, check_specs, gate_checks, said, who
from synth_assets.integrations.dagster.keys import job_name
from synth_assets.integrations.dagster.metadata import (
    candidate_metadata,
    generator_metadata,
    promotion_metadata,
    release_metadata,
    source_metadata,
)
from synth_assets.integrations.dagster.newest import newest_digest, results_on_newest
from synth_assets.integrations.dagster.releases import release_job, release_schedule
from synth_assets.integrations.dagster.resources import ComputeResource, CountingResource, PrivacyLedgerResource
from synth_assets.integrations.dagster.scenarios import results_on_scenario, scenario_asset, scenario_checks
from synth_assets.integrations.dagster.translator import SyntheticDatasetTranslator
from synth_assets.workspace import Workspace

__all__ = ["CandidateConfig", "GeneratorConfig", "build_dataset", "dataset_definitions", "definitions_of", "seed_of"]

LEDGER, COUNTING, COMPUTE = PrivacyLedgerResource(), CountingResource(), ComputeResource()
"""One object each: Dagster merges definitions only when a resource is the same one."""
POOL_DVC = "synth_assets_dvc"


class GeneratorConfig(dg.Config):
    """What a launch may choose about a fit: another seed is another generator, for free."""

    seed: int = 0


class CandidateConfig(dg.Config):
    """What a launch may choose about a candidate; a schedule uses the time of its tick."""

    seed: int = 0


def dataset_definitions(
    contracts: Sequence[DatasetContract],
    *,
    root: Path | None = None,
    translator: SyntheticDatasetTranslator | None = None,
) -> dg.Definitions:
    """Return the definitions of several datasets, with the ledger, what counts and what computes as resources."""
    return dg.Definitions.merge(*(build_dataset(contract, root=root, translator=translator) for contract in contracts))


def build_dataset(
    contract: DatasetContract,
    *,
    root: Path | None = None,
    translator: SyntheticDatasetTranslator | None = None,
    deps: Sequence[dg.AssetKey | str] = (),
) -> dg.Definitions:
    """Return a dataset's assets with checks, job, schedule and sensors.

    Args:
        contract: the dataset.
        root: the project's folder; by default the current workspace.
        translator: says what the assets are called and show.
        deps: keys of the assets that fill the private table, which become parents of the source.

    Raises:
        ContractError: the translator gave two assets one key.
    """
    workspace = Workspace(root=root) if root else Workspace.current()
    parents = [key if isinstance(key, dg.AssetKey) else dg.AssetKey.from_user_string(key) for key in deps]
    dataset = translated(contract, workspace, translator=translator, deps=parents)
    return definitions_of(dataset)


def definitions_of(dataset: Dataset) -> dg.Definitions:
    """Return what :func:`build_dataset` does, of a dataset that was translated."""
    contract = dataset.contract
    suite = effective_suite(contract, dataset.workspace.root / contract.suite_path)
    assets = [
        _source(dataset),
        _release(dataset),
        _generator(dataset),
        _candidate(dataset),
        *(scenario_asset(dataset, name) for name in contract.scenarios),
        _promoted(dataset, [entry.check for entry in suite]),
        *([comparison_asset(dataset)] if contract.compare else []),
    ]
    public = [entry for entry in suite if entry.kind == "PUBLIC"]
    measured = [entry for entry in suite if entry.kind == "MEASURED"]
    checks = [
        _candidate_checks(dataset, public),
        *([gate_checks(dataset, measured)] if measured else []),
        *(scenario_checks(dataset, name) for name in contract.scenarios),
        budget_check(dataset),
    ]
    job = _refresh_job(dataset)
    release = [release_job(dataset)] if contract.refresh.release_schedule else []
    return dg.Definitions(
        assets=assets,
        asset_checks=checks,
        jobs=[job, *release],
        schedules=[
            *([_schedule(dataset, job)] if contract.refresh.candidate else []),
            *(release_schedule(dataset, scheduled) for scheduled in release),
        ],
        sensors=[budget_sensor(dataset)],
        resources={"ledger": LEDGER, "counting": COUNTING, "compute": COMPUTE},
    )


def _source(dataset: Dataset) -> dg.AssetsDefinition:
    """Record which version of the private table is current, by its public label; no row is read."""
    workspace = dataset.workspace

    @dg.multi_asset(**dataset.declared("source"))
    def source(context: dg.AssetExecutionContext, ledger: PrivacyLedgerResource) -> dg.MaterializeResult[Any]:
        with about("source"):
            registered = ledger.open(workspace).source(dataset.at(context).contract.source)
        return dg.MaterializeResult(
            data_version=dg.DataVersion(registered.version), metadata=source_metadata(registered)
        )

    return source


def _release(dataset: Dataset) -> dg.AssetsDefinition:
    workspace = dataset.workspace

    @dg.multi_asset(**dataset.declared("release"), pool=POOL_LEDGER)
    def release(
        context: dg.AssetExecutionContext, ledger: PrivacyLedgerResource, counting: CountingResource
    ) -> dg.MaterializeResult[Any]:
        from synth_assets.integrations.readiness import chain_findings, must_pay, refuse_unready
        from synth_assets.obtain import obtain_release

        contract, book, counted = dataset.at(context).contract, ledger.open(workspace), counting.of(workspace)
        with said(context.log):
            if must_pay(contract, book):
                registered = book.source(contract.source)
                refuse_unready(chain_findings(contract, counted, source=registered), warn=context.log.warning)
            obtained = obtain_release(
                contract,
                workspace=counted,
                ledger=book,
                by=who(context.run),
                reason=contract.purpose,
                run_id=context.run.run_id,
                progress=context.log.info,
            )
        (context.log.warning if obtained.of_another_version else context.log.info)(obtained.describe())
        return dg.MaterializeResult(
            data_version=dg.DataVersion(obtained.release.digest),
            metadata=release_metadata(contract, obtained, book, workspace),
        )

    return release


def _generator(dataset: Dataset) -> dg.AssetsDefinition:
    workspace = dataset.workspace

    @dg.multi_asset(**dataset.declared("generator"))
    def generator(
        context: dg.AssetExecutionContext, config: GeneratorConfig, compute: ComputeResource
    ) -> dg.MaterializeResult[Any]:
        from synth_assets.candidate.at_hand import release_at_hand
        from synth_assets.generator.store import FITTED, fit_generator
        from synth_assets.storage import share

        member = dataset.at(context)
        contract = member.contract
        fitted = fit_generator(
            release_at_hand(workspace, newest_digest(context.instance, member.keys, "release")),
            kind=contract.generator.kind,
            options=contract.generator.options,
            seed=config.seed,
            generators=workspace.generators(contract.name),
            device=compute.device,
            progress=context.log.info,
        )
        share(FITTED, fitted.folder, workspace=workspace)
        return dg.MaterializeResult(data_version=dg.DataVersion(fitted.digest), metadata=generator_metadata(fitted))

    return generator


def _candidate(dataset: Dataset) -> dg.AssetsDefinition:
    workspace = dataset.workspace

    @dg.multi_asset(**dataset.declared("candidate"))
    def candidate(
        context: dg.AssetExecutionContext, config: CandidateConfig, compute: ComputeResource
    ) -> dg.MaterializeResult[Any]:
        from synth_assets.candidate import write_candidate
        from synth_assets.candidate.at_hand import generator_at_hand, release_at_hand
        from synth_assets.candidate.model import CANDIDATES
        from synth_assets.storage import share

        member = dataset.at(context)
        contract, digest = member.contract, newest_digest(context.instance, member.keys, "generator")
        fitted = generator_at_hand(workspace, contract.name, digest)
        with compute.compute().pool() as executor:
            written = write_candidate(
                contract,
                fitted,
                release_at_hand(workspace, fitted.release),
                seed=config.seed,
                candidates=workspace.candidates(contract.name),
                executor=executor,
            )
        share(CANDIDATES, written.folder, workspace=workspace)
        return dg.MaterializeResult(
            data_version=dg.DataVersion(written.digest), metadata=candidate_metadata(contract, written)
        )

    return candidate


def _candidate_checks(dataset: Dataset, suite: Sequence[SuiteEntry]) -> dg.AssetChecksDefinition:
    workspace, specs = dataset.workspace, check_specs(dataset, suite)

    @dg.multi_asset_check(specs=specs, can_subset=True, name=f"{dataset.contract.name}_checks")
    def candidate_checks(context: dg.AssetCheckExecutionContext, compute: ComputeResource) -> Any:
        from synth_assets.candidate.at_hand import candidate_at_hand, release_at_hand
        from synth_assets.checks import run_suite
        from synth_assets.promotion import context_of, write_page

        member = dataset.at(context)
        contract, digest = member.contract, newest_digest(context.instance, member.keys, "candidate")
        candidate = candidate_at_hand(workspace, contract.name, digest)
        with compute.compute().pool() as executor:
            results, basis = run_suite(
                contract,
                candidate,
                release_at_hand(workspace, candidate.release),
                suite=workspace.root / contract.suite_path,
                context=context_of(contract, candidate, workspace=workspace),
                executor=executor,
            )
        page = write_page(basis, candidate, results, workspace=workspace, warn=context.log.warning)
        chosen = {selected.name for selected in context.selected_asset_check_keys}
        shown = page_of_candidate(workspace, page) if page is not None else None
        of_page = partial(check_result, dataset.keys, page=shown)
        yield from map(of_page, (result for result in results if result.name in chosen))

    return candidate_checks


def _promoted(dataset: Dataset, checks: Sequence[str]) -> dg.AssetsDefinition:
    workspace = dataset.workspace

    @dg.multi_asset(**dataset.declared("promoted"), pool=POOL_DVC)
    def promoted(
        context: dg.AssetExecutionContext, ledger: PrivacyLedgerResource, compute: ComputeResource
    ) -> dg.MaterializeResult[Any]:
        from synth_assets.integrations.versions import promote_candidate

        member, book = dataset.at(context), ledger.open(workspace)
        contract, digest = member.contract, newest_digest(context.instance, member.keys, "candidate")
        results = results_on_newest(context.instance, member.keys, checks)
        with compute.compute().pool() as executor:
            promotion = promote_candidate(
                contract,
                digest,
                results,
                workspace=workspace,
                ledger=book,
                scenarios={
                    name: (
                        newest_digest(context.instance, member.keys, "scenario", name),
                        results_on_scenario(context.instance, member, name),
                    )
                    for name in contract.scenarios
                },
                executor=executor,
                progress=context.log.info,
            )
        balance = book.balance(book.source(contract.source).account)
        return dg.MaterializeResult(
            data_version=dg.DataVersion(promotion.version),
            metadata=promotion_metadata(contract, promotion, results, balance=balance, workspace=workspace),
        )

    return promoted


def _refresh_job(dataset: Dataset) -> Any:
    contract, keys = dataset.contract, dataset.keys
    tables = [keys.table(name) for name in ("", *contract.scenarios)]
    return dg.define_asset_job(
        job_name(contract.name),
        selection=dg.AssetSelection.assets(*tables, keys.asset("promoted")),
        description="Sample a new candidate from the generator, check it, promote it if it passes. "
        + (
            f"Real people are asked about at most {contract.privacy.evaluation_attempts} candidates of a release."
            if contract.gates
            else "Spends nothing."
        ),
        tags={"synth_assets/dataset": contract.name},
    )


def _schedule(dataset: Dataset, job: Any) -> dg.ScheduleDefinition:
    """Turn the contract's cron into a schedule; the tick's time is the seed, so a tick is repeatable."""
    contract, step = dataset.contract, dataset.keys.op("candidate")

    @dg.schedule(
        cron_schedule=str(contract.refresh.candidate),
        job=job,
        name=f"{contract.name}_schedule",
        description="Samples a new candidate, checks it, and promotes it if it passes. "
        + ("Real people are asked about it, within the contract's attempts." if contract.gates else "Spends nothing."),
    )
    def tick(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        seed = seed_of(context.scheduled_execution_time)
        newest = None if dataset.partitions is None else _newest_fitted(dataset, context.instance)
        if dataset.partitions is not None and newest is None:
            return dg.SkipReason("no partition has a generator yet: materialize one up to `generator`")
        config = {"ops": {step: {"config": {"seed": seed}}}}
        return dg.RunRequest(run_key=str(seed), run_config=config, partition_key=newest)

    return tick


def _newest_fitted(dataset: Dataset, instance: dg.DagsterInstance) -> str | None:
    """Return the last partition that has a generator; ``None`` where none has."""
    fitted = instance.get_materialized_partitions(dataset.keys.asset("generator"))
    return next((key for key in reversed(list(dataset.members())) if key in fitted), None)


def seed_of(moment: dt.datetime) -> int:
    """Return the seed of a tick: its time in UTC, to the minute, as a number that people can read.

    Example:
        >>> seed_of(dt.datetime(2026, 11, 23, 6, 30, tzinfo=dt.UTC))
        202611230630
    """
    return int(moment.astimezone(dt.UTC).strftime("%Y%m%d%H%M"))
