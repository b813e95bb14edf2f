"""One contract becomes five assets and one per scenario, their checks, a job and a schedule.

Bodies are short on purpose: they call the same functions as the command line.
Everything heavy is imported inside them, because each step is a process of its
own and the code location must load in a moment.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg

from synth_assets.checks.entry import SuiteEntry
from synth_assets.checks.suite import effective_suite
from synth_assets.contract import DatasetContract
from synth_assets.errors import about
from synth_assets.integrations.dagster.accounts import accounts_definitions
from synth_assets.integrations.dagster.alerts import budget_sensor
from synth_assets.integrations.dagster.budget import budget_check
from synth_assets.integrations.dagster.cards import page_of_candidate, purpose_of
from synth_assets.integrations.dagster.comparison import comparison_asset
from synth_assets.integrations.dagster.gates import POOL_LEDGER, check_result, check_specs, gate_checks, said, who
from synth_assets.integrations.dagster.internals import longest_gap
from synth_assets.integrations.dagster.keys import asset_key, job_name, table_key
from synth_assets.integrations.dagster.metadata import (
    candidate_metadata,
    column_lineage,
    column_schema,
    generator_metadata,
    promotion_metadata,
    release_metadata,
    shared_by_all,
    source_metadata,
)
from synth_assets.integrations.dagster.newest import newest_digest, results_on_newest
from synth_assets.integrations.dagster.releases import release_job, release_schedule
from synth_assets.integrations.dagster.resources import ComputeResource, CountingResource, PrivacyLedgerResource
from synth_assets.integrations.dagster.scenarios import results_on_scenario, scenario_asset, scenario_checks
from synth_assets.workspace import Workspace

__all__ = ["CandidateConfig", "GeneratorConfig", "build_dataset", "dataset_definitions"]

LEDGER, COUNTING, COMPUTE = PrivacyLedgerResource(), CountingResource(), ComputeResource()
"""One object each: Dagster merges definitions only when a resource is the same one."""
_WITH_TORCH = frozenset({"mixture", "gan", "vae", "transformer", "diffusion"})
"""Kinds that show PyTorch's sign beside their name."""
POOL_DVC = "synth_assets_dvc"
_LATE = timedelta(hours=1)


class GeneratorConfig(dg.Config):
    """What a launch may choose about a fit: another seed is another generator, for free."""

    seed: int = 0


class CandidateConfig(dg.Config):
    """What a launch may choose about a candidate; a schedule uses its date as the seed."""

    seed: int = 0


def dataset_definitions(contracts: Sequence[DatasetContract], *, root: Path | None = None) -> dg.Definitions:
    """Return the definitions of several datasets, with the ledger, what counts and what computes as resources."""
    return dg.Definitions.merge(*(build_dataset(contract, root=root) for contract in contracts))


def build_dataset(contract: DatasetContract, *, root: Path | None = None, with_accounts: bool = True) -> dg.Definitions:
    """Return a dataset's assets with checks, job, schedule and sensors.

    Args:
        contract: the dataset.
        root: the project's folder; by default the current workspace.
        with_accounts: whether the asset of all accounts is among them; it is one object for all datasets of a
            workspace, so that definitions can be merged. Dagster's components copy objects: only one of them has it.
    """
    workspace = Workspace(root=root) if root else Workspace.current()
    suite = effective_suite(contract, workspace.root / contract.suite_path)
    assets = [
        _source(contract, workspace),
        _release(contract, workspace),
        _generator(contract, workspace),
        _candidate(contract, workspace),
        *(scenario_asset(contract, workspace, name) for name in contract.scenarios),
        _promoted(contract, workspace, [entry.check for entry in suite]),
        *([comparison_asset(contract, workspace)] if contract.compare else []),
    ]
    public = [entry for entry in suite if entry.kind == "PUBLIC"]
    measured = [entry for entry in suite if entry.kind == "MEASURED"]
    checks = [
        _candidate_checks(contract, workspace, public),
        *([gate_checks(contract, workspace, measured)] if measured else []),
        *(scenario_checks(contract, workspace, name) for name in contract.scenarios),
        budget_check(contract, workspace),
    ]
    job, release = _refresh_job(contract), release_job(contract)
    accounts = accounts_definitions(workspace) if with_accounts else ((), ())
    return dg.Definitions(
        assets=[*assets, *accounts[0]],
        asset_checks=checks,
        jobs=[job, release],
        schedules=[
            *([_schedule(contract, job)] if contract.refresh.candidate else []),
            *([release_schedule(contract, workspace, release)] if contract.refresh.release_schedule else []),
        ],
        sensors=[budget_sensor(contract, workspace), *accounts[1]],
        resources={"ledger": LEDGER, "counting": COUNTING, "compute": COMPUTE},
    )


