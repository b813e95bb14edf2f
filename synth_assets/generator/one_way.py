"""Best guesses of the fine one-way masses, from which values inside a coarse code are drawn."""

import numpy as np

from synth_assets.generator.layout import Floats, Layout
from synth_assets.release import Release

__all__ = ["fine_masses", "nearest_masses"]


def fine_masses(release: Release, layout: Layout) -> list[Floats]:
    """Return non-negative masses of each column's fine codes, adding up to the noisy total."""
    total = max(1.0, release.total())
    return [
        nearest_masses(release.one_way(name).counts.astype(np.float64), total=total) for name in layout.domain.names
    ]


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
