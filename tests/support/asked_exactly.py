"""A candidate of made-up people, and exact answers about real ones: figures of them can be computed by hand."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
from kit.people import make_contract
from kit.releases import ResampledRows, draw, made_up_release
from numpy.typing import NDArray

from synth_assets.contract import DatasetContract
from synth_assets.evaluation.figure import Figure
from synth_assets.evaluation.ground import Ground
from synth_assets.evaluation.metric import Asked, Query
from synth_assets.evaluation.metrics.registry import parse
from synth_assets.privacy import HELD_OUT, MEASURED
from synth_assets.release.answers import Answer
from synth_assets.release.kinds.tallies import NoisyTally, TallyQuery
from synth_assets.release.kinds.workloads import NoisyWorkload

__all__ = [
    "BETA",
    "PARTS",
    "REAL",
    "TINY",
    "answers_to",
    "ask",
    "exact_values",
    "figure_of",
    "gated_contract",
    "ground",
]

BETA, TINY = 0.05, 1e-6
PARTS = {"utility": (HELD_OUT,), "closeness": (MEASURED,), "leakage": (MEASURED, HELD_OUT)}
"""What metrics of each kind read if people are held out and the contract leaves rho."""
Codes = list[NDArray[np.uint16]]


def people_codes(rows: int, *, seed: int, by_age: float = 1.0) -> NDArray[np.int64]:
    """Return codes of age (20 is null), city and member, shape (rows, 3); members are older and live elsewhere."""
    rng = np.random.default_rng(seed)
    age, city = rng.integers(0, 21, rows), rng.choice(3, rows, p=[0.5, 0.3, 0.2])
    member = by_age * (age % 20) + 3 * city + rng.normal(0, 4, rows) > 12
    return np.stack([age, city, member], axis=1).astype(np.int64)


def columns(codes: NDArray[np.int64]) -> Codes:
    """Return the columns of an array of codes, as axes read them."""
    return [column.astype(np.uint16) for column in codes.T]


REAL: Mapping[str | None, Codes] = {
    MEASURED: columns(people_codes(3000, seed=1)),
    HELD_OUT: columns(people_codes(1500, seed=2, by_age=0.8)),
}
"""People who were never synthetic, by part; those that were held out are a little different."""


def gated_contract(*, max_rows: int = 1, **changes: Any) -> DatasetContract:
    """Return the contract of the people, with a target, held-out persons, and rho for evaluations."""
    privacy = {
        "unit": {"column": "person", "max_rows": max_rows},
        "spend": {"epsilon": 4.0, "delta": 1e-6},
        "holdout": 0.3,
        "evaluation_share": 0.5,
        **changes.pop("privacy", {}),
    }
    evaluation = {"model": "logistic_regression", **changes.pop("evaluation", {})}
    return make_contract(privacy=privacy, target="member", evaluation=evaluation, **changes)


@cache
def ground(*, rows: int = 4000) -> Ground:
    """Return the public facts about a candidate; the model of its target is fitted once."""
    contract = gated_contract()
    codes = people_codes(3000, seed=3)
    share = {"unit": contract.unit().as_json(), "holdout": {"share": 0.3}}
    release = replace(made_up_release(contract, codes, scale=2.0), privacy=share)
    sampler = partial(ResampledRows, domain=contract.domain(), codes=codes)
    candidate = draw(contract, release, sampler, Path(mkdtemp()), rows=rows)
    return Ground(contract, release, candidate)


def ask(gate: str, about: Ground | None = None) -> Asked:
    """Return what a gate's metric asks of both parts."""
    metric, arguments = parse(gate)
    return metric.ask(arguments, about or ground(), PARTS[metric.reads])


def exact_values(query: Query, codes: Codes) -> NDArray[np.int64]:
    """Answer a question about some rows without noise, as its definition says."""
    if isinstance(query, TallyQuery):
        sizes = tuple(axis.size for axis in query.axes)
        cells = np.ravel_multi_index([axis.places(codes, query.domain) for axis in query.axes], sizes)
        counts = np.bincount(cells, minlength=int(np.prod(sizes)))
        return counts.reshape(sizes) if query.weights is None else counts @ query.weights

    def distance(clique: tuple[str, ...]) -> int:
        table = np.zeros_like(query.expected[clique])
        np.add.at(table, tuple(query.grids[name][codes[query.domain.index(name)]] for name in clique), 1)
        return int(np.abs(table - query.expected[clique]).sum())

    return np.array([sum(map(distance, group)) for group in query.groups])


def answers_to(
    asked: Asked, *, real: Mapping[str | None, Codes] = REAL, scale: float = TINY
) -> dict[tuple[str | None, str], Answer]:
    """Return exact answers that say that they have hardly any noise."""
    return {
        (posed.part, posed.query.name): (NoisyTally if isinstance(posed.query, TallyQuery) else NoisyWorkload)(
            descriptor=posed.query.descriptor(),
            values=exact_values(posed.query, real[posed.part]),
            scale=scale,
            d_in=1,
            rho=1.0,
            draw=1,
        )
        for posed in asked.questions
    }


def figure_of(gate: str, asked: Asked | None = None, *, facts: Mapping[str, Any] | None = None, **how: Any) -> Figure:
    """Return a gate's figure, made of exact answers; other facts than the asked ones are those of somebody else."""
    metric, arguments = parse(gate)
    asked = asked or ask(gate)
    return metric.figure(arguments, asked.facts if facts is None else facts, answers_to(asked, **how), beta=BETA)
