"""A sensor that says what an account still covers, and when it passes a share of its cap, once for each threshold.

It reads the ledger and nothing else, and never makes one. Whenever the account changed it evaluates the check
``budget_covers_next_release`` again, without a run. The message of a threshold is an observation on the
dataset's ``release`` asset, where Dagster shows it in time; ``notify`` sends it
wherever people look.
"""

import json
from collections.abc import Callable, Sequence

import dagster as dg

from synth_assets.integrations.dagster.budget import budget_evaluation, has_source, not_registered
from synth_assets.integrations.dagster.dataset import Dataset
from synth_assets.integrations.dagster.resources import PrivacyLedgerResource
from synth_assets.ledger import Balance
from synth_assets.ledger.budget import crossed
from synth_assets.privacy import PrivacyLoss

__all__ = ["THRESHOLDS", "budget_sensor"]

THRESHOLDS = (0.5, 0.8, 0.95)
_SECONDS = 300


def budget_sensor(
    dataset: Dataset,
    *,
    thresholds: Sequence[float] = THRESHOLDS,
    notify: Callable[[str], None] | None = None,
) -> dg.SensorDefinition:
    """Return a sensor that alerts when the account of a dataset passes a threshold.

    Args:
        dataset: the dataset.
        thresholds: shares of the cap, in (0, 1].
        notify: called with each message, beside the observation in Dagster.
    """
    contract, workspace = dataset.contract, dataset.workspace
    release = dataset.keys.asset("release")

    def alert(context: dg.SensorEvaluationContext, ledger: PrivacyLedgerResource) -> dg.SensorResult | dg.SkipReason:
        book = ledger.find(workspace)
        if not has_source(book, contract):
            return dg.SkipReason(not_registered(contract))
        balance = book.balance(book.source(contract.source).account)
        cursor = _cursor(balance)
        if cursor == context.cursor:
            return dg.SkipReason(f"account {balance.account} did not change")
        passed = crossed(balance, before=_before(context.cursor), thresholds=thresholds)
        messages = [_message(balance, share) for share in passed]
        for message in messages:
            context.log.warning(message)
            if notify:
                notify(message)
        observations = [_observation(release, balance, messages[-1])] if messages else []
        return dg.SensorResult(asset_events=[*observations, budget_evaluation(dataset, book)], cursor=cursor)

    return dg.SensorDefinition(
        name=f"{contract.name}_budget_alert",
        evaluation_fn=alert,
        minimum_interval_seconds=_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Evaluates budget_covers_next_release whenever the account changed, and says once when it passes a "
        "share of its cap: " + ", ".join(f"{x:.0%}" for x in thresholds),
    )


def _cursor(balance: Balance) -> str:
    """Return what was seen; ``spent`` is where the next look for thresholds begins."""
    return json.dumps({"spent": _figures(balance.spent), "remaining": _figures(balance.remaining)})


def _figures(loss: PrivacyLoss) -> dict[str, int]:
    return {"nano_rho": loss.nano_rho, "atto_delta": loss.atto_delta}


def _before(cursor: str | None) -> PrivacyLoss:
    seen = json.loads(cursor) if cursor else {}
    return PrivacyLoss(**seen.get("spent", seen or {"nano_rho": 0}))  # an older cursor is what was spent alone


def _message(balance: Balance, share: float) -> str:
    return (
        f"account {balance.account} has passed {share:.0%} of its cap: epsilon {balance.epsilon_spent:.3f} of "
        f"{balance.epsilon_cap:g} at delta {balance.delta:g} is spent"
    )


def _observation(release: dg.AssetKey, balance: Balance, message: str) -> dg.AssetObservation:
    return dg.AssetObservation(
        asset_key=release,
        description=message,
        metadata={
            "account": balance.account,
            "epsilon_spent": balance.epsilon_spent,
            "epsilon_cap": balance.epsilon_cap,
            "remaining_rho": balance.remaining.rho,
        },
    )
