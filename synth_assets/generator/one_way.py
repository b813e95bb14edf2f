"""Best guesses of the fine one-way masses, from which values inside a coarse code are drawn.

Noisy counts of neighbouring codes are drawn together as far as their spread is
no more than the noise explains, and not at all where it is much more: a spike
stays a spike, and does not keep its neighbours apart. Then negative masses go.
"""

import numpy as np
from numpy.typing import NDArray

from synth_assets.generator.layout import Floats, Layout
from synth_assets.release import Release

__all__ = ["fine_masses", "nearest_masses", "shrink_in_groups"]

FEWEST = 4
"""Shrinking helps for certain from so many values on."""
CLEAR_TO_NOISE = 4.0
"""What lies more than so many scales of the noise above the middle of its group is no part of the crowd."""


def fine_masses(release: Release, layout: Layout) -> list[Floats]:
    """Return non-negative masses of each column's fine codes, adding up to the noisy total."""
    total = max(1.0, release.total())
    ones = [release.one_way(name) for name in layout.domain.names]
    shrunk = [
        shrink_in_groups(one.counts.astype(np.float64), grid, scale=one.scale)
        for one, grid in zip(ones, layout.grids, strict=True)
    ]
    return [nearest_masses(counts, total=total) for counts in shrunk]


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
