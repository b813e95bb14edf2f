"""Differences between groups in what a public model decides.

The definitions are those of fairlearn's ``demographic_parity_difference``,
``equal_opportunity_difference`` and ``equalized_odds_difference`` with their default
``method="between_groups"`` and ``agg="worst_case"``: the largest rate of a group minus
the smallest. The rates are those of selection, of selection among label 1, and, for equalized odds,
the larger difference of the two labels. Where a group has no row of a label, fairlearn takes 0 for its
rate; here the bounds then say nothing, as for any group that is not surely there.

A difference is the largest over ordered pairs of groups. Upwards each pair is bounded with the
whole ``beta``; downwards it is divided over the pairs. The value is what the noisy rates say: with
many small groups it is too high on average, because noise separates the largest and the smallest.

References:
    Weerts et al. (2023), "Fairlearn: Assessing and Improving Fairness of AI Systems",
    https://arxiv.org/abs/2303.16626.
    Hardt, Price and Srebro (2016), "Equality of Opportunity in Supervised Learning",
    https://arxiv.org/abs/1610.02413, section 2.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import permutations

import numpy as np
from numpy.typing import ArrayLike

from synth_assets.errors import UsageError
from synth_assets.evaluation.estimate.bounds import largest
from synth_assets.evaluation.estimate.reach import NoisyCells
from synth_assets.evaluation.estimate.sums import Differences
from synth_assets.evaluation.figure import Figure

__all__ = ["demographic_parity_difference", "equal_opportunity_difference", "equalized_odds_difference"]

Part = Callable[[float], Figure]


def demographic_parity_difference(table: ArrayLike, *, scale: float, beta: float, first: int = 1) -> Figure:
    """Bound the largest share of selected rows in a group minus the smallest.

    Args:
        table: rows by group, label (0, 1) and ascending score bin, shape (groups, 2, bins); two bins are decisions.
        first: rows in this bin and above are selected.
        scale: parameter of each cell's noise.
        beta: chance of each bound to fail.
    """
    return largest(list(_pairs(table, labels=(0, 1), first=first, scale=scale)), beta=beta)


def equal_opportunity_difference(table: ArrayLike, *, scale: float, beta: float, first: int = 1) -> Figure:
    """Bound the largest share of selected rows among a group's label 1 minus the smallest; arguments as above."""
    return largest(list(_pairs(table, labels=(1,), first=first, scale=scale)), beta=beta)


def equalized_odds_difference(table: ArrayLike, *, scale: float, beta: float, first: int = 1) -> Figure:
    """Bound the larger of the differences in the shares selected among label 1 and among label 0."""
    parts = [part for label in (0, 1) for part in _pairs(table, labels=(label,), first=first, scale=scale)]
    return largest(parts, beta=beta)


def _pairs(table: ArrayLike, *, labels: tuple[int, ...], first: int, scale: float) -> Iterator[Part]:
    """Yield for each ordered pair of groups how its difference in the share of selected rows is bounded."""
    counts = np.asarray(table, dtype=np.float64)
    if counts.ndim != 3 or counts.shape[1] != 2 or len(counts) < 2:  # noqa: PLR2004 - group x label x bin
        raise UsageError(f"a table of shape {counts.shape} must be (groups, 2, bins)", hint="two groups or more")
    selected = np.tile((np.arange(counts.shape[2]) >= first).astype(np.float64), len(labels))
    of_label = counts[:, list(labels), :].reshape(len(counts), selected.size)
    groups = [NoisyCells.of(group, scale=scale) for group in of_label]
    differences = Differences(groups, above=selected, below=np.ones(selected.size))
    for more, less in permutations(range(len(groups)), 2):
        yield partial(differences.between, more, less)
