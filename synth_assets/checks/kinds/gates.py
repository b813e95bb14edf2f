"""``gate_*``: figures that were measured on real people surely keep the limits of the contract, despite the noise.

What is judged was paid for: the answers come from an evaluation of exactly this candidate. Everything else here, the
figure with its bounds and the verdict, follows from them, for whoever has the answers.
"""

from collections.abc import Iterator
from typing import Any

from synth_assets.checks.entry import SuiteEntry, generated
from synth_assets.checks.kinds.kind import Basis, CheckKind, Facts, Verdict
from synth_assets.contract import DatasetContract
from synth_assets.contract.gates import Gate
from synth_assets.evaluation.asked import check_name, parts_of
from synth_assets.evaluation.metrics.registry import METRICS, parse
from synth_assets.evaluation.record import Evaluation
from synth_assets.privacy import HELD_OUT, MEASURED, NANO

__all__ = ["GATES", "measured_facts"]

_TYPE = "expect_measured_figure_to_keep_limit"
_WHO = {None: "in sample", MEASURED: "in sample", HELD_OUT: "held out"}
_DIGITS = 6


def _entries(contract: DatasetContract) -> Iterator[SuiteEntry]:
    for name, gate in contract.gates.items():
        family = name.split(".")[0]
        about = METRICS[family].about if family in METRICS else "a figure that is not known here"
        yield generated(
            check_name(name),
            type_=_TYPE,
            kwargs={"figure": name, "minimum": gate.min, "maximum": gate.max},
            description=f"The {about} is surely {gate.words}.",
            kind="MEASURED",
        )


def _facts(basis: Basis) -> Facts:
    evaluation = basis.context.evaluation
    if evaluation is None or (evaluation.candidate, evaluation.release) != (basis.candidate, basis.release.digest):
        return {"gates": {}}
    names = [name for name in basis.contract.gates if name in evaluation.gates]
    return {"gates": {name: measured_facts(name, evaluation, basis.contract) for name in names}}


def measured_facts(name: str, evaluation: Evaluation, contract: DatasetContract) -> dict[str, Any]:
    """Return a figure with its bounds, its cost and what was known of it before, as plain JSON values.

    The cost is what was charged to the parts that it reads; the other figures of these parts share it.

    Raises:
        IntegrityError: the figure cannot be made of the answers.
    """
    figure, plan = evaluation.figure(name, contract), evaluation.gates[name].plan
    parts = parts_of(parse(name)[0], contract)
    return {
        "value": round(figure.value, _DIGITS),
        "low": round(figure.low, _DIGITS),
        "high": round(figure.high, _DIGITS),
        "beta": round(figure.beta, _DIGITS),
        "deviation": round(figure.deviation, _DIGITS),
        "margin": round(plan.above if contract.gates[name].min is None else plan.below, _DIGITS),
        "read": " and ".join(dict.fromkeys(_WHO[part] for part in parts)),
        "charged_rho": sum(contract.evaluation_loss(part).nano_rho for part in parts) / NANO,
    }


def _judge(facts: Facts, *, figure: str, minimum: float | None, maximum: float | None) -> Verdict:
    """The bound of a measured figure, which the noise hides with a small chance only, keeps the limit."""
    measured = facts["gates"].get(figure)
    if measured is None:
        return False, {"class": "MEASURED", "asked": False}, "not measured: real people were not asked yet"
    gate = Gate(min=minimum, max=maximum)
    passed = gate.keeps(low=measured["low"], high=measured["high"])
    observed = {"class": "MEASURED", "limit": gate.limit, **measured}
    span = f"{measured['value']:.4g} ({measured['low']:.4g} to {measured['high']:.4g})"
    power = f"nine in ten pass that are better than the limit by {measured['margin']:.2g}"
    return passed, observed, f"{figure} is {span}, {measured['read']}; wanted {gate.words}; {power}"


GATES = CheckKind(
    type=_TYPE,
    claim="measured gates",
    entries=_entries,
    facts=_facts,
    judge=_judge,
    measure=lambda observed, _: (float(observed["value"]), float(observed["limit"])),
)
