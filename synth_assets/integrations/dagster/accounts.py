"""All accounts of a ledger as one asset, which a sensor observes and nobody materializes.

It belongs to the ledger and not to a dataset, so a project has it once: its first component
brings it, and a project without components merges :func:`accounts_definitions`. Observing
reads the ledger and spends nothing.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg

from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.integrations.dagster.markdown import table
from synth_assets.integrations.dagster.resources import PrivacyLedgerResource
from synth_assets.ledger import Balance, Ledger
from synth_assets.ledger.budget import history
from synth_assets.workspace import Workspace

__all__ = ["ACCOUNTS", "accounts_definitions", "accounts_metadata"]

ACCOUNTS = dg.AssetKey(["synth_assets", "accounts"])
_SECONDS = 60
_ASSET = dg.AssetSpec(
    ACCOUNTS,
    group_name="synth_assets",
    kinds={"ledger"},
    description="What each account of the ledger may spend, has spent and has left, as epsilon at the account's delta. "
    "Observed by the sensor `synth_assets_accounts` whenever an account changed.",
)


def accounts_definitions(*, root: Path | None = None) -> dg.Definitions:
    """Return the asset and its sensor, to merge with the datasets of a project, whose resource `ledger` it takes.

    Each call for one project returns the same objects, which Dagster takes once however often they are merged.

    Args:
        root: the project's folder; by default the current workspace.
    """
    return _definitions(Workspace(root=root) if root else Workspace.current())


@cache
def _definitions(workspace: Workspace) -> dg.Definitions:
    def observe(context: dg.SensorEvaluationContext, ledger: PrivacyLedgerResource) -> dg.SensorResult | dg.SkipReason:
        book = ledger.find(workspace)
        names = [account.name for account in book.accounts()] if book is not None else []
        if book is None or not names:
            return dg.SkipReason("no account is open yet: the officer opens one with `synth-assets budget open`")
        state = sha256_bytes(canonical_json([_state(book.balance(name)) for name in names]))
        if state == context.cursor:
            return dg.SkipReason("no account changed")
        observation = dg.AssetObservation(ACCOUNTS, metadata=accounts_metadata(book))
        return dg.SensorResult(asset_events=[observation], cursor=state)

    sensor = dg.SensorDefinition(
        name="synth_assets_accounts",
        evaluation_fn=observe,
        minimum_interval_seconds=_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Shows every account on the asset synth_assets/accounts whenever one changed. Spends nothing.",
    )
    return dg.Definitions(assets=[_ASSET], sensors=[sensor])


def accounts_metadata(book: Ledger) -> dict[str, Any]:
    """Return the accounts as a Markdown table, and what each has spent as a number that Dagster plots over time."""
    accounts = book.accounts()
    balances = {account.name: book.balance(account.name) for account in accounts}
    last = _last_charges(book, {account.name: account.parent for account in accounts})
    rows = [
        (
            account.name,
            account.population,
            f"{balances[account.name].epsilon_cap:g}",
            f"{balances[account.name].epsilon_spent:.4g}",
            _left(balances[account.name]),
            f"{balances[account.name].delta:g}",
            last.get(account.name, "never"),
        )
        for account in accounts
    ]
    head = ["Account", "Population", "Cap (epsilon)", "Spent", "Room for", "Delta", "Last charge (UTC)"]
    spent = {f"epsilon_spent_{name}": balance.epsilon_spent for name, balance in balances.items()}
    return {"accounts": dg.MetadataValue.md(table(head, rows)), **spent}


def _left(balance: Balance) -> str:
    state = " (closed)" if balance.closed else " (frozen)" if balance.frozen else ""
    return f"{balance.epsilon_left:.4g}{state}"


def _last_charges(book: Ledger, parents: Mapping[str, str | None]) -> dict[str, str]:
    """Return when each account was charged last; a parent is charged with its children."""
    last: dict[str, str] = {}
    for event in history(book):
        name = event.account if event.nano_rho else None
        while name is not None:
            last[name] = event.time[:16].replace("T", " ")
            name = parents[name]
    return last


def _state(balance: Balance) -> list[Any]:
    losses = (balance.cap, balance.spent, balance.remaining)
    return [balance.account, balance.closed, balance.frozen, *([loss.nano_rho, loss.atto_delta] for loss in losses)]
