"""Which pairs of many columns are measured: those that are far from independent, by a noisy score.

With many columns, each of the pair tables gets so little of the budget that most
contain only noise. A score is cheaper: one number per pair, the distance of its
exact table from the table of independent columns. That expected table follows
from noisy one-way tables, so the score of pair (a, b) is the L1 distance of an
exact table from a public table, and adding or removing a row changes it by at most 1.

Choosing by noisy scores is post-processing.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Domain
from synth_assets.generator.one_way import nearest_masses
from synth_assets.release import NoisyMarginal, NoisyScores
from synth_assets.release.answers import Grids
from synth_assets.strategy.allocation import NOISE_MEAN, Pair

__all__ = ["PAIRS_PER_COLUMN", "choose_scored", "independent_tables", "scores_of_independence"]

Floats = NDArray[np.float64]

PAIRS_PER_COLUMN = 12
"""Most pairs that are measured, per column."""
CLEAR_SCORE = 2.0
"""Noise scales above the independence score that count as significant."""


def independent_tables(
    pairs: Sequence[Pair], one_ways: Sequence[NoisyMarginal], *, grids: Grids, total: float
) -> list[NDArray[np.int64]]:
    """Return the table that each pair would have if its columns were independent, int64, in rows.

    Args:
        pairs: pairs of columns.
        one_ways: fine one-way tables of all columns.
        grids: coarse code of each fine code.
        total: noisy number of rows, at least 1.
    """
    masses = {
        name: nearest_masses(_grouped(one_way, grids[name]), total=total)
        for name, one_way in _by_name(one_ways).items()
    }
    return [np.rint(np.outer(masses[a], masses[b]) / total).astype(np.int64) for a, b in pairs]


def scores_of_independence(
    tables: Sequence[NDArray[np.int64]], pairs: Sequence[Pair], one_ways: Sequence[NoisyMarginal], *, grids: Grids
) -> Floats:
    """Return the score that each pair would have on average if its columns were independent, shape (pairs,).

    Even then a table differs from the expected one: the rows are a random sample,
    and the one-way tables behind the expected one are noisy.

    Args:
        tables: from :func:`independent_tables`.
        pairs: pairs of columns.
        one_ways: fine one-way tables of all columns.
        grids: coarse code of each fine code.
    """
    noise = {
        name: one_way.scale**2 * np.bincount(grids[name]).astype(np.float64)
        for name, one_way in _by_name(one_ways).items()
    }
    return np.array([_by_chance(table, noise[a], noise[b]) for table, (a, b) in zip(tables, pairs, strict=True)])


def choose_scored(
    scores: NoisyScores, by_chance: Floats, *, domain: Domain, focus: Sequence[str], target: str | None
) -> list[Pair]:
    """Return the pairs to measure, in the order of the scores.

    There are at least as many pairs as columns, and at most :data:`PAIRS_PER_COLUMN` times
    as many. Pairs with the target are always included; a pair with a column in the
    focus needs a smaller distance from its independence score.
    """
    excess = np.array(scores.scores) - by_chance
    wanted = np.array([target in clique for clique in scores.cliques])
    in_focus = np.array([bool(set(clique) & set(focus)) for clique in scores.cliques])
    clear = wanted | (excess > np.where(in_focus, 0.5, 1.0) * CLEAR_SCORE * scores.scale)
    columns = len(domain.columns)
    most = min(PAIRS_PER_COLUMN * columns, len(excess))
    count = int(np.clip(clear.sum(), min(columns, most), most))
    order = np.lexsort((-excess, ~clear, ~wanted))
    return [(scores.cliques[position][0], scores.cliques[position][1]) for position in sorted(order[:count].tolist())]


def _by_name(one_ways: Sequence[NoisyMarginal]) -> dict[str, NoisyMarginal]:
    return {one_way.attributes[0]: one_way for one_way in one_ways}


def _grouped(one_way: NoisyMarginal, grid: NDArray[np.int64]) -> Floats:
    return np.bincount(grid, weights=one_way.counts.astype(np.float64)).astype(np.float64)


def _by_chance(table: NDArray[np.int64], noise_a: Floats, noise_b: Floats) -> float:
    """Return the mean L1 distance of a sample of independent columns from ``table``."""
    total = max(1, int(table.sum()))
    share_a, share_b = table.sum(axis=1) / total, table.sum(axis=0) / total
    # Given its margins, a cell of independent columns varies by n p q (1 - p)(1 - q).
    chance = table * np.outer(1 - share_a, 1 - share_b)
    variance = chance + np.outer(noise_a, share_b**2) + np.outer(share_a**2, noise_b)
    return float(2 * NOISE_MEAN * np.sqrt(variance).sum())