def _source(contract: DatasetContract, workspace: Workspace) -> dg.AssetsDefinition:
    """Record which version of the private table is current, by its public label; no row is read."""

    @dg.asset(
        **shared_by_all(contract, "source"),
        kinds={"private"},
        description=(
            f"The private table, registered by the privacy officer as source `{contract.source}`. "
            "Materializing it records the custodian's version label and reads no row."
        ),
        metadata={
            "synth_assets/privacy_unit": contract.unit().describe(),
            "dagster/column_schema": column_schema(contract.measured_schema(), contract),
        },
    )
    def source(ledger: PrivacyLedgerResource) -> dg.MaterializeResult[Any]:
        with about("source"):
            registered = ledger.open(workspace).source(contract.source)
        return dg.MaterializeResult(
            data_version=dg.DataVersion(registered.version), metadata=source_metadata(registered)
        )

    return source


def _release(contract: DatasetContract, workspace: Workspace) -> dg.AssetsDefinition:
    @dg.asset(
        **shared_by_all(contract, "release"),
        deps=[asset_key(contract.name, "source")],
        kinds={"opendp"},
        pool=POOL_LEDGER,
        description="Noisy marginals and the privacy statement. Spends the budget once; again costs nothing.",
    )
    def release(
        context: dg.AssetExecutionContext, ledger: PrivacyLedgerResource, counting: CountingResource
    ) -> dg.MaterializeResult[Any]:
        from synth_assets.integrations.readiness import chain_findings, must_pay, refuse_unready
        from synth_assets.obtain import obtain_release

        book, counted = ledger.open(workspace), counting.of(workspace)
        with said(context.log):
            if must_pay(contract, book):
                refuse_unready(chain_findings(contract, counted), warn=context.log.warning)
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


