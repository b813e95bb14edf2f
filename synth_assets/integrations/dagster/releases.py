"""A schedule that asks for the release, where there is something to pay and the account covers it.

A tick that asks for nothing says why, and Dagster shows that beside the tick. What a tick
asks for is charged once: Dagster starts one run per tick, and the ledger has one release per
contract and version label, whoever asks how often.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from synth_assets.contract import DatasetContract
from synth_assets.integrations.dagster.budget import has_source, not_registered
from synth_assets.integrations.dagster.dataset import Dataset
from synth_assets.integrations.dagster.keys import Step
from synth_assets.integrations.dagster.resources import PrivacyLedgerResource
from synth_assets.ledger import Ledger

__all__ = ["release_job", "release_schedule", "why_not_now"]


def release_job(dataset: Dataset) -> Any:
    """Return the job of a new release: measure, fit, sample, check, promote."""
    contract, keys = dataset.contract, dataset.keys
    steps: tuple[Step, ...] = ("release", "generator", "promoted")
    tables = [keys.table(name) for name in ("", *contract.scenarios)]
    return dg.define_asset_job(
        f"{contract.name}_release",
        selection=dg.AssetSelection.assets(*map(keys.asset, steps), *tables),
        description="Ask for the release of the source's current version label, which is charged once, then fit, "
        "sample, check and promote. With a release that exists it spends nothing.",
        tags={"synth_assets/dataset": contract.name},
    )


def release_schedule(dataset: Dataset, job: Any) -> dg.ScheduleDefinition:
    """Turn `refresh.release_schedule` into a schedule."""
    contract, workspace = dataset.contract, dataset.workspace

    @dg.schedule(
        cron_schedule=str(contract.refresh.release_schedule),
        job=job,
        name=f"{contract.name}_release_schedule",
        description="Asks for the release of the source's current label if it is not there and the account covers it; "
        "else the tick says why it was skipped.",
    )
    def tick(
        context: dg.ScheduleEvaluationContext, ledger: PrivacyLedgerResource
    ) -> list[dg.RunRequest] | dg.SkipReason:
        book, time = ledger.find(workspace), context.scheduled_execution_time.isoformat()
        reasons = {key: why_not_now(member.contract, book) for key, member in dataset.members().items()}
        if due := [key for key, reason in reasons.items() if reason is None]:
            return [dg.RunRequest(run_key=f"{time} {key}".strip(), partition_key=key or None) for key in due]
        return dg.SkipReason(_last_reason(reasons))

    return tick


def _last_reason(reasons: Mapping[str, str | None]) -> str:
    """Return why the newest partition is not asked for, with its key; a dataset without partitions has one reason."""
    key, reason = next(reversed(list(reasons.items())), ("", "no partition is complete yet"))
    return f"{key}: {reason}" if key else str(reason)


def why_not_now(contract: DatasetContract, book: Ledger | None) -> str | None:
    """Say why asking for the release makes no sense now; ``None`` if it does.

    A release that is begun is charged already, so no room is needed to finish it.
    """
    from synth_assets.obtain.paid import is_under_way, paid_before, release_plan

    if not has_source(book, contract):
        return not_registered(contract)
    source = book.source(contract.source)
    plan = release_plan(book, source, contract)
    if (paid := paid_before(book, source, plan)) is not None:
        return _nothing_to_pay(paid.request.version, source.version)
    balance, loss = book.balance(source.account, part=plan.part), plan.loss()
    if is_under_way(book, source, plan) or (loss.fits(balance.remaining) and not balance.closed):
        return None
    state = "is closed" if balance.closed else f"has room for epsilon {balance.epsilon_left:.4g}"
    return (
        f"nothing was asked: account {balance.account} {state}, and a release of version {source.version} costs "
        f"epsilon {balance.epsilon_of(loss):.4g}, at delta {balance.delta:g}"
    )


def _nothing_to_pay(paid: str, current: str) -> str:
    if paid == current:
        return f"the release of version {current} is there already"
    return f"the release of version {paid} is kept; `refresh: {{release: new_version}}` asks for one of {current}"
