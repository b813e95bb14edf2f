"""Which tables to measure, in which rounds, and what each may cost.

First every column by itself at its fine codes, with more of the budget the
noisier they would be; these noisy counts say how to group fine codes into
coarse ones. Then all pairs of coarse columns; of many columns only the pairs
that a noisy score tells from independent ones. Then, for what is left, again
the pairs that depend most by a model fitted to the answers so far; with a
target they are measured as triples with it, which is what predicting the
target needs.

Nothing here sees an exact count: given the same answers it asks the same, so
that a resumed measurement replays its journal. Choosing by noisy answers is
post-processing and costs nothing.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Domain
from synth_assets.generator.mixture.dependence import dependences
from synth_assets.generator.mixture.layout import Layout
from synth_assets.release import Level, NoisyMarginal, NoisyScores
from synth_assets.release.kinds.marginals import MarginalQuery
from synth_assets.release.kinds.scores import ScoreQuery
from synth_assets.strategy.allocation import (
    MOST_ONE_WAY_SHARE,
    RARE_TO_NOISE,
    Pair,
    choose_pairs,
    dependent_first,
    group_codes,
    groups_for,
    noisy_total,
    one_way_share,
    shares_by_size,
    weights_of,
)
from synth_assets.strategy.measurer import Measurer, Request
from synth_assets.strategy.scoring import (
    PAIRS_A_COLUMN,
    choose_scored,
    independent_tables,
    scores_of_independence,
)

__all__ = ["measure_in_rounds"]

Triple = tuple[str, str, str]
Grids = dict[str, NDArray[np.int64]]

MOST_UNSCORED = 300
"""Pairs up to which all are measured: those of 25 columns."""
SCORE_SHARE = 0.1
"""Of the rest, for scores where there are more."""
FIRST_SHARE = 0.4
"""Of the rest, for the first look at all pairs, or those that were chosen."""
CHOSEN_SHARE = 0.45
"""Of all pairs, how many are measured again."""
TRIPLE_SHARE = 0.75
"""Of the last round, for triples with the target."""
TRIPLES_CHOSEN = 0.5
"""Of all pairs without the target, how many become triples."""
TRIPLE_CELL_TO_NOISE = 0.5
"""Rows in an average cell of a triple, in units of the noise's scale, below which triples are not worth it."""
_BELOW_ONE = 1 - 2.0**-40
"""Keeps a sum of shares from passing the whole by rounding."""


def measure_in_rounds(
    measurer: Measurer, *, domain: Domain, focus: Sequence[str], target: str | None, rho: float
) -> tuple[Grids, list[NoisyMarginal], tuple[NoisyScores, ...]]:
    """Measure a domain with ``rho`` and return the grids, all noisy tables, and scores if pairs were many.

    Args:
        measurer: makes the draws.
        domain: the declared columns.
        focus: columns whose pairs matter most.
        target: a column that people will predict.
        rho: what all draws may cost together.
    """
    pairs = choose_pairs(domain.names, focus=focus, target=target)
    ones = _measure_one_ways(measurer, domain, rho=rho, alone=not pairs)
    if not pairs:
        return {column.name: np.arange(column.size) for column in domain.columns}, ones, ()
    many = len(pairs) > MOST_UNSCORED
    most = min(len(pairs), PAIRS_A_COLUMN * len(domain.columns)) if many else len(pairs)
    grids, noise = _group(domain, ones, per_pair=measurer.rho_left / most)
    ask = _Ask(measurer, domain=domain, grids=grids, focus=focus, target=target)
    scores: tuple[NoisyScores, ...] = ()
    if many:
        pairs, scores = _choose_by_scores(ask, pairs, ones)
    marginals = [*ones, *ask.measurer.draw(ask.divided(pairs, rho=measurer.rho_left * FIRST_SHARE))]
    return grids, [*marginals, *_measure_again(ask, pairs, marginals, noise=noise)], scores


class _Ask:
    """What all rounds after the first share.

    Args:
        measurer: makes the draws.
        domain: the columns.
        grids: coarse code of each fine code.
        focus: columns whose pairs matter most.
        target: a column that people will predict.
    """

    def __init__(
        self, measurer: Measurer, *, domain: Domain, grids: Grids, focus: Sequence[str], target: str | None
    ) -> None:
        self.measurer = measurer
        self.domain = domain
        self.grids = grids
        self.focus = focus
        self.target = target

    def divided(self, cliques: Sequence[tuple[str, ...]], *, rho: float) -> list[Request]:
        """Ask for one coarse table per clique, and divide ``rho`` over them."""
        parts = weights_of(cliques, focus=self.focus) * rho
        return [
            _request(clique, "coarse", float(part), domain=self.domain, grids=self.grids)
            for clique, part in zip(cliques, parts, strict=True)
        ]


