"""Which tables to measure, in which rounds, and what each may cost.

The first round measures a one-way table per column at its fine codes; the larger
the relative noise would be, the more of the budget it gets. The grouping of fine
codes into coarse ones follows from these noisy counts. The second round measures
all pairs of coarse columns or, with many columns, only the pairs whose noisy score
differs from independence. The last round spends the remaining budget on the pairs
with the strongest dependence, according to a model fitted to the answers so far.
With a target, these are measured as triples with the target, because predicting
the target needs them.

Nothing here sees an exact count. The same answers lead to the same requests, so a
resumed measurement replays its journal. Choosing by noisy answers is
post-processing and costs no privacy budget.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from synth_assets.domain import NEW_ROUNDS, TAILS_AND_ORDERS, Domain
from synth_assets.generator.cells.layout import Layout
from synth_assets.generator.mixture.dependence import Reference
from synth_assets.release import Level, NoisyMarginal, NoisyScores
from synth_assets.release.answers import Grids
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
    PAIRS_PER_COLUMN,
    choose_scored,
    independent_tables,
    scores_of_independence,
)
from synth_assets.strategy.side_rounds import SideRound
from synth_assets.strategy.triples import (
    MOST_CELLS,
    MOST_LOOSE,
    Triple,
    choose_loose,
    occupied_cells,
    score_by_chance,
    triples_to_score,
)

__all__ = ["measure_in_rounds"]

MOST_UNSCORED = 300
"""Up to this many pairs all are measured: those of 25 columns."""
SCORE_SHARE = 0.1
"""Share of the remaining rho for scores, if there are more pairs."""
FIRST_SHARE = 0.4
"""Share of the remaining rho for the first measurement of the pairs."""
CHOSEN_SHARE = 0.45
"""Share of the pairs that are measured again."""
TRIPLE_SHARE = 0.75
"""Share of the last round's rho for triples with the target."""
TRIPLES_CHOSEN = 0.5
"""Share of the pairs without the target that become triples."""
TRIPLE_CELL_TO_NOISE = 0.5
"""Triples with fewer rows than this in an average cell, in noise scales, are not measured."""
TRIPLE_SCORE_SHARE = 0.05
"""Share of the rho left after the pairs for scores of triples without the target."""
LOOSE_SHARE = 0.25
"""Share of the last round's rho for triples without the target, if there are as many as may be."""
_BELOW_ONE = 1 - 2.0**-40
"""Keeps the sum of rounded shares from exceeding the budget."""


def measure_in_rounds(  # noqa: PLR0913 - what a release is made of, and what else is asked meanwhile
    measurer: Measurer,
    *,
    domain: Domain,
    focus: Sequence[str],
    target: str | None,
    rho: float,
    layout: int,
    beside: Sequence[SideRound] = (),
) -> tuple[Grids, list[NoisyMarginal], tuple[NoisyScores, ...]]:
    """Measure a domain with ``rho``; return the grids, all noisy tables, and scores if there were many pairs.

    Args:
        measurer: makes the draws.
        domain: the declared columns.
        focus: columns whose pairs matter most.
        target: a column that people will predict.
        rho: privacy loss of all draws together, at most.
        layout: of the release. From layout 3 on, triples without the target may be measured, if pairs do not explain
            them, and one-way tables may get more than half of rho; from layout 4 on they get more if pairs are scored.
        beside: drawn after the one-way tables, before the pairs, with what is beyond ``rho``.
    """
    pairs = choose_pairs(domain.names, focus=focus, target=target)
    many = len(pairs) > MOST_UNSCORED
    share = partial(
        one_way_share,
        domain.columns,
        most=1.0 if layout >= NEW_ROUNDS else MOST_ONE_WAY_SHARE,
        scored=many and layout >= TAILS_AND_ORDERS,
    )
    one_ways = _measure_one_ways(measurer, domain, rho=rho, share=share if pairs else None)
    for side in beside:
        side.measure(one_ways)
    if not pairs:
        return {column.name: np.arange(column.size) for column in domain.columns}, one_ways, ()
    measured = min(len(pairs), PAIRS_PER_COLUMN * len(domain.columns)) if many else len(pairs)
    # There are as many groups as if later side rounds were free: fewer would cost more than a few percent of noise do.
    aside = sum(answer.rho for side in beside if side.since >= TAILS_AND_ORDERS for answer in side.answers)
    grids, noise = _group(domain, one_ways, per_pair=(measurer.rho_left + aside) / measured)
    ask = _Ask(measurer=measurer, domain=domain, grids=grids, focus=focus, target=target)
    scores: tuple[NoisyScores, ...] = ()
    if many:
        pairs, scores = _choose_by_scores(ask, pairs, one_ways)
    marginals = [*one_ways, *ask.measurer.draw(ask.divided(pairs, rho=measurer.rho_left * FIRST_SHARE))]
    if many or layout < NEW_ROUNDS:
        total = noisy_total(marginals)
        reference = Reference.sketch(marginals, layout=Layout.of(domain, grids), total=total)
        again = _measure_again(ask, pairs, reference, total=total, noise=noise)
        return grids, [*marginals, *again], scores
    again, scores = _measure_with_loose(ask, pairs, marginals, noise=noise)
    return grids, [*marginals, *again], scores


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """The arguments that all rounds after the first share.

    Attributes:
        measurer: makes the draws.
        domain: the declared columns.
        grids: coarse code of each fine code.
        focus: columns whose pairs matter most.
        target: a column that people will predict.
    """

    measurer: Measurer
    domain: Domain
    grids: Grids
    focus: Sequence[str]
    target: str | None

    def divided(self, cliques: Sequence[tuple[str, ...]], *, rho: float) -> list[Request]:
        """Return one request for a coarse table per clique, with ``rho`` divided among them."""
        parts = weights_of(cliques, focus=self.focus) * rho
        return [
            _request(clique, "coarse", float(part), domain=self.domain, grids=self.grids)
            for clique, part in zip(cliques, parts, strict=True)
        ]


