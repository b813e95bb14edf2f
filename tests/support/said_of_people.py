"""A report's facts with made-up answers about real people, of every kind that a page draws."""

from dataclasses import replace
from typing import Any

import numpy as np
from kit.people import holding_contract, make_contract

from synth_assets.audit.report import ReportFacts
from synth_assets.evaluation.estimate.planning import Plan
from synth_assets.evaluation.record import Evaluation, Measured
from synth_assets.privacy import HELD_OUT, MEASURED
from synth_assets.release.kinds.tallies import NoisyTally

__all__ = ["GATES", "with_answers"]

GATES: dict[str, dict[str, float]] = {
    "tstr_calibration": {"max": 0.2},
    "fairness.city.demographic_parity": {"max": 0.9},
    "wasserstein.age": {"max": 0.3},
    "jensen_shannon.city": {"max": 0.2},
    "membership": {"max": 0.3},
    "tstr_accuracy": {"min": 0.7},
}
_RIGHT = ((0, 1), (1, 0), (1, 0), (0, 1))


def with_answers(facts: ReportFacts, *, word: str = "south", column: str = "age") -> ReportFacts:
    """Return facts with an evaluation of five kinds of figures; ``word`` names a group, ``column`` a column."""
    gates = {name.replace(".age", f".{column}"): gate for name, gate in GATES.items()}
    privacy = holding_contract(evaluation_share=0.2, evaluation_attempts=2).privacy
    contract = make_contract(privacy=privacy.model_dump(exclude_unset=True), target="member", gates=gates)
    scores = {**_axis("below .5", "between", "above .8"), "edges": (0.5, 0.8)}
    held_out = [
        _tally("labels by score", [[900, 500, 90], [100, 500, 910]], _axis("otherwise", "True"), scores),
        _tally(
            "decisions by city",
            [[[400, 100], [50, 300]], [[300, 100], [90, 200]], [[500, 50], [80, 450]]],
            _axis("north", word, "east"),
            _axis("otherwise", "True"),
            _axis("no", "yes"),
        ),
        _tally("near", [700, 300], _axis("near", "far")),
        _tally("right", [300, 1700], _axis("otherwise", "True"), _axis("no", "yes"), weights=_RIGHT),
    ]
    measured = [
        _tally("4 places of age", [300, 350, 320, 0], _axis("0", "1", "2", "unknown")),
        _tally("3 places of city", [300, 350, 320], _axis("0", "1", "2")),
        _tally("near", [2790, 1210], _axis("near", "far")),
    ]
    of = {
        "tstr_calibration": {"part": HELD_OUT, "name": "labels by score", "scores": [0.1, 0.5, 0.9]},
        "fairness.city.demographic_parity": {"part": HELD_OUT, "name": "decisions by city"},
        f"wasserstein.{column}": {
            "part": MEASURED,
            "name": "4 places of age",
            "synthetic": [30, 35, 33, 0],
            "positions": [0, 1, 2],
        },
        "jensen_shannon.city": {"part": MEASURED, "name": "3 places of city", "synthetic": [30, 35, 33]},
        "membership": {"name": "near", "charged_rho": 0.1},
        "tstr_accuracy": {"part": HELD_OUT, "name": "right"},
    }
    evaluation = Evaluation(
        candidate=facts.candidate.digest,
        release=facts.release.digest,
        answers={
            HELD_OUT: replace(facts.release, answers=tuple(held_out)),
            MEASURED: replace(facts.release, answers=tuple(measured)),
        },
        gates={
            name: Measured(facts=made_of, plan=Plan(deviation=0.01, below=0.02, above=0.03))
            for name, made_of in of.items()
        },
    )
    return replace(facts, contract=contract, evaluation=evaluation)


def _axis(*labels: str) -> dict[str, Any]:
    return {"of": "made up", "size": len(labels), "labels": labels}


def _tally(name: str, values: Any, *axes: dict[str, Any], weights: Any = None) -> NoisyTally:
    descriptor = {"name": name, "axes": axes, "weights": weights}
    return NoisyTally(descriptor=descriptor, values=np.array(values), scale=5.0, d_in=2, rho=0.01, draw=1)
