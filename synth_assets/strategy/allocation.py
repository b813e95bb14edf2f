"""How the budget is divided and codes are grouped: arithmetic on public and noisy numbers.

Nothing here draws noise or sees an exact count.

A column's one-way table gets budget according to its number of codes: the error
of a table grows with its cells, and columns with few codes are already well
estimated from their pairs. The resolution of the coarse codes follows from the
noise: the average cell of a pair should hold a few times the noise scale.
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
    "Floats",
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

MOST_ONE_WAY_SHARE = 0.5
"""Share of rho for one-way tables at which their error is computed."""
ONE_WAY_ERRORS, ONE_WAY_SHARES = (0.07, 0.19, 0.25, 0.5), (0.25, 0.5, 0.5, 0.75)
"""The share of rho that one-way tables get by their mean L1 error: three quarters where pairs would be noise alone."""
SCORED_ERRORS, SCORED_SHARES = (0.01, 0.03), (0.25, 0.5)
"""What they get at least where pairs are scored: then most pairs are known by their columns alone."""
SMOOTHED_CODES = 64
"""Most codes of a table that count towards its error; smoothing removes the noise of further codes."""
MOST_PAIRS = 20_000
"""Most pairs that are measured: enough for all pairs of 200 columns."""
MOST_GROUPS = 40
"""Most coarse groups of a column, besides special values and null."""
MOST_CATEGORIES = 64
"""Most categories that keep a code of their own."""
FEWEST_GROUPS = 4
FOCUS_WEIGHT = 8.0
"""Share of rho of a table with a column in the focus, relative to a table without one."""
CELL_TO_NOISE = 2.5
"""Rows in an average cell of a pair that grouping aims at, in noise scales."""
CLEAR_TO_NOISE = 4.0
"""Above this many noise scales, a count is treated as positive."""
FEW_VALUES = 2
"""A number keeps each of its values if they are at most this many times the groups it may otherwise have."""
NEARLY_ALL = 0.9
"""Share of the rows, without the most frequent value, that the kept values must hold."""
NOISE_MEAN = 1 / math.sqrt(2 * math.pi)
"""Mean of the positive part of normal noise with scale 1."""
RARE_TO_NOISE = 2.0
"""Below this many noise scales, a group is indistinguishable from empty."""


def shares_by_size(columns: Sequence[Column]) -> Floats:
    """Return each column's share of the rho of all one-way tables; the shares add up to 1.

    The L1 error of a table of s cells that costs r is proportional to s / sqrt(r):
    the sum over columns is least for r proportional to s ** (2 / 3).
    """
    sizes = np.array([column.size for column in columns], dtype=np.float64) ** (2 / 3)
    return np.asarray(sizes / sizes.sum())


def one_way_share(
    columns: Sequence[Column], *, scales: Floats, total: float, most: float = 1.0, scored: bool = False
) -> float:
    """Return the share of rho for one-way tables: more when the noise is large relative to their counts.

    Args:
        columns: the columns of the domain.
        scales: approximate noise scale of each column's table at the largest share.
        total: noisy number of rows, at least 1.
        most: the largest share; before layout 3 it was :data:`MOST_ONE_WAY_SHARE`.
        scored: whether pairs are scored, and most of them not measured; before layout 4 that changed nothing.
    """
    sizes = np.minimum([column.size for column in columns], SMOOTHED_CODES)
    error = float(np.mean(sizes * scales) * 2 * NOISE_MEAN / total)
    least = np.interp(error, SCORED_ERRORS, SCORED_SHARES) if scored else 0.0
    return min(most, max(float(least), float(np.interp(error, ONE_WAY_ERRORS, ONE_WAY_SHARES))))


def noisy_total(marginals: Sequence[NoisyMarginal]) -> float:
    """Return the number of rows estimated from all tables, weighted by precision; at least 1."""
    totals = np.array([marginal.counts.sum() for marginal in marginals], dtype=np.float64)
    weights = np.array([1 / (marginal.counts.size * marginal.scale**2) for marginal in marginals])
    return max(1.0, float(totals @ weights / weights.sum()))


def choose_pairs(names: Sequence[str], *, focus: Sequence[str], target: str | None) -> list[Pair]:
    """Return the pairs to measure: all, or those with the target, then the focus, then the nearest columns."""
    pairs = list(combinations(names, 2))
    position = {name: index for index, name in enumerate(names)}

    def rank(pair: Pair) -> tuple[bool, int, int]:
        return target not in pair, -len(set(pair) & set(focus)), position[pair[1]] - position[pair[0]]

    return pairs if len(pairs) <= MOST_PAIRS else sorted(sorted(pairs, key=rank)[:MOST_PAIRS], key=pairs.index)


def dependent_first(pairs: Sequence[Pair], dependence: Sequence[float], *, focus: Sequence[str]) -> list[Pair]:
    """Return the pairs by decreasing dependence; each column in the focus adds the dependence once more."""
    weight = [value * (1 + len(set(pair) & set(focus))) for pair, value in zip(pairs, dependence, strict=True)]
    return [pairs[position] for position in np.argsort(-np.array(weight), kind="stable")]


def weights_of(cliques: Sequence[tuple[str, ...]], *, focus: Sequence[str]) -> Floats:
    """Return each table's share of the rho of its round; tables with a column in the focus get more."""
    weights = np.array([FOCUS_WEIGHT if set(clique) & set(focus) else 1.0 for clique in cliques])
    return np.asarray(weights / weights.sum())