def _choose_by_scores(
    ask: _Ask, pairs: Sequence[Pair], one_ways: Sequence[NoisyMarginal]
) -> tuple[list[Pair], tuple[NoisyScores, ...]]:
    """Score all pairs; return those whose noisy score differs from independence, and the scores."""
    expected = independent_tables(pairs, one_ways, grids=ask.grids, total=noisy_total(one_ways))
    query = ScoreQuery(cliques=tuple(pairs), expected=tuple(expected), domain=ask.domain, grids=ask.grids)
    scores = ask.measurer.draw([Request(query=query, rho=ask.measurer.rho_left * SCORE_SHARE)])
    by_chance = scores_of_independence(expected, pairs, one_ways, grids=ask.grids)
    chosen = choose_scored(scores[0], by_chance, domain=ask.domain, focus=ask.focus, target=ask.target)
    return chosen, tuple(scores)


def _measure_with_loose(
    ask: _Ask, pairs: Sequence[Pair], marginals: Sequence[NoisyMarginal], *, noise: float
) -> tuple[list[NoisyMarginal], tuple[NoisyScores, ...]]:
    """Do what :func:`_measure_again` does, after the triples that pairs do not explain; return their scores too."""
    layout, total = Layout.of(ask.domain, ask.grids), noisy_total(marginals)
    reference = Reference.full(marginals, layout=layout, total=total)
    loose, scores = _choose_triples(ask, pairs, reference, total=total, noise=noise)
    rho = ask.measurer.rho_left * LOOSE_SHARE * len(loose) / MOST_LOOSE
    measured = ask.measurer.draw(ask.divided(loose, rho=rho)) if loose else []
    return [*measured, *_measure_again(ask, pairs, reference, total=total, noise=noise)], scores


def _choose_triples(
    ask: _Ask, pairs: Sequence[Pair], reference: Reference, *, total: float, noise: float
) -> tuple[list[Triple], tuple[NoisyScores, ...]]:
    """Score triples without the target; return those that pairs do not explain, and the scores."""
    dependence = dict(zip(pairs, reference.dependences(pairs), strict=True))
    # The scale that each table would have: an approximation, as in _group.
    scale = noise * math.sqrt(MOST_LOOSE / (len(pairs) * LOOSE_SHARE * (1 - FIRST_SHARE)))
    tables = {
        triple: total * reference.table(triple)
        for triple in triples_to_score(dependence, target=ask.target, names=ask.domain.names)
    }
    cells = {triple: occupied_cells(table) for triple, table in tables.items()}
    most_occupied = total / (TRIPLE_CELL_TO_NOISE * scale)
    triples = [
        triple for triple, count in cells.items() if count <= most_occupied and tables[triple].size <= MOST_CELLS
    ]
    if not triples:
        return [], ()
    expected = tuple(np.rint(tables[triple]).astype(np.int64) for triple in triples)
    query = ScoreQuery(cliques=tuple(triples), expected=expected, domain=ask.domain, grids=ask.grids)
    (scores,) = ask.measurer.draw([Request(query=query, rho=ask.measurer.rho_left * TRIPLE_SCORE_SHARE)])
    chances = [score_by_chance(tables[triple]) for triple in triples]
    return choose_loose(scores, chances, cells=[cells[triple] for triple in triples], scale=scale), (scores,)


