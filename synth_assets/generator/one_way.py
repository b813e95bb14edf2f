"""Estimates of how a coarse code's mass is distributed over its fine codes, from which values are drawn.

Noisy counts of ordered codes are smoothed if noise explains their spread, and their
tails decrease outwards; those of categories are shrunk towards their group's mean,
except for outliers. The mass of a group comes from the fitted model, which estimates it
from many tables; inside each group, the counts are projected onto non-negative masses of
that sum. Where they add up to less, what is missing is added in proportion to them: a
code that seems empty stays empty. Where tails were measured in wide segments, these decide
how rows decrease in them.
"""

import numpy as np
from numpy.typing import NDArray

from synth_assets.generator.tails import smooth_around_body
from synth_assets.release import Release
from synth_assets.release.kinds.tails import NoisyTails

__all__ = ["end_moves", "nearest_masses", "segments_of", "shares_of", "shrink_in_groups"]

Floats = NDArray[np.float64]

FEWEST = 4
"""Fewest values for which shrinkage is guaranteed to help."""
CLEAR_TO_NOISE = 4.0
"""Counts more than this many noise scales above the median of their group are outliers and are not shrunk."""
FAINTEST = 1e-200
"""A group with fewer rows than this, far out in a bell curve, is as good as empty: its counts cannot be scaled up."""
CLEAR_GROUP = 4.0
"""A group at an end with more rows than this many standard deviations of their estimate is not empty."""


def shares_of(release: Release, name: str, *, masses: Floats) -> Floats:
    """Return the share of one column's fine codes in their coarse codes, shape (size,).

    Args:
        release: its one-way table of the column is used.
        name: name of the column.
        masses: rows of each coarse code, shape (groups,).
    """
    grid = release.grids[name]
    counts, body = _shrunk(release, name)
    tail = np.zeros(counts.size, bool)
    if segments_of(release, name) is not None:
        tail[: release.domain[name].regular] = True
        tail[body] = False
    shares = np.zeros(counts.size)
    for group, mass in enumerate(masses):
        members = grid == group
        rows = _masses(counts[members], total=max(1.0, float(mass)), tail=tail[members])
        shares[members] = rows / rows.sum()
    return shares


def end_moves(release: Release, name: str, *, masses: Floats) -> list[tuple[int, int, float]]:
    """Return what to take from groups at the ends that may be empty: from which, to which, and what share of its rows.

    A fitted model has only positive probabilities, so it gives some rows to every
    group. One that lies in a tail as a whole and whose measured rows noise explains keeps
    at most what the tail says; the rest goes to the next group inwards. Moves are in
    order: a group may get some and then give.

    Args:
        release: its tables with the column are used.
        name: name of the column.
        masses: rows of each coarse code, shape (groups,).
    """
    column, grid = release.domain[name], release.grids[name]
    groups = grid[: column.regular]
    if not column.numeric or (np.diff(groups) < 0).any():
        return []
    counts, inside = _shrunk(release, name)
    body, tail = groups[inside], np.bincount(groups, weights=np.maximum(counts[: column.regular], 0))
    ends = [(group, group - 1) for group in range(groups[-1], body[-1], -1)] + [(g, g + 1) for g in range(body[0])]
    measured, variance = release.project((name,), level="coarse")
    rows, moves = masses.copy(), []
    for group, inwards in ends:
        surplus = rows[group] - tail[group]
        if surplus > 0 and measured[group] <= CLEAR_GROUP * np.sqrt(variance[group]):
            moves.append((group, inwards, float(surplus / rows[group])))
            rows[inwards] += surplus
    return moves


def segments_of(release: Release, name: str) -> NoisyTails | None:
    """Return what was measured of a column's tails in wide segments; ``None`` if nothing was."""
    return next((answer for answer in release.of_kind(NoisyTails) if answer.column == name), None)


def _shrunk(release: Release, name: str) -> tuple[Floats, slice]:
    """Smooth ordered codes, or shrink others in their groups; return the rows of codes, and the codes between tails."""
    column, one_way = release.domain[name], release.one_way(name)
    counts, regular = one_way.counts.astype(np.float64), slice(0, column.regular)
    if not column.numeric:
        return shrink_in_groups(counts, release.grids[name], scale=one_way.scale), regular
    segments = segments_of(release, name)
    counts[regular], body = smooth_around_body(one_way.counts[regular], scale=one_way.scale, segments=segments)
    return counts, body


def shrink_in_groups(counts: Floats, grid: NDArray[np.int64], *, scale: float) -> Floats:
    """Shrink the counts of each group towards their mean, except for counts far above the median.

    Args:
        counts: noisy counts of fine codes, shape (size,).
        grid: group of each code.
        scale: standard deviation of the noise.

    References:
        Efron and Morris (1973), "Stein's Estimation Rule and Its Competitors": the
        positive-part rule with a known variance and an unknown mean, Section 2.
    """
    ordinary = counts - _middle(counts, grid)[grid] <= CLEAR_TO_NOISE * scale
    groups, values = grid[ordinary], counts[ordinary]
    members = np.bincount(groups)
    mean = np.bincount(groups, weights=values) / np.maximum(members, 1)
    rest = values - mean[groups]
    spread = np.bincount(groups, weights=rest**2)
    noise = np.where(members >= FEWEST, (members - 3) * scale**2, 0)
    kept = np.clip(1 - np.divide(noise, spread, out=np.zeros(mean.size), where=spread > 0), 0, 1)
    shrunk = counts.copy()
    shrunk[ordinary] = mean[groups] + kept[groups] * rest
    return shrunk


def _middle(counts: Floats, grid: NDArray[np.int64]) -> Floats:
    """Return the lower median of each group; groups are numbered 0, 1, 2 ... without gaps."""
    members = np.bincount(grid)
    last = np.cumsum(members) - 1
    return np.asarray(counts[np.lexsort((counts, grid))][last - members // 2])


def nearest_masses(counts: Floats, *, total: float) -> Floats:
    """Return the non-negative masses of sum ``total`` that are nearest to noisy counts.

    References:
        Duchi et al. (2008), "Efficient Projections onto the l1-Ball", Figure 1.
    """
    falling = np.sort(counts)[::-1]
    excess = np.cumsum(falling) - total
    kept = np.flatnonzero(falling * np.arange(1, counts.size + 1) > excess)[-1]
    masses: Floats = np.maximum(counts - excess[kept] / (kept + 1), 0)
    return masses


def _masses(counts: Floats, *, total: float, tail: NDArray[np.bool_]) -> Floats:
    """Return the masses of a group: its positive counts, scaled up, or the nearest masses where these are too many.

    What the nearest masses take from each code would be all that thin codes have. So codes of
    measured tails lose in proportion.

    Args:
        counts: estimated rows of the group's codes.
        total: what they should add up to, at least 1.
        tail: which codes are in a measured tail.
    """
    positive = np.maximum(counts, 0)
    rows = float(positive.sum())
    if FAINTEST <= rows <= total:
        return positive * (total / rows)
    if not tail.any() or rows < FAINTEST:
        return nearest_masses(counts, total=total)
    masses: Floats = positive * (total / rows)
    others = float(masses[~tail].sum())
    if others > FAINTEST:
        masses[~tail] = nearest_masses(counts[~tail], total=others)
    return masses
