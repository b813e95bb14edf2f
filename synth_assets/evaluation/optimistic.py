"""The least noise that a figure can have, from the contract alone: gates that can never tell are refused first.

Nothing is known of the table yet but about how many rows it has (``evaluation.population``). So each figure is taken
at its best: two classes and two groups of equal size, and of all values that keep the limit the one with the least
noise. With the release and the candidate :mod:`~synth_assets.evaluation.planned` knows more, and refuses more.

All is in units of u, the noise of one count over the number of rows. Where a value cannot be below 0, noise moves it
by less: the size of a normal variable has .60 of its deviation, what is above 0 of it .58.

Example:
    >>> round(_LEAST["tstr_accuracy"]((), 0.8, 0.01), 5), round(_LEAST["tstr_auc"]((), 0.8, 0.01), 5)
    (0.00825, 0.02263)
"""

from collections.abc import Callable, Iterator, Mapping
from math import hypot, pi, sqrt

from synth_assets.contract import DatasetContract
from synth_assets.evaluation.asked import Place, gate_faults, limits_of, parts_of
from synth_assets.evaluation.estimate.planning import planned_scale
from synth_assets.evaluation.metrics.registry import parse
from synth_assets.privacy import HELD_OUT

__all__ = ["VAGUE_HINT", "least_deviation", "vague_gates"]

VAGUE_HINT = "ask for fewer figures, state looser limits, hold out more people or allow fewer attempts"
_OF_SIZE = sqrt(1 - 2 / pi)
_ABOVE_ZERO = sqrt(1 / 2 - 1 / (2 * pi))
_QUARTER = 0.25
Least = Callable[[tuple[str, ...], float, float], float]


def vague_gates(contract: DatasetContract) -> Iterator[tuple[Place, str, str]]:
    """Yield the gates whose least noise is above a third of their room: the place, a message and a hint.

    There are none if the contract does not say how many rows there are, or if its gates have other faults.
    """
    if contract.evaluation.population is None or any(gate_faults(contract)):
        return
    for name, limit in limits_of(contract).items():
        deviation = least_deviation(name, contract, population=contract.evaluation.population)
        if not limit.decides(deviation):
            message = (
                f"its noise would be at least {deviation:.3g} with {contract.evaluation.population:,} rows, which is "
                f"above a third of {limit.room:.3g}, which the limit leaves"
            )
            yield ("gates", name), message, VAGUE_HINT


def least_deviation(name: str, contract: DatasetContract, *, population: float) -> float:
    """Return the least standard deviation that noise can give to a gate's figure; 0 where nothing is known.

    Args:
        name: of the gate, which has no fault.
        contract: its gates share what it leaves for evaluations.
        population: about how many rows there are, held-out ones too.
    """
    metric, arguments = parse(name)
    units = [_unit(contract, part, population=population) for part in parts_of(metric, contract)]
    return _LEAST[metric.family](arguments, contract.gates[name].limit, hypot(*units))


def _unit(contract: DatasetContract, part: str | None, *, population: float) -> float:
    """Return the noise of one count over the rows of a part; all questions to it have the same share of rho."""
    asked = {_question(name) for name in contract.gates if part in parts_of(parse(name)[0], contract)}
    rho = contract.evaluation_loss(part).rho / len(asked)
    holdout = contract.privacy.holdout
    rows = population * (1.0 if part is None else holdout if part == HELD_OUT else 1 - holdout)
    return planned_scale(rho=rho, max_rows=contract.unit().max_rows) / max(1.0, rows)


def _question(gate: str) -> str:
    """Return what gates share that are answered by one question: measures of fairness of the same groups do."""
    return gate.rpartition(".")[0] if gate.startswith("fairness.") else gate


def _area(_: tuple[str, ...], limit: float, unit: float) -> float:
    """Half of the rows are positives, and the area is what the limit asks for."""
    return limit * unit * hypot(2, 2)


def _accuracy(_: tuple[str, ...], limit: float, unit: float) -> float:
    share = max(limit, 0.5)
    return unit * hypot(share, 1 - share)


def _brier(_: tuple[str, ...], limit: float, unit: float) -> float:
    """The noise is that of the distance to the largest loss of any row.

    A mean loss within the limit takes scores within its root of a label, so that a wrong one of these loses at least
    ``(1 - sqrt(limit)) ** 2``.
    """
    return unit * max(0.0, (1 - sqrt(limit)) ** 2 - limit)


def _fairness(arguments: tuple[str, ...], _: float, unit: float) -> float:
    """Two groups; a share of half of the rows in four cells, or of a quarter of them in two."""
    share = 2.0 if arguments[1] == "demographic_parity" else 4 * sqrt(1 / 2)
    return _OF_SIZE * sqrt(2) * share * unit


_LEAST: Mapping[str, Least] = {
    "tstr_auc": _area,
    "tstr_accuracy": _accuracy,
    "tstr_brier": _brier,
    "tstr_calibration": lambda _, __, unit: _QUARTER * unit,
    "workload_error": lambda _, __, unit: _ABOVE_ZERO * unit / 2,
    "wasserstein": lambda _, __, unit: _QUARTER * unit,
    "jensen_shannon": lambda _, __, ___: 0.0,
    "correlation": lambda _, __, unit: _OF_SIZE * unit,
    "c2st": lambda _, __, unit: _OF_SIZE * unit / 2,
    "fairness": _fairness,
    "attribute_inference": lambda _, __, unit: sqrt(1 / 2) * unit,
    "membership": lambda _, __, unit: sqrt(1 / 2) * unit,
    "nearest": lambda _, __, unit: _ABOVE_ZERO * sqrt(1 / 2) * unit,
}
