"""Which tables to measure, in which rounds, and what each may cost.

Two rounds. First every column by itself at its fine codes, for a quarter of
the budget. Those noisy counts then say how to group fine codes into coarse
ones, which is post-processing and free; the second round measures pairs of
coarse columns for the rest. Nothing here sees an exact count: given the same
answers it asks the same, so that a resumed measurement replays its journal.
"""

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Column, Domain
from synth_assets.measurement.measurer import Measurer, TableRequest
from synth_assets.release import NoisyMarginal

__all__ = ["MOST_PAIRS", "choose_pairs", "group_codes", "measure_in_rounds"]

ONE_WAY_SHARE = 0.25
MOST_PAIRS = 300
MOST_GROUPS = 40
"""Coarse groups of a column at most, besides special values and null."""
MOST_CATEGORIES = 64
"""Categories that each keep a code of their own; of more, the rare ones share one."""
CELL_TO_NOISE = 2.5
"""Rows in an average cell of a pair, in units of the noise's scale, that grouping aims at."""
_BELOW_ONE = 1 - 2.0**-40
"""Keeps a sum of equal shares from passing the whole by rounding."""


def measure_in_rounds(
    measurer: Measurer, *, domain: Domain, focus: Sequence[str], target: str | None, rho: float
) -> tuple[dict[str, NDArray[np.int64]], list[NoisyMarginal]]:
    """Measure a domain with ``rho`` and return the grids and all noisy tables.

    Args:
        measurer: makes the draws.
        domain: the declared columns.
        focus: columns whose pairs come first.
        target: a column whose pairs come first of all.
        rho: what all draws may cost together.
    """
    pairs = choose_pairs(domain.names, focus=focus, target=target)
    share = ONE_WAY_SHARE if pairs else 1.0
    each = rho * share / len(domain.names) * _BELOW_ONE
    ones = measurer.measure([TableRequest(attributes=(n,), level="fine", rho=each) for n in domain.names], grids={})
    per_pair = measurer.rho_left / len(pairs) * _BELOW_ONE if pairs else each
    groups = _groups_for(ones, per_pair)
    grids = {
        column.name: group_codes(column, one.counts, most=groups)
        for column, one in zip(domain.columns, ones, strict=True)
    }
    if not pairs:
        return grids, ones
    asked = [TableRequest(attributes=pair, level="coarse", rho=per_pair) for pair in pairs]
    return grids, [*ones, *measurer.measure(asked, grids=grids)]


def choose_pairs(names: Sequence[str], *, focus: Sequence[str], target: str | None) -> list[tuple[str, str]]:
    """Return the pairs to measure: all, or those with the target, then the focus, then the nearest columns."""
    pairs = list(combinations(names, 2))
    place = {name: index for index, name in enumerate(names)}

    def rank(pair: tuple[str, str]) -> tuple[bool, int, int]:
        return target not in pair, -len(set(pair) & set(focus)), place[pair[1]] - place[pair[0]]

    return pairs if len(pairs) <= MOST_PAIRS else sorted(sorted(pairs, key=rank)[:MOST_PAIRS], key=pairs.index)


def group_codes(column: Column, counts: NDArray[np.int64], *, most: int) -> NDArray[np.int64]:
    """Return the coarse code of each fine code, shape (size,), from noisy counts alone.

    Neighbouring values of a number share a group of about equal noisy mass;
    special values and null keep a code of their own. Categories keep theirs too
    unless there are very many: then the rare ones share the last.
    """
    regular = counts[: column.regular]
    numeric = column.numeric
    groups = _equal_mass(regular, most=most) if numeric else _rare_together(regular, most=MOST_CATEGORIES)
    own = int(groups.max()) + 1 + np.arange(column.size - column.regular)
    return np.concatenate([groups, own]).astype(np.int64)


def _groups_for(ones: Sequence[NoisyMarginal], rho: float) -> int:
    """Return how many groups a column may have so that the cells of a pair stand out of its noise."""
    total = max(1.0, float(np.median([one.counts.sum() for one in ones])))
    # Only a guide to resolution: the scale that is used comes from OpenDP's search.
    noise = ones[0].scale * math.sqrt(ones[0].rho / rho)
    return int(np.clip(math.sqrt(total / (CELL_TO_NOISE * noise)), 4, MOST_GROUPS))


def _equal_mass(counts: NDArray[np.int64], *, most: int) -> NDArray[np.int64]:
    if counts.size <= most:
        return np.arange(counts.size)
    mass = np.maximum(counts, 0) + 1e-3  # codes without mass still lie somewhere
    middle = (np.cumsum(mass) - mass / 2) / mass.sum()
    return np.unique(np.minimum((middle * most).astype(np.int64), most - 1), return_inverse=True)[1]


def _rare_together(counts: NDArray[np.int64], *, most: int) -> NDArray[np.int64]:
    if counts.size <= most:
        return np.arange(counts.size)
    frequent = np.sort(np.argsort(-counts, kind="stable")[: most - 1])
    groups = np.full(counts.size, most - 1)
    groups[frequent] = np.arange(most - 1)
    return groups
