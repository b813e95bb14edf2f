"""Best guesses of how a coarse code's mass lies on its fine codes, from which values are drawn.

Noisy counts of ordered codes are smoothed where noise explains their spread;
those of categories are drawn towards their group's mean, spikes apart. How much
mass a group has is the fitted model's to say, which knows it from many tables;
inside each group the masses nearest to the counts are taken that are not negative.
"""

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Column
from synth_assets.generator.smoothing import smooth_counts
from synth_assets.release import NoisyMarginal, Release

__all__ = ["nearest_masses", "shares_of", "shrink_in_groups"]

Floats = NDArray[np.float64]

FEWEST = 4
"""Shrinking helps for certain from so many values on."""
CLEAR_TO_NOISE = 4.0
"""What lies more than so many scales of the noise above the middle of its group is no part of the crowd."""


def shares_of(release: Release, name: str, *, masses: Floats) -> Floats:
    """Return the share of one column's fine codes in their coarse codes, shape (size,).

    Args:
        release: its one-way table of the column is used.
        name: of the column.
        masses: rows of each coarse code, shape (groups,).
    """
    grid = release.grids[name]
    counts = _shrunk(release.domain[name], release.one_way(name), grid)
    shares = np.zeros(counts.size)
    for group, mass in enumerate(masses):
        members = grid == group
        nearest = nearest_masses(counts[members], total=max(1.0, float(mass)))
        shares[members] = nearest / nearest.sum()
    return shares


def _shrunk(column: Column, one: NoisyMarginal, grid: NDArray[np.int64]) -> Floats:
    """Smooth the codes that have an order; draw the others together in their groups."""
    counts = one.counts.astype(np.float64)
    if not column.numeric:
        return shrink_in_groups(counts, grid, scale=one.scale)
    counts[: column.regular] = smooth_counts(one.counts[: column.regular], scale=one.scale)
    return counts


def shrink_in_groups(counts: Floats, grid: NDArray[np.int64], *, scale: float) -> Floats:
    """Draw the counts of each group towards their mean, but for those that stand far above the crowd.

    Args:
        counts: noisy counts of fine codes, shape (size,).
        grid: group of each code.
        scale: standard deviation of the noise.

    References:
        Efron and Morris (1973), "Stein's Estimation Rule and Its Competitors": the
        positive-part rule with a known variance and an unknown mean, Section 2.
    """
    crowd = counts - _middle(counts, grid)[grid] <= CLEAR_TO_NOISE * scale
    inside, drawn = grid[crowd], counts[crowd]
    members = np.bincount(inside)
    mean = np.bincount(inside, weights=drawn) / np.maximum(members, 1)
    rest = drawn - mean[inside]
    spread = np.bincount(inside, weights=rest**2)
    noise = np.where(members >= FEWEST, (members - 3) * scale**2, 0)
    kept = np.clip(1 - np.divide(noise, spread, out=np.zeros(mean.size), where=spread > 0), 0, 1)
    shrunk = counts.copy()
    shrunk[crowd] = mean[inside] + kept[inside] * rest
    return shrunk


def _middle(counts: Floats, grid: NDArray[np.int64]) -> Floats:
    """Return the (lower) median of each group; codes of the groups are dense."""
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
