"""What each figure's noise will be, from synthetic rows and the release: gates that cannot tell are refused unpaid.

The expected answer to a question is that of synthetic rows, as many as there are real ones; the planned noise is what
the contract pays for. So the plan of a figure is that figure, made of expected answers with planned noise; for a
figure that compares two random groups of people, who is in which is drawn as well.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import pairwise
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth_assets.evaluation.asked import beta_of
from synth_assets.evaluation.estimate.planning import Plan, expected_tally, largest_norm, plan, planned_scale
from synth_assets.evaluation.figure import Figure
from synth_assets.evaluation.ground import Ground
from synth_assets.evaluation.metric import Answers, Asked, Metric, Posed, Query
from synth_assets.release.answers import Answer
from synth_assets.release.kinds.tallies import NoisyTally, TallyQuery
from synth_assets.release.kinds.workloads import NoisyWorkload, WorkloadQuery
from synth_assets.rowwise.axis import count_rows

__all__ = ["EXACT_SCALE", "answer_to", "planned_figure"]

Floats = NDArray[np.float64]
_DRAWS = 60
EXACT_SCALE = 1e-6
"""Scale of an answer without noise: estimates divide by it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Expected:
    """A question with its expected answer and planned noise."""

    posed: Posed
    values: Floats
    scale: float
    first: NoisyTally | NoisyWorkload

    def answer(self, values: Floats, scale: float) -> Answer:
        """Return the answer with other values; what it is about is described once, which hashes whole models."""
        whole = np.rint(values).astype(np.int64).reshape(self.values.shape)
        return replace(self.first, values=whole, scale=scale)


def answer_to(query: Query, values: NDArray[np.int64], *, scale: float, d_in: int) -> NoisyTally | NoisyWorkload:
    """Return an answer that nobody paid for, to make a figure of: expected or, in the private zone, exact."""
    kind = NoisyTally if isinstance(query, TallyQuery) else NoisyWorkload
    return kind(descriptor=query.descriptor(), values=values, scale=scale, d_in=d_in, rho=1.0, draw=1)


def planned_figure(
    metric: Metric, arguments: tuple[str, ...], asked: Asked, ground: Ground, *, rho: Mapping[str | None, float]
) -> Plan:
    """Return what is known of a figure before it is paid for.

    Args:
        metric: whose figure.
        arguments: what it is about.
        asked: its questions.
        ground: the candidate.
        rho: what each question to a part will cost.
    """
    beta = beta_of(ground.contract)
    counted = cache(partial(_counts, ground=ground))  # both parts are asked the same
    expected = [_expected(posed, ground, rho=rho[posed.part], counted=counted) for posed in asked.questions]
    ends = np.cumsum([0, *(one.values.size for one in expected)])

    def figure(values: Floats, *, exact: bool = False) -> Figure:
        answers: Answers = {
            (one.posed.part, one.posed.query.name): one.answer(values[start:end], EXACT_SCALE if exact else one.scale)
            for one, (start, end) in zip(expected, pairwise(ends), strict=True)
        }
        return metric.figure(arguments, asked.facts, answers, beta=beta)

    whole = np.concatenate([one.values.ravel() for one in expected])
    sampled = ground.contract.unit().max_rows if metric.reads == "leakage" else 0
    scale = np.concatenate([np.hypot(one.scale, np.sqrt(sampled * one.values.ravel())) for one in expected])
    return plan(figure, whole, scale=scale, truth=figure(whole, exact=True).value, draws=_DRAWS)


def _expected(posed: Posed, ground: Ground, *, rho: float, counted: Callable[[TallyQuery], Floats]) -> _Expected:
    query, rows, max_rows = posed.query, ground.rows_in(posed.part), ground.contract.unit().max_rows
    if isinstance(query, TallyQuery):
        norm = 1.0 if query.weights is None else largest_norm(query.weights)
        counts = counted(query)
        weights: Any = None if query.weights is None else query.weights.reshape(*counts.shape, -1)
        values = expected_tally(counts, rows=rows, weights=weights)
        scale = planned_scale(rho=rho, max_rows=max_rows, norm=norm)
        return _answered(posed, values, scale=scale, max_rows=max_rows)
    norm = sqrt(sum(len(group) ** 2 for group in query.groups))
    scale = planned_scale(rho=rho, max_rows=max_rows, norm=norm)
    return _answered(posed, _distances(query, ground, rows=rows), scale=scale, max_rows=max_rows)


def _answered(posed: Posed, values: Floats, *, scale: float, max_rows: int) -> _Expected:
    whole = np.rint(values).astype(np.int64)
    return _Expected(
        posed=posed,
        values=values,
        scale=scale,
        first=answer_to(posed.query, whole, scale=scale, d_in=max_rows),
    )


def _counts(query: TallyQuery, *, ground: Ground) -> Floats:
    """Count synthetic rows that no model was fitted to, by cell."""
    return count_rows(query.axes, ground.few_rows, ground.domain).astype(np.float64)


def _distances(query: WorkloadQuery, ground: Ground, *, rows: float) -> Floats:
    """Return the distances of half of the synthetic rows, scaled to the real number, from what is expected."""

    def distance(clique: tuple[str, ...]) -> float:
        expected = query.expected[clique]
        codes = [query.grids[name][ground.other_rows[ground.domain.index(name)]] for name in clique]
        flat = np.ravel_multi_index(codes, expected.shape)
        counts = np.bincount(flat, minlength=expected.size).reshape(expected.shape)
        return float(np.abs(counts * (rows / max(1, counts.sum())) - expected).sum())

    return np.array([sum(map(distance, group)) for group in query.groups])
