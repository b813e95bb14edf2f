"""The dependence between pairs of columns, computed from a small fitted mixture.

A noisy pair table alone gives a poor estimate of a weak dependence; a model fitted
to all tables also uses the information in the others. The measurement plans its
next round with it: this is post-processing of paid answers.
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
        pairs: pairs of columns.
        marginals: noisy one-way and pair tables.
        layout: the cells.
        total: noisy number of rows, at least 1.
    """
    from synth_assets.generator.mixture.fitting import SKETCH, fit_mixtures

    weights, single = fit_mixtures(lay_out(marginals, layout=layout, total=total), SKETCH, seed=0)
    joint, one_way = (single * weights[:, None]).T @ single, weights @ single
    gap = np.abs(joint - np.outer(one_way, one_way))
    return [float(gap[layout.slice(a), layout.slice(b)].sum()) for a, b in pairs]
