"""A contract's gates as asset checks of its candidate: public checks first, then real people are asked, once."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import dagster as dg

from synth_assets.checks.entry import SuiteEntry
from synth_assets.checks.policy import CheckResult
from synth_assets.errors import SynthAssetsError
from synth_assets.integrations.dagster.cards import page_of_candidate
from synth_assets.integrations.dagster.dataset import Dataset
from synth_assets.integrations.dagster.internals import checks_of_partitions
from synth_assets.integrations.dagster.keys import Keys
from synth_assets.integrations.dagster.metadata import check_metadata
from synth_assets.integrations.dagster.newest import newest_digest
from synth_assets.integrations.dagster.resources import ComputeResource, CountingResource, PrivacyLedgerResource

__all__ = ["POOL_LEDGER", "check_result", "check_specs", "gate_checks", "said", "who"]

POOL_LEDGER = "synth_assets_ledger"


def check_specs(dataset: Dataset, suite: Sequence[SuiteEntry], *, scenario: str = "") -> list[dg.AssetCheckSpec]:
    """Return one asset check of the candidate, or of a scenario, per entry of a suite."""
    key = dataset.keys.table(scenario)
    with checks_of_partitions(dataset.partitions):
        return [
            dg.AssetCheckSpec(
                name=entry.check,
                asset=key,
                blocking=entry.severity == "critical",
                description=entry.description,
                partitions_def=dataset.partitions,
            )
            for entry in suite
        ]


def check_result(
    keys: Keys, result: CheckResult, *, scenario: str = "", page: dg.MetadataValue[str] | None = None
) -> dg.AssetCheckResult:
    """Return a result as Dagster records it, with where the candidate's page is."""
    return dg.AssetCheckResult(
        check_name=result.name,
        asset_key=keys.table(scenario),
        passed=result.passed,
        severity=dg.AssetCheckSeverity.ERROR if result.severity == "critical" else dg.AssetCheckSeverity.WARN,
        description=result.description,
        metadata=check_metadata(result, page=page),
    )


def gate_checks(dataset: Dataset, suite: Sequence[SuiteEntry]) -> dg.AssetChecksDefinition:
    """Return the checks that ask real people about the newest candidate, which is charged to the account."""
    workspace, specs = dataset.workspace, check_specs(dataset, suite)

    @dg.multi_asset_check(specs=specs, can_subset=True, name=f"{dataset.contract.name}_gates", pool=POOL_LEDGER)
    def measured_checks(
        context: dg.AssetCheckExecutionContext,
        ledger: PrivacyLedgerResource,
        counting: CountingResource,
        compute: ComputeResource,
    ) -> Any:
        from synth_assets.candidate.at_hand import candidate_at_hand
        from synth_assets.integrations.versions import measure_candidate

        member = dataset.at(context)
        contract = member.contract
        digest = newest_digest(context.instance, member.keys, "candidate")
        with said(context.log), compute.compute().pool() as executor:
            results = measure_candidate(
                contract,
                candidate_at_hand(workspace, contract.name, digest),
                workspace=counting.of(workspace),
                ledger=ledger.open(workspace),
                by=who(context.run),
                run_id=context.run.run_id,
                executor=executor,
                progress=context.log.info,
            )
        chosen = {selected.name for selected in context.selected_asset_check_keys}
        page = workspace.page(contract.name, digest)
        shown = page_of_candidate(workspace, page) if page.is_file() else None
        of_page = partial(check_result, dataset.keys, page=shown)
        yield from map(of_page, (result for result in results if result.name in chosen))

    return measured_checks


@contextmanager
def said(log: Any) -> Iterator[None]:
    """Write a refusal into the run's log: where errors are redacted, Dagster masks it and its hint."""
    try:
        yield
    except SynthAssetsError as error:  # its message is public, whatever happened
        log.error(str(error))  # noqa: TRY400 - a traceback could hold more than the message
        raise


def who(run: Any) -> str:
    """Return who started a run, as far as Dagster knows."""
    tags: Mapping[str, str] = run.tags
    return tags.get("user") or "dagster"