def _generator(contract: DatasetContract, workspace: Workspace) -> dg.AssetsDefinition:
    @dg.asset(
        **shared_by_all(contract, "generator"),
        deps=[asset_key(contract.name, "release")],
        kinds={contract.generator.kind, *(["pytorch"] if contract.generator.kind in _WITH_TORCH else [])},
        description="A model fitted to the release alone: post-processing, free of charge.",
    )
    def generator(
        context: dg.AssetExecutionContext, config: GeneratorConfig, compute: ComputeResource
    ) -> dg.MaterializeResult[Any]:
        from synth_assets.candidate.at_hand import release_at_hand
        from synth_assets.generator.store import FITTED, fit_generator
        from synth_assets.storage import share

        fitted = fit_generator(
            release_at_hand(workspace, newest_digest(context.instance, contract, "release")),
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


def _candidate(contract: DatasetContract, workspace: Workspace) -> dg.AssetsDefinition:
    @dg.asset(
        **shared_by_all(contract, "candidate"),
        deps=[asset_key(contract.name, "generator")],
        kinds={"parquet"},
        description="Rows sampled from the generator. Free; a new seed gives a new candidate.",
        metadata={
            "dagster/column_schema": column_schema(contract.table_schema(), contract),
            "dagster/column_lineage": column_lineage(contract),
        },
    )
    def candidate(
        context: dg.AssetExecutionContext, config: CandidateConfig, compute: ComputeResource
    ) -> dg.MaterializeResult[Any]:
        from synth_assets.candidate import write_candidate
        from synth_assets.candidate.at_hand import generator_at_hand, release_at_hand
        from synth_assets.candidate.model import CANDIDATES
        from synth_assets.storage import share

        digest = newest_digest(context.instance, contract, "generator")
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


def _candidate_checks(
    contract: DatasetContract, workspace: Workspace, suite: Sequence[SuiteEntry]
) -> dg.AssetChecksDefinition:
    specs = check_specs(contract, suite)

    @dg.multi_asset_check(specs=specs, can_subset=True, name=f"{contract.name}_checks")
    def candidate_checks(context: dg.AssetCheckExecutionContext) -> Any:
        from synth_assets.candidate.at_hand import candidate_at_hand, release_at_hand
        from synth_assets.checks import run_suite
        from synth_assets.promotion import context_of, write_page

        digest = newest_digest(context.instance, contract, "candidate")
        candidate = candidate_at_hand(workspace, contract.name, digest)
        results, basis = run_suite(
            contract,
            candidate,
            release_at_hand(workspace, candidate.release),
            suite=workspace.root / contract.suite_path,
            context=context_of(contract, candidate, workspace=workspace),
        )
        page = write_page(basis, candidate, results, workspace=workspace, warn=context.log.warning)
        chosen = {selected.name for selected in context.selected_asset_check_keys}
        shown = page_of_candidate(workspace, page) if page is not None else None
        of_page = partial(check_result, contract, page=shown)
        yield from map(of_page, (result for result in results if result.name in chosen))

    return candidate_checks


def _promoted(contract: DatasetContract, workspace: Workspace, checks: Sequence[str]) -> dg.AssetsDefinition:
    @dg.asset(
        **shared_by_all(contract, "promoted"),
        deps=[table_key(contract.name, name) for name in ("", *contract.scenarios)],
        kinds={"parquet", "dvc", "mlflow"},
        pool=POOL_DVC,
        description=f"{purpose_of(contract)}\n\nThe version that people use: only if every blocking check passed on "
        "exactly this candidate, and on each of the contract's scenarios.",
        metadata={"dagster/column_schema": column_schema(contract.table_schema(), contract)},
        freshness_policy=_freshness(contract),
        automation_condition=dg.AutomationCondition.eager() & dg.AutomationCondition.all_deps_blocking_checks_passed(),
    )
    def promoted(context: dg.AssetExecutionContext, ledger: PrivacyLedgerResource) -> dg.MaterializeResult[Any]:
        from synth_assets.integrations.versions import promote_candidate

        digest, book = newest_digest(context.instance, contract, "candidate"), ledger.open(workspace)
        results = results_on_newest(context.instance, contract, checks)
        promotion = promote_candidate(
            contract,
            digest,
            results,
            workspace=workspace,
            ledger=book,
            scenarios={
                name: (
                    newest_digest(context.instance, contract, "scenario", name),
                    results_on_scenario(context.instance, contract, name),
                )
                for name in contract.scenarios
            },
            progress=context.log.info,
        )
        balance = book.balance(book.source(contract.source).account)
        return dg.MaterializeResult(
            data_version=dg.DataVersion(promotion.version),
            metadata=promotion_metadata(contract, promotion, results, balance=balance, workspace=workspace),
        )

    return promoted


def _freshness(contract: DatasetContract) -> dg.FreshnessPolicy | None:
    """Warn when one refresh promoted nothing, fail when two did not; without a schedule nothing is late."""
    if contract.refresh.candidate is None:
        return None
    gap = longest_gap(contract.refresh.candidate)
    late = min(gap, _LATE)  # a run takes a while
    return dg.FreshnessPolicy.time_window(warn_window=gap + late, fail_window=2 * gap + late)


def _refresh_job(contract: DatasetContract) -> Any:
    tables = [table_key(contract.name, name) for name in ("", *contract.scenarios)]
    steps = [*tables, asset_key(contract.name, "promoted")]
    return dg.define_asset_job(
        job_name(contract.name),
        selection=dg.AssetSelection.assets(*steps),
        description="Sample a new candidate from the generator, check it, promote it if it passes. "
        + (
            f"Real people are asked about at most {contract.privacy.evaluation_attempts} candidates of a release."
            if contract.gates
            else "Spends nothing."
        ),
        tags={"synth_assets/dataset": contract.name},
    )


def _schedule(contract: DatasetContract, job: Any) -> dg.ScheduleDefinition:
    """Turn the contract's cron into a schedule; the tick's date is the seed, so a tick is repeatable."""

    @dg.schedule(
        cron_schedule=str(contract.refresh.candidate),
        job=job,
        name=f"{contract.name}_schedule",
        description="Samples a new candidate, checks it, and promotes it if it passes. "
        + ("Real people are asked about it, within the contract's attempts." if contract.gates else "Spends nothing."),
    )
    def tick(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        date = context.scheduled_execution_time.strftime("%Y%m%d")
        step = "__".join(asset_key(contract.name, "candidate").path)
        return dg.RunRequest(run_key=date, run_config={"ops": {step: {"config": {"seed": int(date)}}}})

    return tick
