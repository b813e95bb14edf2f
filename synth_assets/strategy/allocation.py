"""How the budget is divided and codes are grouped: arithmetic on public and noisy numbers.

Nothing here draws noise or sees an exact count.

How much a column's own table gets is in proportion to its number of codes:
the error of a table grows with its cells, and columns with few codes are known
well from their pairs anyway. How fine the coarse codes are follows from the
noise: the average cell of a pair should hold a few times its scale.
"""

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Column
from synth_assets.generator.smoothing import smooth_counts
from synth_assets.release import NoisyMarginal
from synth_assets.strategy.relatives import group_relatives

__all__ = [
    "MOST_GROUPS",
    "MOST_ONE_WAY_SHARE",
    "MOST_PAIRS",
    "RARE_TO_NOISE",
    "Pair",
    "choose_pairs",
    "dependent_first",
    "group_codes",
    "groups_for",
    "noisy_total",
    "one_way_share",
    "shares_by_size",
    "weights_of",
]

Pair = tuple[str, str]
Floats = NDArray[np.float64]

LEAST_ONE_WAY_SHARE, MOST_ONE_WAY_SHARE = 0.25, 0.5
"""Of the whole, for one-way tables."""
CLEAR_ERROR, UNCLEAR_ERROR = 0.07, 0.19
"""Mean L1 errors of one-way tables up to which they get the least share, and from which on the most."""
SMOOTHED_CODES = 64
"""Codes of a table that count for its error: the noise of more is smoothed away."""
MOST_PAIRS = 20_000
"""Pairs that are measured at most: all of 200 columns."""
MOST_GROUPS = 40
"""Coarse groups of a column at most, besides special values and null."""
MOST_CATEGORIES = 64
"""Categories that keep a code of their own at most."""
FEWEST_GROUPS = 4
FOCUS_WEIGHT = 8.0
"""How much more a table with a column in the focus may cost than one without."""
CELL_TO_NOISE = 2.5
"""Rows in an average cell of a pair, in units of the noise's scale, that grouping aims at."""
CLEAR_TO_NOISE = 4.0
"""What has more rows than this many scales of its own noise is surely there."""
FEW_VALUES = 2
"""Times the groups that a number may have otherwise, so many values are few."""
NEARLY_ALL = 0.9
NOISE_MEAN = 1 / math.sqrt(2 * math.pi)
"""Mean of the positive part of normal noise of scale 1."""
RARE_TO_NOISE = 2.0
"""What has fewer rows than this many scales of a pair's noise cannot be told from nothing in a pair."""


def shares_by_size(columns: Sequence[Column]) -> Floats:
    """Return each column's share of what one-way tables may cost; the shares add up to 1.

    The L1 error of a table of s cells that costs r is in proportion to s / sqrt(r):
    the sum over columns is least for r in proportion to s ** (2 / 3).
    """
    sizes = np.array([column.size for column in columns], dtype=np.float64) ** (2 / 3)
    return np.asarray(sizes / sizes.sum())


def one_way_share(columns: Sequence[Column], *, scales: Floats, total: float) -> float:
    """Return which share of the whole one-way tables get: more where the noise would drown them.

    Args:
        columns: of the domain.
        scales: about the scale of the noise of each column's table at the most share.
        total: noisy number of rows, at least 1.
    """
    sizes = np.minimum([column.size for column in columns], SMOOTHED_CODES)
    error = float(np.mean(sizes * scales) * 2 * NOISE_MEAN / total)
    shares = LEAST_ONE_WAY_SHARE, MOST_ONE_WAY_SHARE
    return float(np.interp(error, (CLEAR_ERROR, UNCLEAR_ERROR), shares))


def noisy_total(marginals: Sequence[NoisyMarginal]) -> float:
    """Return the number of rows by all tables together, weighted by precision; at least 1."""
    totals = np.array([item.counts.sum() for item in marginals], dtype=np.float64)
    weights = np.array([1 / (item.counts.size * item.scale**2) for item in marginals])
    return max(1.0, float(totals @ weights / weights.sum()))


def choose_pairs(names: Sequence[str], *, focus: Sequence[str], target: str | None) -> list[Pair]:
    """Return the pairs to measure: all, or those with the target, then the focus, then the nearest columns."""
    pairs = list(combinations(names, 2))
    place = {name: index for index, name in enumerate(names)}

    def rank(pair: Pair) -> tuple[bool, int, int]:
        return target not in pair, -len(set(pair) & set(focus)), place[pair[1]] - place[pair[0]]

    return pairs if len(pairs) <= MOST_PAIRS else sorted(sorted(pairs, key=rank)[:MOST_PAIRS], key=pairs.index)


def dependent_first(pairs: Sequence[Pair], dependence: Sequence[float], *, focus: Sequence[str]) -> list[Pair]:
    """Return the pairs by falling dependence, counted once more for each column in the focus."""
    weight = [value * (1 + len(set(pair) & set(focus))) for pair, value in zip(pairs, dependence, strict=True)]
    return [pairs[place] for place in np.argsort(-np.array(weight), kind="stable")]


