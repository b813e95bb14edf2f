r"""Area under the ROC curve from sums over rows: two means, and a coarse table for what they miss.

The area is the share of pairs (a positive, a negative) in which the positive has
the higher score, ties counting a half. With ``p`` and ``m`` the shares of positives
and negatives per score bin, it is ``m' K p``, where ``K`` is 1 if the positive's bin
is the higher one, 1/2 if it is the same, and 0 if not: bilinear, so not a sum over rows.

Take a public pair ``p0, m0`` near to it, that of synthetic rows. Then

    m' K p = m0' K p + m' K p0 - m0' K p0 + (m - m0)' K (p - p0).

The first two terms are means over real rows: of ``F-(score)``, the share of synthetic
negatives below, over positives; and of ``1 - F+(score)``, the share of synthetic
positives above, over negatives. The third is public. Each mean takes a sum and a count
(:mod:`~synth_assets.evaluation.estimate.centred`), and a row adds to those of its own
label alone, so that all rows have the same norm. With A the area, their deviation is
``A scale sqrt(1 / positives^2 + 1 / negatives^2)``.

The last term is small: it vanishes if one class has the synthetic distribution of
scores, and is a product of two differences otherwise. It is not always negligible (.005
for Adult with 30% of the cells shuffled, where the deviation is .004), so a twentieth of
each row's squared norm buys a table of label x 8 coarse bins, and the term is estimated by
the same product of noisy shares. Noise of the two labels is independent, so the product is
not biased. Its variance given the noise of one label is known, and enters the bounds:
they are exact up to the normal limit and to first order in that table's noise.

Not covered: with ``a_B`` and ``b_B`` the L1 distances of the two labels inside of coarse bin B, at most
``sum a_B b_B / 2``, from pairs whose rows are both in B. Simulations are in ``tests/statistical``.

The synthetic rows should be others than the model was fitted to: on these its scores are
better than on any, and both differences are then larger than they need to be.

References:
    Hanley and McNeil (1982), "The Meaning and Use of the Area under a Receiver
    Operating Characteristic (ROC) Curve", section III (the area as a share of pairs).
    Hoeffding (1948), "A Class of Statistics with Asymptotically Normal
    Distribution", section 5 (the linear part of such a statistic).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synth_assets.errors import UsageError
from synth_assets.evaluation.estimate.bounds import vacuous
from synth_assets.evaluation.estimate.centred import UNIT, Centred, centred
from synth_assets.evaluation.estimate.reach import Floats, NoisyCells
from synth_assets.evaluation.estimate.sums import Term, sum_of_ratios
from synth_assets.evaluation.figure import Figure

__all__ = ["COARSE", "Ranking", "area", "area_of_table", "exact_area", "make_ranking"]

COARSE = 8
"""Coarse bins of the table that measures the last term."""
_TABLE = 0.05
"""Share of a row's squared norm that goes to this table."""
_ORDER_NORM = 0.5
"""Norm of ``K``, its mean taken off, over the number of bins."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ranking:
    """What to add up, and what turns the sums into an area.

    Attributes:
        negatives: weights of rows with label 0.
        positives: weights of rows with label 1.
        coarse: coarse bin of each bin, shape (bins,).
        indicator: weight of a row in the coarse table.
        shares: synthetic shares per label and coarse bin, shape (2, coarse bins).
        synthetic: area of the synthetic rows.
        rounding: how far rounded weights move the area at most.
    """

    negatives: Centred
    positives: Centred
    coarse: NDArray[np.intp]
    indicator: int
    shares: Floats
    synthetic: float
    rounding: float

    @property
    def weights(self) -> NDArray[np.int64]:
        """Weights of a cell, shape (2 labels, bins, 4 + 2 coarse bins).

        Columns: sum and count of negatives, sum and count of positives, coarse table of negatives, of positives.
        """
        bins, size = len(self.coarse), self.shares.shape[1]
        table = np.zeros((2, bins, 4 + 2 * size), dtype=np.int64)
        table[0, :, :2], table[1, :, 2:4] = self.negatives.weights, self.positives.weights
        for label in (0, 1):
            table[label, np.arange(bins), 4 + label * size + self.coarse] = self.indicator
        return table


def make_ranking(synthetic: ArrayLike, *, unit: int = UNIT) -> Ranking:
    """Return the weights that measure the area of real rows, given counts of synthetic ones.

    Args:
        synthetic: rows by label (0, 1) and score bin in ascending order, shape (2, bins); of rows that
            the model was not fitted to.
        unit: largest norm of a cell's weights.

    Raises:
        UsageError: the counts have another shape, or a label has no rows.
    """
    shares = _shares(synthetic)
    values = (1 - _mid(shares[1]), _mid(shares[0]))
    middle = float(values[1] @ shares[1])
    blocks = [centred(value, expected=middle, unit=math.floor(unit * math.sqrt(1 - _TABLE))) for value in values]
    coarse = np.minimum((_mid(shares.mean(axis=0)) * COARSE).astype(np.intp), COARSE - 1)
    member = (coarse[:, None] == np.arange(COARSE)).astype(np.float64)
    return Ranking(
        negatives=blocks[0],
        positives=blocks[1],
        coarse=coarse,
        indicator=math.floor(unit * math.sqrt(_TABLE)),
        shares=shares @ member,
        synthetic=middle,
        rounding=sum(float(np.abs(block.values - value).max()) for block, value in zip(blocks, values, strict=True)),
    )


def area(sums: ArrayLike, ranking: Ranking, *, scale: float, beta: float) -> Figure:
    """Bound the area of real rows.

    Args:
        sums: noisy totals of :attr:`Ranking.weights`, shape (4 + 2 coarse bins,).
        ranking: the weights.
        scale: parameter of the noise, in units of the weights.
        beta: chance of each bound to fail.
    """
    cells, none = NoisyCells.of(sums, scale=scale), np.zeros(2)
    means = NoisyCells(values=cells.values[:4], scale=cells.scale[:4])
    left, right = ranking.negatives, ranking.positives
    terms = [
        Term(factor=1.0, above=np.append(left.above, none), below=np.append(left.below, none)),
        Term(factor=1.0, above=np.append(none, right.above), below=np.append(none, right.below)),
    ]
    rows = np.array([means.values @ term.below for term in terms])
    last, deviation = _last_term(cells.values[4:], ranking, rows=rows, scale=scale)
    return sum_of_ratios(
        means,
        terms,
        beta=beta,
        constant=last - ranking.synthetic,
        slack=ranking.rounding,
        independent=deviation,
        lowest=0.0,
        highest=1.0,
    )


def area_of_table(table: ArrayLike, *, scale: float, beta: float) -> Figure:
    """Bound the area of real rows by score bins, from a table that was asked for other figures too.

    The value is ``m' K p`` of the noisy shares. Noise of the two labels is independent, so it is not biased, and to
    first order it is that of two means whose weights are ``K p`` and ``K' m``. It is larger than that of
    :func:`area`: each bin has its own noise. The area is that of the bins; pairs within one count a half.

    Args:
        table: noisy rows by label (0, 1) and ascending score bin, shape (2, bins).
        scale: parameter of each cell's noise.
        beta: chance of each bound to fail.
    """
    counts = np.asarray(table, dtype=np.float64)
    cells, rows = NoisyCells.of(counts, scale=scale), counts.sum(axis=1)
    if not (rows > 0).all():
        return vacuous(beta=beta, lowest=0.0, highest=1.0)
    negatives, positives = counts / rows[:, None]
    ahead, behind = (np.clip(values, 0.0, 1.0) for values in (1 - _mid(positives), _mid(negatives)))
    size = counts.shape[1]
    means = [
        Term(
            factor=1.0,
            above=np.pad(values, (label * size, (1 - label) * size)),
            below=np.pad(np.ones(size), (label * size, (1 - label) * size)),
        )
        for label, values in enumerate((ahead, behind))
    ]
    value = float(_mid(negatives) @ positives)
    both = float(ahead @ negatives + behind @ positives)
    twice = scale**2 / (rows[0] * rows[1]) * _ORDER_NORM * size
    return sum_of_ratios(cells, means, beta=beta, constant=value - both, independent=twice, lowest=0.0, highest=1.0)


def exact_area(table: ArrayLike) -> float:
    """Return the area of rows counted by label (0, 1) and score bin, shape (2, bins).

    Raises:
        UsageError: the counts have another shape, or a label has no rows.
    """
    negatives, positives = _shares(table)
    return float(_mid(negatives) @ positives)


def _last_term(table: Floats, ranking: Ranking, *, rows: Floats, scale: float) -> tuple[float, float]:
    """Return the estimate of the last term, and its standard deviation; both 0 if a label may have no rows."""
    if not (rows > 0).all():
        return 0.0, 0.0
    size = ranking.shares.shape[1]
    counts = table.reshape(2, size) / ranking.indicator
    # Differences add up to 0 by themselves: the noise of a label's size is spread over its bins.
    shares = (counts - ranking.shares * (counts.sum(axis=1) - rows)[:, None]) / rows[:, None]
    apart = shares - ranking.shares
    order = np.tril(np.ones((size, size)), -1).T + 0.5 * np.eye(size)
    ahead, behind = order @ apart[1], order.T @ apart[0]
    noise = scale / ranking.indicator / rows
    deviation = math.hypot(*(noise * [_spread(ahead, ranking.shares[0]), _spread(behind, ranking.shares[1])]))
    return float(apart[0] @ order @ apart[1]), deviation


def _spread(weights: Floats, shares: Floats) -> float:
    """Return the norm of weights once their mean over the shares is taken off."""
    centred_weights = weights - weights @ shares
    return math.sqrt(float(centred_weights @ centred_weights))


def _mid(shares: Floats) -> Floats:
    """Return the distribution function in the middle of each step."""
    return np.asarray(np.cumsum(shares) - shares / 2)


def _shares(table: ArrayLike) -> Floats:
    counts = np.asarray(table, dtype=np.float64)
    if counts.ndim != 2 or counts.shape[0] != 2:  # noqa: PLR2004 - two labels by bins
        raise UsageError(f"counts of shape {counts.shape} must be (2, bins)", hint="rows by label and score bin")
    if not (counts.sum(axis=1) > 0).all():
        raise UsageError("each label needs rows", hint="synthesize more rows")
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))