def _choose_by_scores(
    ask: _Ask, pairs: Sequence[Pair], ones: Sequence[NoisyMarginal]
) -> tuple[list[Pair], tuple[NoisyScores, ...]]:
    """Score all pairs and return those that a noisy score tells from independent ones, and the scores."""
    expected = independent_tables(pairs, ones, grids=ask.grids, total=noisy_total(ones))
    query = ScoreQuery(cliques=tuple(pairs), expected=tuple(expected), domain=ask.domain, grids=ask.grids)
    scores = ask.measurer.draw([Request(query=query, rho=ask.measurer.rho_left * SCORE_SHARE)])
    by_chance = scores_of_independence(expected, pairs, ones, grids=ask.grids)
    chosen = choose_scored(scores[0], by_chance, domain=ask.domain, focus=ask.focus, target=ask.target)
    return chosen, tuple(scores)


def _measure_again(
    ask: _Ask, pairs: Sequence[Pair], marginals: Sequence[NoisyMarginal], *, noise: float
) -> list[NoisyMarginal]:
    """Measure the most dependent pairs again, by a model fitted so far, some as triples with the target."""
    layout, total = Layout.of(ask.domain, ask.grids), noisy_total(marginals)
    dependence = dependences(pairs, marginals=marginals, layout=layout, total=total)
    order = dependent_first(pairs, dependence, focus=ask.focus)
    triples = _triples(order, target=ask.target, layout=layout, most_cells=total / (TRIPLE_CELL_TO_NOISE * noise))
    left, share = ask.measurer.rho_left * _BELOW_ONE, TRIPLE_SHARE if triples else 0.0
    again = ask.divided(_other_pairs(order, triples), rho=left * (1 - share))
    return ask.measurer.draw([*ask.divided(triples, rho=left * share), *again])


def _measure_one_ways(measurer: Measurer, domain: Domain, *, rho: float, alone: bool) -> list[NoisyMarginal]:
    """Measure each column by itself: the smallest first, because it tells how many rows the others' noise must bear."""
    weights = shares_by_size(domain.columns)
    smallest = int(np.argmin(weights))
    most = rho * _BELOW_ONE * (1.0 if alone else MOST_ONE_WAY_SHARE) * weights
    first = measurer.draw([_request((domain.names[smallest],), "fine", float(most[smallest]), domain=domain, grids={})])
    # Only a guide: the scales that are used come from OpenDP's search.
    scales = first[0].scale * np.sqrt(weights[smallest] / weights)
    share = 1.0 if alone else one_way_share(domain.columns, scales=scales, total=noisy_total(first))
    parts = rho * _BELOW_ONE * share * weights
    requests = [
        _request((name,), "fine", float(parts[position]), domain=domain, grids={})
        for position, name in enumerate(domain.names)
        if position != smallest
    ]
    others = measurer.draw(requests) if requests else []
    return [*others[:smallest], *first, *others[smallest:]]


def _group(domain: Domain, ones: Sequence[NoisyMarginal], *, per_pair: float) -> tuple[Grids, float]:
    """Return the coarse code of each fine code, and the scale of the noise if all pairs cost ``per_pair``."""
    # Only a guide to resolution: the scale that is used comes from OpenDP's search.
    noise = ones[0].scale * math.sqrt(ones[0].rho / per_pair)
    most, least = groups_for(noisy_total(ones), scale=noise), RARE_TO_NOISE * noise
    grids = {
        column.name: group_codes(column, one.counts, most=most, least=least, scale=one.scale)
        for column, one in zip(domain.columns, ones, strict=True)
    }
    return grids, noise


def _triples(order: Sequence[Pair], *, target: str | None, layout: Layout, most_cells: float) -> list[Triple]:
    """Return the triples with the target that are worth it, by falling dependence of the other two."""
    if target is None:
        return []
    size = dict(zip(layout.domain.names, layout.sizes.tolist(), strict=True))
    others = [pair for pair in order if target not in pair]
    chosen = others[: math.ceil(len(others) * TRIPLES_CHOSEN)]
    return [(a, b, target) for a, b in chosen if size[a] * size[b] * size[target] <= most_cells]


def _other_pairs(order: Sequence[Pair], triples: Sequence[Triple]) -> list[Pair]:
    """Return the most dependent of the pairs that no triple covers."""
    covered = {triple[:2] for triple in triples}
    most = max(math.ceil(len(order) * CHOSEN_SHARE) - len(triples), math.ceil(math.sqrt(len(order))))
    return [pair for pair in order if pair not in covered][:most]


def _request(attributes: tuple[str, ...], level: Level, rho: float, *, domain: Domain, grids: Grids) -> Request:
    return Request(query=MarginalQuery(attributes=attributes, level=level, domain=domain, grids=grids), rho=rho)