def weights_of(cliques: Sequence[tuple[str, ...]], *, focus: Sequence[str]) -> Floats:
    """Return each table's share of what tables of a round may cost; those with a column in the focus get more."""
    weights = np.array([FOCUS_WEIGHT if set(clique) & set(focus) else 1.0 for clique in cliques])
    return np.asarray(weights / weights.sum())


def groups_for(total: float, *, scale: float) -> int:
    """Return how many groups a column may have so that cells of a pair stand out of noise of ``scale``."""
    return int(np.clip(math.sqrt(total / (CELL_TO_NOISE * scale)), FEWEST_GROUPS, MOST_GROUPS))


def group_codes(
    column: Column, counts: NDArray[np.int64], *, most: int, least: float = 0.0, scale: float = 0.0
) -> NDArray[np.int64]:
    """Return the coarse code of each fine code, shape (size,), from noisy counts alone.

    Neighbouring values of a number share a group of about equal noisy mass, and
    a value that has such a mass alone keeps a group of its own. A number that
    has only few values in truth keeps each of them, as a category would. Rare
    categories share one group, or with a hierarchy that of their nearest
    relatives. Special values and null keep a code of their own.

    Args:
        column: the declared column.
        counts: noisy counts of its fine codes.
        most: groups of a number at most, unless it has only few values; of a hierarchy, twice as many.
        least: rows that a group should have at least.
        scale: of the noise on ``counts``.
    """
    mass = np.maximum(counts[: column.regular], 0).astype(np.float64)
    values = _few_values(mass, most=most, scale=scale)
    if column.parents:
        room = min(FEW_VALUES * most, MOST_CATEGORIES)
        groups = group_relatives(
            counts[: column.regular], column.parents, least=least, scale=scale, fewest=FEWEST_GROUPS, most=room
        )
    elif not column.numeric:
        groups = _rare_together(mass, least=least)
    elif values.size:
        groups = np.maximum(np.searchsorted(values, np.arange(mass.size), side="right") - 1, 0)
    else:
        smooth = np.maximum(smooth_counts(counts[: column.regular], scale=scale), 0)
        groups = _equal_mass(smooth, most=most, least=least)
    own = int(groups.max()) + 1 + np.arange(column.size - column.regular)
    return np.concatenate([groups, own]).astype(np.int64)


def _few_values(mass: Floats, *, most: int, scale: float) -> NDArray[np.int64]:
    """Return the codes that hold nearly all rows, if they are few and gaps part most of them; else none."""
    surely = mass > CLEAR_TO_NOISE * scale
    codes = np.flatnonzero(surely)
    if mass.size <= most or not 1 < codes.size <= min(FEW_VALUES * most, MOST_CATEGORIES):
        return codes[:0]
    # The heaviest value says nothing about how the others lie.
    rest = mass.sum() - mass.max() - scale * NOISE_MEAN * (mass.size - codes.size)
    covered = mass[surely].sum() - mass.max() >= NEARLY_ALL * rest
    gaps = np.count_nonzero(np.diff(codes) > 1)
    return codes if covered and gaps >= codes.size / 2 else codes[:0]


def _equal_mass(mass: Floats, *, most: int, least: float) -> NDArray[np.int64]:
    if mass.size <= most:
        return np.arange(mass.size)
    if mass.size <= FEW_VALUES * most:  # too few to lose any that can be told apart
        alone, aim, room = mass >= least, max(least, 1e-9), mass.size
    else:
        alone, aim = _heavy(mass, most=most, least=least)
        room = most - 2 * int(alone.sum())
    groups, last, filled = np.zeros(mass.size, np.int64), -1, math.inf
    for place, item in enumerate(mass):
        if alone[place]:
            last, filled = last + 1, math.inf
        elif math.isinf(filled) or (filled + item / 2 > aim and room > 0):
            room -= not math.isinf(filled)
            last, filled = last + 1, item
        else:
            filled += item
        groups[place] = last
    return groups


def _heavy(mass: Floats, *, most: int, least: float) -> tuple[NDArray[np.bool_], float]:
    """Return which values stand alone, and the mass that the groups of the others aim at.

    A value that stands alone can cut a group of its neighbours in two, so each counts twice.
    """
    alone = np.zeros(mass.size, bool)
    for place in np.argsort(-mass, kind="stable")[: (most - 1) // 2]:
        left = most - 2 * int(alone.sum()) - 1
        if mass[place] < max(mass[~alone].sum() / left, least, 1.0):
            break
        alone[place] = True
    left = max(1, most - 2 * int(alone.sum()) - 1)
    return alone, max(float(mass[~alone].sum()) / left, least, 1e-9)


def _rare_together(mass: Floats, *, least: float) -> NDArray[np.int64]:
    falling = np.argsort(-mass, kind="stable")
    kept = int(np.clip(np.count_nonzero(mass >= least), FEWEST_GROUPS - 1, MOST_CATEGORIES - 1))
    if kept >= mass.size - 1:
        return np.arange(mass.size)
    groups = np.full(mass.size, kept)
    groups[np.sort(falling[:kept])] = np.arange(kept)
    return groups
