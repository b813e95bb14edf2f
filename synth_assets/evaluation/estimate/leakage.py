r"""What the synthetic table gives away about the people it was made from, against people held out of it.

Both parts answer the same question: how often a public rule succeeds, or how near a row's nearest synthetic
row is. Held-out people show what can be learned about anybody; the difference is the leak. The draws are two, over
disjoint units, so that their noise is independent.

Who was held out is chance too: without any leak, the shares of two random groups of n1 and n2 rows differ by
``sqrt(m t (1 - t) (1 / n1 + 1 / n2))``, with t the share of all rows and m rows of one unit at most. It is close to
normal and independent of the noise, so the bounds cover both, as one deviation, with the same ``beta``. The
deviation is estimated from the noisy counts, with two successes and two failures added (Agresti and Coull), so that
it is not 0 where all rows are alike.

References:
    Yeom, Giacomelli, Fredrikson and Jha (2018), "Privacy Risk in Machine Learning: Analyzing the Connection to
    Overfitting", https://arxiv.org/abs/1709.01604, Definition 4 (membership advantage) and Definition 5.
    Bun and Steinke (2016), "Concentrated Differential Privacy", https://arxiv.org/abs/1605.02065, Definition 1.1.
    Agresti and Coull (1998), "Approximate is Better than Exact for Interval Estimation of Binomial Proportions".
    Bretagnolle and Huber (1979), "Estimation des densités: risque minimax", Lemma 2.1;
    Tsybakov (2009), "Introduction to Nonparametric Estimation", Lemmas 2.5 and 2.6 (with Pinsker's inequality).
"""

import math
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from synth_assets.errors import UsageError
from synth_assets.evaluation.estimate.bounds import largest
from synth_assets.evaluation.estimate.reach import Floats, NoisyCells
from synth_assets.evaluation.estimate.sums import Term, sum_of_ratios
from synth_assets.evaluation.figure import Figure

__all__ = ["largest_advantage", "nearer", "share_difference"]

_ADDED = 2.0
"""Successes and failures that are added to the counts from which a share is estimated."""


def share_difference(  # noqa: PLR0913 - two tallies and what is known of them, by keyword
    measured: ArrayLike,
    held_out: ArrayLike,
    *,
    measured_scale: float,
    held_out_scale: float,
    beta: float,
    max_rows: int = 0,
) -> Figure:
    """Bound the share of successes among measured rows minus that among held-out rows, between -1 and 1.

    With a rule that guesses a secret column, it is the leak of attribute inference. With a rule that says "was
    measured", it is the rule's advantage: its true positive share minus its false positive share.

    Args:
        measured: rows by (failure, success), shape (2,).
        held_out: the same of held-out rows.
        measured_scale: parameter of each cell's noise in ``measured``.
        held_out_scale: the same for ``held_out``.
        beta: chance of each bound to fail.
        max_rows: rows of one unit at most, for the chance of who was held out; 0 covers the noise alone.
    """
    cells = NoisyCells.of(measured, scale=measured_scale) + NoisyCells.of(held_out, scale=held_out_scale)
    return _difference(cells, np.array([0.0, 1.0]), max_rows, beta)


def nearer(  # noqa: PLR0913 - two tallies and what is known of them, by keyword
    measured: ArrayLike,
    held_out: ArrayLike,
    *,
    measured_scale: float,
    held_out_scale: float,
    beta: float,
    max_rows: int = 0,
) -> Figure:
    """Bound how much larger the share of measured rows within a distance is, at the distance where it is largest.

    It is the one-sided Kolmogorov-Smirnov distance of two histograms of the distance to the nearest synthetic row,
    0 if measured rows are nowhere nearer. Swap the histograms for the other side.

    Args:
        measured: rows by ascending distance, shape (bins,).
        held_out: the same of held-out rows.
        measured_scale: parameter of each cell's noise in ``measured``.
        held_out_scale: the same for ``held_out``.
        beta: chance of each bound to fail.
        max_rows: rows of one unit at most, for the chance of who was held out; 0 covers the noise alone.
    """
    bins = np.size(measured)
    if bins != np.size(held_out) or bins < 2:  # noqa: PLR2004 - one edge
        raise UsageError("two histograms must have the same bins, and two or more", hint="use the same axis")
    cells = NoisyCells.of(measured, scale=measured_scale) + NoisyCells.of(held_out, scale=held_out_scale)
    within = np.tril(np.ones((bins, bins)))[:-1]
    return largest([partial(_difference, cells, first, max_rows) for first in within], beta=beta)


def largest_advantage(rho: float) -> float:
    """Bound what :func:`share_difference` of any membership rule can be on average, if ``rho`` was paid.

    zCDP of order 1 bounds the Kullback-Leibler divergence between the outcomes with and without a person by rho,
    and the advantage is at most the total variation: ``sqrt(rho / 2)`` (Pinsker) and ``sqrt(1 - exp(-rho))``
    (Bretagnolle and Huber). The average is over the noise of the release; a table with many people is near to it.
    """
    if not rho >= 0:
        raise UsageError(f"rho={rho} must be >= 0", hint="take the loss that was charged")
    return min(math.sqrt(rho / 2), math.sqrt(-math.expm1(-rho)))


def _difference(cells: NoisyCells, successes: Floats, max_rows: int, beta: float) -> Figure:
    everyone, nobody = np.ones(successes.size), np.zeros(successes.size)
    terms = [
        Term(factor=1.0, above=np.append(successes, nobody), below=np.append(everyone, nobody)),
        Term(factor=-1.0, above=np.append(nobody, successes), below=np.append(nobody, everyone)),
    ]
    sampling = _by_sampling(cells, successes, max_rows=max_rows)
    return sum_of_ratios(cells, terms, beta=beta, independent=sampling, lowest=-1.0, highest=1.0)


def _by_sampling(cells: NoisyCells, successes: Floats, *, max_rows: int) -> float:
    """Return the standard deviation of the difference by who was held out."""
    parts = cells.values.reshape(2, -1)
    rows = np.maximum(parts.sum(axis=1), 1.0)
    share = float(np.clip((float((parts @ successes).sum()) + _ADDED) / (float(rows.sum()) + 2 * _ADDED), 0.0, 1.0))
    return math.sqrt(max_rows * share * (1 - share) * float((1 / rows).sum()))