def groups_for(total: float, *, scale: float) -> int:
    """Return the number of groups per column at which the cells of a pair exceed noise of ``scale``."""
    return int(np.clip(math.sqrt(total / (CELL_TO_NOISE * scale)), FEWEST_GROUPS, MOST_GROUPS))


def group_codes(
    column: Column, counts: NDArray[np.int64], *, most: int, least: float = 0.0, scale: float = 0.0
) -> NDArray[np.int64]:
    """Return the coarse code of each fine code, shape (size,), from noisy counts alone.

    Neighbouring values of a number share groups of about equal noisy mass, and
    a value that reaches this mass by itself gets a group of its own. If the rows
    of a number lie on only a few values, each of these keeps its own group, as a
    category would. Rare categories share one group or, with a hierarchy, the
    group of their nearest relatives. Special values and null keep their own codes.

    Args:
        column: the declared column.
        counts: noisy counts of its fine codes.
        most: largest number of groups of a number, unless it has only few values; a hierarchy may have twice as many.
        least: fewest rows that a group should have.
        scale: scale of the noise on ``counts``.
    """
    mass = np.maximum(counts[: column.regular], 0).astype(np.float64)
    values = _few_values(mass, most=most, scale=scale)
    if column.parents:
        most_relatives = min(FEW_VALUES * most, MOST_CATEGORIES)
        groups = group_relatives(
            counts[: column.regular],
            column.parents,
            least=least,
            scale=scale,
            fewest=FEWEST_GROUPS,
            most=most_relatives,
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
    """Return the codes that hold nearly all rows if they are few and mostly separated by gaps; otherwise no code."""
    clear = mass > CLEAR_TO_NOISE * scale
    codes = np.flatnonzero(clear)
    if mass.size <= most or not 1 < codes.size <= min(FEW_VALUES * most, MOST_CATEGORIES):
        return codes[:0]
    # The most frequent value is left out: it does not show how the other values are spread.
    rest = mass.sum() - mass.max() - scale * NOISE_MEAN * (mass.size - codes.size)
    covered = mass[clear].sum() - mass.max() >= NEARLY_ALL * rest
    gaps = np.count_nonzero(np.diff(codes) > 1)
    return codes if covered and gaps >= codes.size / 2 else codes[:0]


def _equal_mass(mass: Floats, *, most: int, least: float) -> NDArray[np.int64]:
    """Return the group of each code: neighbours share a group until it reaches the target mass."""
    if mass.size <= most:
        return np.arange(mass.size)
    alone, target, splits_left = _group_sizes(mass, most=most, least=least)
    groups = np.zeros(mass.size, np.int64)
    group, group_mass, is_open = -1, 0.0, False
    for code, rows in enumerate(mass.tolist()):
        is_split = is_open and not alone[code] and splits_left > 0 and group_mass + rows / 2 > target
        if is_split or alone[code] or not is_open:
            group, group_mass = group + 1, 0.0
            splits_left -= int(is_split)
        group_mass += rows
        is_open = not alone[code]  # the next code may not join a group of a single value
        groups[code] = group
    return groups


def _group_sizes(mass: Floats, *, most: int, least: float) -> tuple[NDArray[np.bool_], float, int]:
    """Return which values get their own group, the target mass of the other groups, and how often these may split."""
    if mass.size <= FEW_VALUES * most:  # few enough that every distinguishable value keeps its own group
        return mass >= least, max(least, 1e-9), mass.size
    alone, target = _heavy(mass, most=most, least=least)
    return alone, target, most - 2 * int(alone.sum())


def _heavy(mass: Floats, *, most: int, least: float) -> tuple[NDArray[np.bool_], float]:
    """Return which values get a group of their own, and the target mass of the groups of the others.

    Such a value can split a group of its neighbours in two, so each counts twice.
    """
    alone = np.zeros(mass.size, bool)
    for code in np.argsort(-mass, kind="stable")[: (most - 1) // 2]:
        groups_left = most - 2 * int(alone.sum()) - 1
        if mass[code] < max(mass[~alone].sum() / groups_left, least, 1.0):
            break
        alone[code] = True
    groups_left = max(1, most - 2 * int(alone.sum()) - 1)
    return alone, max(float(mass[~alone].sum()) / groups_left, least, 1e-9)


def _rare_together(mass: Floats, *, least: float) -> NDArray[np.int64]:
    """Return the group of each category: the frequent ones keep their own, the rare ones share the last."""
    falling = np.argsort(-mass, kind="stable")
    kept = int(np.clip(np.count_nonzero(mass >= least), FEWEST_GROUPS - 1, MOST_CATEGORIES - 1))
    if kept >= mass.size - 1:
        return np.arange(mass.size)
    groups = np.full(mass.size, kept)
    groups[np.sort(falling[:kept])] = np.arange(kept)
    return groups
