"""How strongly pairs of columns depend on each other, read off a small fitted mixture.

A noisy pair table alone says little about a weak dependence; a model fitted to
all tables at once borrows strength from the others. The measurement plans its
next round by it: that is post-processing of what was already paid for.
"""

from collections.abc import Sequence

import numpy as np

from synth_assets.generator.mixture.layout import Layout
from synth_assets.generator.mixture.targets import lay_out
from synth_assets.release import NoisyMarginal

__all__ = ["dependences"]


def dependences(
    pairs: Sequence[tuple[str, str]], *, marginals: Sequence[NoisyMarginal], layout: Layout, total: float
) -> list[float]:
    """Return, for each pair, the L1 distance of its joint distribution from independence, 0 to 2.

    Args:
        pairs: of columns.
        marginals: noisy one-way and pair tables.
        layout: the cells.
        total: noisy number of rows, at least 1.
    """
    from synth_assets.generator.mixture.fitting import SKETCH, fit_mixtures

    weights, single = fit_mixtures(lay_out(marginals, layout=layout, total=total), SKETCH, seed=0)
    joint, ones = (single * weights[:, None]).T @ single, weights @ single
    gap = np.abs(joint - np.outer(ones, ones))
    return [float(gap[layout.slice(a), layout.slice(b)].sum()) for a, b in pairs]