def _measure_again(
    ask: _Ask, pairs: Sequence[Pair], reference: Reference, *, total: float, noise: float
) -> list[NoisyMarginal]:
    """Measure the pairs with the strongest dependence in a fitted model again, some as triples with the target."""
    order = dependent_first(pairs, reference.dependences(pairs), focus=ask.focus)
    most_cells = total / (TRIPLE_CELL_TO_NOISE * noise)
    triples = _triples(order, target=ask.target, layout=reference.layout, most_cells=most_cells)
    remaining, share = ask.measurer.rho_left * _BELOW_ONE, TRIPLE_SHARE if triples else 0.0
    again = ask.divided(_other_pairs(order, triples), rho=remaining * (1 - share))
    return ask.measurer.draw([*ask.divided(triples, rho=remaining * share), *again])


def _measure_one_ways(
    measurer: Measurer, domain: Domain, *, rho: float, share: Callable[..., float] | None
) -> list[NoisyMarginal]:
    """Measure a one-way table per column; the smallest comes first, because the shares depend on its noisy total.

    Args:
        measurer: makes the draws.
        domain: the declared columns.
        rho: of all tables.
        share: gives the part of ``rho`` for these, by ``scales`` and ``total``; ``None`` for all of it.
    """
    weights = shares_by_size(domain.columns)
    smallest = int(np.argmin(weights))
    most = rho * _BELOW_ONE * (1.0 if share is None else MOST_ONE_WAY_SHARE) * weights
    drawn_first = measurer.draw(
        [_request((domain.names[smallest],), "fine", float(most[smallest]), domain=domain, grids={})]
    )
    # An approximation: the scales that are used come from OpenDP's search.
    scales = drawn_first[0].scale * np.sqrt(weights[smallest] / weights)
    part = 1.0 if share is None else share(scales=scales, total=noisy_total(drawn_first))
    parts = rho * _BELOW_ONE * part * weights
    requests = [
        _request((name,), "fine", float(parts[position]), domain=domain, grids={})
        for position, name in enumerate(domain.names)
        if position != smallest
    ]
    others = measurer.draw(requests) if requests else []
    return [*others[:smallest], *drawn_first, *others[smallest:]]


def _group(domain: Domain, one_ways: Sequence[NoisyMarginal], *, per_pair: float) -> tuple[Grids, float]:
    """Return the coarse code of each fine code, and the scale of the noise if all pairs cost ``per_pair``."""
    # An approximation that decides the resolution: the scale that is used comes from OpenDP's search.
    noise = one_ways[0].scale * math.sqrt(one_ways[0].rho / per_pair)
    most, least = groups_for(noisy_total(one_ways), scale=noise), RARE_TO_NOISE * noise
    grids = {
        column.name: group_codes(column, one_way.counts, most=most, least=least, scale=one_way.scale)
        for column, one_way in zip(domain.columns, one_ways, strict=True)
    }
    return grids, noise


def _triples(order: Sequence[Pair], *, target: str | None, layout: Layout, most_cells: float) -> list[Triple]:
    """Return the triples with the target whose cells hold enough rows, by decreasing dependence of the other two."""
    if target is None:
        return []
    size = dict(zip(layout.domain.names, layout.sizes.tolist(), strict=True))
    others = [pair for pair in order if target not in pair]
    chosen = others[: math.ceil(len(others) * TRIPLES_CHOSEN)]
    return [(a, b, target) for a, b in chosen if size[a] * size[b] * size[target] <= most_cells]


def _other_pairs(order: Sequence[Pair], triples: Sequence[Triple]) -> list[Pair]:
    """Return the pairs with the strongest dependence that are not part of a triple."""
    covered = {triple[:2] for triple in triples}
    most = max(math.ceil(len(order) * CHOSEN_SHARE) - len(triples), math.ceil(math.sqrt(len(order))))
    return [pair for pair in order if pair not in covered][:most]


def _request(attributes: tuple[str, ...], level: Level, rho: float, *, domain: Domain, grids: Grids) -> Request:
    return Request(query=MarginalQuery(attributes=attributes, level=level, domain=domain, grids=grids), rho=rho)
