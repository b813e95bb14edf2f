"""A sensor that says what an account still covers, and when it passes a share of its cap, once for each threshold.

It reads the ledger and nothing else, and never makes one. Whenever the account changed it evaluates the check
``budget_covers_next_release`` again, without a run. The message of a threshold is an observation on the
dataset's ``release`` asset, where Dagster shows it in time; ``notify`` sends it
wherever people look.
"""

import json
from collections.abc import Callable, Sequence

import dagster as dg

from synth_assets.integrations.dagster.budget import budget_evaluation, not_registered
from synth_assets.integrations.dagster.dataset import Dataset
from synth_assets.integrations.dagster.resources import PrivacyLedgerResource
from synth_assets.ledger import Balance
from synth_assets.ledger.budget import crossed
from synth_assets.listing import some_of
from synth_assets.privacy import PrivacyLoss

__all__ = ["THRESHOLDS", "budget_sensor"]

THRESHOLDS = (0.5, 0.8, 0.95)
_SECONDS = 300
_SHOWN = 12
_State = dict[str, dict[str, int]]


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

    def alert(context: dg.SensorEvaluationContext, ledger: PrivacyLedgerResource) -> dg.SensorResult | dg.SkipReason:
        book = ledger.find(workspace)
        accounts = {} if book is None else {source.name: source.account for source in book.sources()}
        members = {key: one for key, one in dataset.members().items() if one.contract.source in accounts}
        if book is None or not members:
            return dg.SkipReason(not_registered(contract))
        balances = {key: book.balance(accounts[one.contract.source]) for key, one in members.items()}
        before, now = _seen(context.cursor), {key: _state(balance) for key, balance in balances.items()}
        changed = [key for key in now if now[key] != before.get(key)]
        if not changed:
            unchanged = some_of(sorted({balance.account for balance in balances.values()}), most=_SHOWN)
            return dg.SkipReason(f"account {unchanged} did not change")
        observations = []
        for key in changed:
            passed = crossed(balances[key], before=_spent(before.get(key)), thresholds=thresholds)
            messages = [_message(balances[key], share) for share in passed]
            for message in messages:
                context.log.warning(message)
                if notify:
                    notify(message)
            observations += [_observation(members[key], balances[key], message) for message in messages[-1:]]
        verdicts = [budget_evaluation(members[key], book) for key in changed]
        return dg.SensorResult(asset_events=[*observations, *verdicts], cursor=json.dumps(now))

    return dg.SensorDefinition(
        name=f"{contract.name}_budget_alert",
        evaluation_fn=alert,
        minimum_interval_seconds=_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Evaluates budget_covers_next_release whenever the account changed, and says once when it passes a "
        "share of its cap: " + ", ".join(f"{x:.0%}" for x in thresholds),
    )


def _state(balance: Balance) -> _State:
    """Return what is seen of an account; ``spent`` is where the next look for thresholds begins."""
    return {"spent": _figures(balance.spent), "remaining": _figures(balance.remaining)}


def _figures(loss: PrivacyLoss) -> dict[str, int]:
    return {"nano_rho": loss.nano_rho, "atto_delta": loss.atto_delta}


def _seen(cursor: str | None) -> dict[str, _State]:
    """Return the states that a cursor keeps, by partition, or under an empty key."""
    seen = json.loads(cursor) if cursor else {}
    if "nano_rho" in seen:  # the oldest cursors are what was spent alone
        seen = {"spent": seen}
    return {"": seen} if "spent" in seen else seen  # and older ones the state of the only account


def _spent(state: _State | None) -> PrivacyLoss:
    return PrivacyLoss(**state["spent"]) if state else PrivacyLoss(nano_rho=0)


def _message(balance: Balance, share: float) -> str:
    return (
        f"account {balance.account} has passed {share:.0%} of its cap: epsilon {balance.epsilon_spent:.3f} of "
        f"{balance.epsilon_cap:g} at delta {balance.delta:g} is spent"
    )


def _observation(member: Dataset, balance: Balance, message: str) -> dg.AssetObservation:
    return dg.AssetObservation(
        asset_key=member.keys.asset("release"),
        partition=member.keys.partition,
        description=message,
        metadata={
            "account": balance.account,
            "epsilon_spent": balance.epsilon_spent,
            "epsilon_cap": balance.epsilon_cap,
            "remaining_rho": balance.remaining.rho,
        },
    )
