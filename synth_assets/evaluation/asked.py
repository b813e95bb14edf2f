"""What a contract's gates ask, of whom, at which chance of error; and what is wrong with them before anything is known.

Example:
    >>> from synth_assets.contract.gates import Gate
    >>> check_name("fairness.sex.equalized_odds")
    'gate_fairness_sex_equalized_odds'
"""

import re
from collections.abc import Iterator, Mapping

from synth_assets.contract import DatasetContract
from synth_assets.contract.gates import Gate
from synth_assets.domain import Domain
from synth_assets.errors import UsageError
from synth_assets.evaluation.estimate.gates import Gate as Limit
from synth_assets.evaluation.estimate.gates import beta_per_bound
from synth_assets.evaluation.ground import label_of
from synth_assets.evaluation.metric import Metric
from synth_assets.evaluation.metrics.registry import METRICS, parse
from synth_assets.evaluation.models.registry import MODELS
from synth_assets.privacy import HELD_OUT, MEASURED

__all__ = ["TOTAL_BETA", "WHO", "Place", "beta_of", "check_name", "gate_faults", "limits_of", "parts_of"]

TOTAL_BETA = 0.05
"""Chance that a candidate that breaks a limit passes its gate in any attempt, over all gates of a contract."""
WHO: Mapping[str | None, str] = {
    None: "the people whom the release read",
    MEASURED: "the people whom the release read",
    HELD_OUT: "held-out people",
}
"""How the people of each part are called; an account without a split has one part, ``None``."""
Place = tuple[str, ...]
"""A key of the contract."""
_OTHER = re.compile(r"[^A-Za-z0-9]+")


def check_name(gate: str) -> str:
    """Return the name of a gate's check, in letters, digits and ``_``."""
    return f"gate_{_OTHER.sub('_', gate)}"


def beta_of(contract: DatasetContract) -> float:
    """Return the chance with which each bound may fail."""
    attempts = contract.privacy.evaluation_attempts
    return beta_per_bound(TOTAL_BETA, gates=max(1, len(contract.gates)), attempts=attempts)


def parts_of(metric: Metric, contract: DatasetContract) -> tuple[str | None, ...]:
    """Return the parts that a metric reads under a contract; empty if the contract leaves nothing for it."""
    holdout, share = bool(contract.privacy.holdout), bool(contract.privacy.evaluation_share)
    in_sample = MEASURED if holdout else None
    if metric.reads == "leakage":
        return (MEASURED, HELD_OUT) if holdout and share else ()
    if metric.reads == "closeness" and share:
        return (in_sample,)
    return (HELD_OUT,) if holdout else (in_sample,) if share else ()


def limits_of(contract: DatasetContract) -> dict[str, Limit]:
    """Return what each gate without a fault limits, with the best value of its figure."""
    return {
        name: Limit(name=name, minimum=gate.min, maximum=gate.max, best=parse(name)[0].best)
        for name, gate in contract.gates.items()
    }


def gate_faults(contract: DatasetContract) -> Iterator[tuple[Place, str, str]]:
    """Yield what is wrong with gates: the key of the contract, a message and a hint. Only the contract is read."""
    names: dict[str, str] = {}
    for name, gate in contract.gates.items():
        twin = names.setdefault(check_name(name), name)
        if twin != name:
            yield _gate(name), f"is called as {twin!r} is, once letters and digits alone are left", "rename a column"
        try:
            metric, arguments = parse(name)
        except UsageError as error:
            yield _gate(name), error.message, error.hint
            continue
        yield from ((_gate(name), *fault) for fault in _faults(gate, metric, arguments, contract))
    if contract.gates and contract.evaluation.model not in MODELS.names():
        known = f"there are: {', '.join(MODELS.names())}"
        yield ("evaluation", "model"), f"there is no model {contract.evaluation.model!r}", known
    yield from _label_faults(contract)


def _gate(name: str) -> Place:
    return ("gates", name)


def _label_faults(contract: DatasetContract) -> Iterator[tuple[Place, str, str]]:
    """Yield why the target cannot be predicted, if a gate needs that and its values are declared."""
    families = {name.split(".")[0] for name in contract.gates}
    predicts = any(METRICS[family].reads == "utility" for family in families & set(METRICS))
    if not predicts or contract.target is None or contract.target in contract.discovered_columns:
        return
    try:
        label_of(contract, Domain(columns=tuple(map(contract.open_column, contract.columns))))
    except UsageError as error:
        yield ("evaluation", "positive"), error.message, error.hint


def _faults(
    gate: Gate, metric: Metric, arguments: tuple[str, ...], contract: DatasetContract
) -> Iterator[tuple[str, str]]:
    if fault := metric.fault(arguments, contract):
        yield fault, "see docs/checks.md for what can be measured"
    least, most = (0.0, metric.best) if metric.best == 1.0 else (metric.best, 1.0)
    if (gate.min is None) == (metric.best == 1.0):
        word = "min" if metric.best == 1.0 else "max"
        yield f"is better the {'larger' if word == 'min' else 'smaller'} it is", f"write `{{{word}: ...}}`"
    elif not least < gate.limit < most:
        yield f"has the limit {gate.limit:g}, which is not between {least:g} and {most:g}", "state another limit"
    if not parts_of(metric, contract):
        what = "`holdout` and `evaluation_share`" if metric.reads == "leakage" else "`holdout` or `evaluation_share`"
        yield "reads real people, and the contract leaves nothing to pay for it", f"set {what} under `privacy`"
