"""What an account still covers, as the check ``budget_covers_next_release`` of a dataset's release.

The check is evaluated with every run of the release, and by the budget sensor whenever the
account changed, so what Dagster shows is what is left now and not what was left when the
release was paid. Nothing is reserved for it.
"""

from typing import Any, TypeGuard

import dagster as dg

from synth_assets.contract import DatasetContract
from synth_assets.integrations.dagster.dataset import Dataset
from synth_assets.integrations.dagster.internals import checks_of_partitions
from synth_assets.integrations.dagster.resources import PrivacyLedgerResource
from synth_assets.ledger import Ledger

__all__ = ["BUDGET_CHECK", "budget_check", "budget_evaluation", "has_source", "not_registered"]

BUDGET_CHECK = "budget_covers_next_release"


def has_source(book: Ledger | None, contract: DatasetContract) -> TypeGuard[Ledger]:
    """Whether there is a ledger, and the contract's source is registered in it."""
    return book is not None and contract.source in [source.name for source in book.sources()]


def not_registered(contract: DatasetContract) -> str:
    """Say why a tick does nothing before :func:`has_source`."""
    return f"source {contract.source} is not registered yet"


def budget_check(dataset: Dataset) -> dg.AssetChecksDefinition:
    """Return the check that warns before the account runs dry: one more release of the contract must still fit."""
    with checks_of_partitions(dataset.partitions):
        declare = dg.asset_check(
            name=BUDGET_CHECK,
            asset=dataset.keys.asset("release"),
            description="Warns when the account no longer covers another release of this contract.",
            partitions_def=dataset.partitions,
        )

        @declare
        def budget_covers_next_release(
            context: dg.AssetCheckExecutionContext, ledger: PrivacyLedgerResource
        ) -> dg.AssetCheckResult:
            return dg.AssetCheckResult(**_verdict(dataset.at(context).contract, ledger.open(dataset.workspace)))

    return budget_covers_next_release


def budget_evaluation(dataset: Dataset, book: Ledger) -> dg.AssetCheckEvaluation:
    """Return the verdict of the check as an event, for whoever evaluates it without a run."""
    key, verdict = dataset.keys.asset("release"), _verdict(dataset.contract, book)
    return dg.AssetCheckEvaluation(
        asset_key=key, check_name=BUDGET_CHECK, blocking=False, partition=dataset.keys.partition, **verdict
    )


def _verdict(contract: DatasetContract, book: Ledger) -> dict[str, Any]:
    from synth_assets.strategy.release_plan import ReleasePlan

    plan = ReleasePlan(contract=contract)
    balance, loss = book.balance(book.source(contract.source).account, part=plan.part), plan.loss()
    return {
        "passed": loss.fits(balance.remaining),
        "severity": dg.AssetCheckSeverity.WARN,
        "description": f"account {balance.account} has room for epsilon {balance.epsilon_left:.4g} more; another "
        f"release costs epsilon {balance.epsilon_of(loss):.4g}, at delta {balance.delta:g}",
        "metadata": {
            "account": balance.account,
            "observed": balance.epsilon_of(loss),
            "limit": balance.epsilon_left,
            "remaining_rho": balance.remaining.rho,
            "next_release_rho": loss.rho,
            "epsilon_spent": balance.epsilon_spent,
            "epsilon_cap": balance.epsilon_cap,
        },
    }
