"""A contract's scenarios as assets of their own, with checks that know what each is to be.

A scenario is drawn from the generator of the newest candidate, so that both can be promoted as one version; its rows
and seed are the contract's.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import dagster as dg

from synth_assets.checks.policy import CheckResult
from synth_assets.checks.suite import suite_of
from synth_assets.integrations.dagster.dataset import Dataset
from synth_assets.integrations.dagster.gates import check_result, check_specs
from synth_assets.integrations.dagster.metadata import candidate_metadata
from synth_assets.integrations.dagster.newest import newest_digest, results_on_newest
from synth_assets.integrations.dagster.resources import ComputeResource

__all__ = ["results_on_scenario", "scenario_asset", "scenario_checks"]


def scenario_asset(dataset: Dataset, name: str) -> dg.AssetsDefinition:
    """Return the asset of one scenario: rows under its conditions, weights and shares."""
    workspace = dataset.workspace

    @dg.multi_asset(**dataset.declared("scenario", name))
    def scenario(context: dg.AssetExecutionContext, compute: ComputeResource) -> dg.MaterializeResult[Any]:
        from synth_assets.candidate import write_scenario
        from synth_assets.candidate.at_hand import candidate_at_hand, generator_at_hand, release_at_hand
        from synth_assets.candidate.model import CANDIDATES
        from synth_assets.storage import share

        member = dataset.at(context)
        contract, digest = member.contract, newest_digest(context.instance, member.keys, "candidate")
        candidate = candidate_at_hand(workspace, contract.name, digest)
        with compute.compute().pool() as executor:
            table = write_scenario(
                contract,
                name,
                generator_at_hand(workspace, contract.name, candidate.generator),
                release_at_hand(workspace, candidate.release),
                scenarios=workspace.scenarios(contract.name),
                executor=executor,
            )
        share(CANDIDATES, table.folder, workspace=workspace)
        return dg.MaterializeResult(
            data_version=dg.DataVersion(table.digest),
            metadata={"scenario": name, **candidate_metadata(contract, table)},
        )

    return scenario


def scenario_checks(dataset: Dataset, name: str) -> dg.AssetChecksDefinition:
    """Return the checks of one scenario."""
    workspace, suite = dataset.workspace, suite_of(dataset.contract, scenario=name)
    specs = check_specs(dataset, suite, scenario=name)

    @dg.multi_asset_check(specs=specs, can_subset=True, name=f"{dataset.contract.name}_scenario_{name}_checks")
    def checks(context: dg.AssetCheckExecutionContext, compute: ComputeResource) -> Any:
        from synth_assets.candidate.at_hand import candidate_at_hand, release_at_hand, scenario_at_hand
        from synth_assets.checks import run_checks
        from synth_assets.promotion import context_of_scenario

        member = dataset.at(context)
        contract, digests = member.contract, [newest_digest(context.instance, member.keys, "scenario", name)]
        digests.append(newest_digest(context.instance, member.keys, "candidate"))
        table = scenario_at_hand(workspace, contract.name, digests[0])
        candidate = candidate_at_hand(workspace, contract.name, digests[1])
        with compute.compute().pool() as executor:
            results = run_checks(
                contract,
                table,
                release_at_hand(workspace, table.release),
                only={selected.name for selected in context.selected_asset_check_keys},
                context=context_of_scenario(contract, table, candidate=candidate, workspace=workspace),
                executor=executor,
            )
        yield from map(partial(check_result, dataset.keys, scenario=name), results)

    return checks


def results_on_scenario(instance: dg.DagsterInstance, dataset: Dataset, name: str) -> Sequence[CheckResult]:
    """Return the results of a scenario's checks that aim at exactly its newest table."""
    names = [entry.check for entry in suite_of(dataset.contract, scenario=name)]
    return results_on_newest(instance, dataset.keys, names, scenario=name)
