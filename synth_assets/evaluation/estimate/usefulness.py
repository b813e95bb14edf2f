r"""How good a public model's guesses are on real rows: accuracy, balanced accuracy, Brier score, calibration.

The area under the curve has its own module (:mod:`~synth_assets.evaluation.estimate.ranking`).

What is not estimated here, because it is not a sum over rows with a bounded part of each:
log loss (one row can add any amount; with a public floor on scores it is a mean of
values in a range, :func:`mean_value`), area under the precision-recall curve (no linear
part near to it at small shares), and calibration error of scores that are not binned
(it is not continuous in the scores).

References:
    Brier (1950), "Verification of Forecasts Expressed in Terms of Probability".
    Naeini, Cooper and Hauskrecht (2015), "Obtaining Well Calibrated Probabilities
    Using Bayesian Binning", section "Calibration measures" (expected calibration error).
"""

import math
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from synth_assets.errors import UsageError
from synth_assets.evaluation.estimate.bounds import absolute_sum, ratio
from synth_assets.evaluation.estimate.centred import UNIT, Centred, centred
from synth_assets.evaluation.estimate.reach import Floats, NoisyCells
from synth_assets.evaluation.estimate.sums import Term, sum_of_ratios
from synth_assets.evaluation.figure import Figure

__all__ = [
    "accuracy",
    "balanced_accuracy",
    "calibration_error",
    "make_brier",
    "mean_value",
    "share_right",
    "without_noise",
]


def share_right(counts: ArrayLike, *, scale: float, beta: float) -> Figure:
    """Bound the share of rows in the second of two places.

    Two places have less noise than a count and a total: with share t, the deviation is ``scale sqrt(t^2 +
    (1 - t)^2) / n`` instead of ``scale (1 + t) / n`` at its best.

    Args:
        counts: rows by (wrong, right), shape (2,).
        scale: parameter of each cell's noise.
        beta: chance of each bound to fail.
    """
    cells = NoisyCells.of(counts, scale=scale)
    return ratio(cells, above=np.array([0.0, 1.0]), below=np.ones(2), beta=beta)


def accuracy(table: ArrayLike, *, scale: float, beta: float, first: int = 1) -> Figure:
    """Bound the share of rows whose label is what a threshold says.

    Args:
        table: rows by label (0, 1) and ascending score bin, shape (2, bins); two bins are decisions.
        first: rows in this bin and above are taken for label 1.
        scale: parameter of each cell's noise.
        beta: chance of each bound to fail.
    """
    right = _right(table, first=first)
    return ratio(NoisyCells.of(table, scale=scale), above=right.ravel(), below=np.ones(right.size), beta=beta)


def balanced_accuracy(table: ArrayLike, *, scale: float, beta: float, first: int = 1) -> Figure:
    """Bound the mean over both labels of the share that a threshold gets right; arguments as in :func:`accuracy`."""
    right = _right(table, first=first)
    label = np.repeat([0, 1], right.shape[1])
    terms = [
        Term(factor=0.5, above=right.ravel() * (label == one), below=(label == one).astype(np.float64))
        for one in (0, 1)
    ]
    return sum_of_ratios(NoisyCells.of(table, scale=scale), terms, beta=beta, lowest=0.0, highest=1.0)


def make_brier(scores: ArrayLike, *, expected: float, unit: int = UNIT) -> Centred:
    """Return the weights of the squared distance between score and label.

    Args:
        scores: public score of each bin, between 0 and 1, shape (bins,).
        expected: a public guess of the mean, such as the synthetic rows'.
        unit: largest norm of a cell's weights.

    Returns:
        Weights of cells label (0, 1) x bin, flattened: shape (2 * bins, 2).
    """
    values = _scores(scores)
    return centred(np.concatenate([values**2, (1 - values) ** 2]), expected=expected, unit=unit)


def mean_value(sums: ArrayLike, weights: Centred, *, scale: float, beta: float) -> Figure:
    """Bound the mean of a value over rows.

    Args:
        sums: noisy totals of the two columns of ``weights``, shape (2,).
        weights: how values and rows were weighed.
        scale: parameter of the noise, in units of the weights.
        beta: chance of each bound to fail.
    """
    values, cells = weights.values, NoisyCells.of(sums, scale=scale)
    bound = partial(ratio, cells, above=weights.above, below=weights.below, beta=beta)
    return bound(lowest=float(values.min()), highest=float(values.max()))


def calibration_error(table: ArrayLike, scores: ArrayLike, *, scale: float, beta: float) -> Figure:
    """Bound the expected calibration error of a binned score.

    It is ``sum |e_b| / n`` with ``e_b = s_b n_b - positives_b``, for the public score ``s_b`` that stands for a
    bin. Noise makes each size larger on average; the value is what remains without that
    (:func:`without_noise`), the upper bound leaves it in and so errs upwards.

    Args:
        table: rows by label (0, 1) and score bin, shape (2, bins).
        scores: public score of each bin, between 0 and 1, shape (bins,).
        scale: parameter of each cell's noise.
        beta: chance of each bound to fail.
    """
    cells, public = NoisyCells.of(table, scale=scale), _scores(scores)
    if cells.values.size != 2 * public.size:
        raise UsageError(f"{public.size} scores for {cells.values.size} cells", hint="one score per bin, two labels")
    forms = np.hstack([np.diag(public), np.diag(public - 1)])
    total = float(cells.values.sum())
    spread = scale * np.sqrt(public**2 + (1 - public) ** 2)
    value = without_noise(forms @ cells.values, spread) / total if total > 0 else 0.5
    return absolute_sum(cells, forms=forms, below=np.ones(cells.values.size), beta=beta, value=value)


def without_noise(numbers: Floats, spread: Floats) -> float:
    """Return the sum of sizes that numbers would have without normal noise of the given deviations.

    Of all multiples of the noisy numbers by a factor between 0 and 1, it is the one whose sizes, noise included,
    would add up on average to what the noisy ones add up to; 0 if noise alone makes as much.
    """
    sizes = np.abs(numbers)
    wanted = float(sizes.sum())
    left, right = 0.0, 1.0
    if _folded(0 * sizes, spread) >= wanted:
        return 0.0
    for _ in range(40):
        middle = (left + right) / 2
        left, right = (left, middle) if _folded(middle * sizes, spread) > wanted else (middle, right)
    return left * wanted


def _folded(means: Floats, spread: Floats) -> float:
    """Return the sum of the mean sizes of normal variables."""
    unit = means / spread
    tail = np.array([math.erf(number / math.sqrt(2)) for number in unit])
    return float((spread * math.sqrt(2 / math.pi) * np.exp(-(unit**2) / 2) + means * tail).sum())


def _scores(scores: ArrayLike) -> Floats:
    values = np.asarray(scores, dtype=np.float64).ravel()
    if not ((values >= 0) & (values <= 1)).all():
        raise UsageError("the score of a bin must be between 0 and 1", hint="a score is a probability")
    return values


def _right(table: ArrayLike, *, first: int) -> Floats:
    shape = np.shape(table)
    if len(shape) != 2 or shape[0] != 2 or not 0 <= first <= shape[1]:  # noqa: PLR2004 - two labels by bins
        raise UsageError(f"a table of shape {shape} must be (2, bins) with 0 <= first={first} <= bins", hint="see axes")
    above = np.arange(shape[1]) >= first
    return np.stack([~above, above]).astype(np.float64)
