r"""How far synthetic tables are from real ones: total variation, Wasserstein, Jensen-Shannon, correlation.

Total variation comes from a workload: exact sums of L1 distances with noise on the sum, so that it
does not add up over cells. Its excess is over what two samples of one distribution would show.

The others come from a noisy table of one or two columns. A Wasserstein distance is a sum of sizes of
forms (:func:`~synth_assets.evaluation.estimate.bounds.absolute_sum`), a divergence is
convex in each share, and a correlation is made of five means.

References:
    Vallender (1974), "Calculation of the Wasserstein Distance between Probability
    Distributions on the Line" (the distance is the area between distribution functions).
    Lin (1991), "Divergence Measures Based on the Shannon Entropy", section IV.
    Held, Wolfe and Crowder (1974), "Validation of subgradient optimization" (projection onto the simplex).
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from synth_assets.errors import UsageError
from synth_assets.evaluation.estimate.bounds import absolute_sum, clipped, ratio, shifted, vacuous
from synth_assets.evaluation.estimate.reach import Floats, NoisyCells, reach
from synth_assets.evaluation.estimate.usefulness import without_noise
from synth_assets.evaluation.figure import Figure

__all__ = [
    "correlation_difference",
    "excess",
    "expected_by_sampling",
    "jensen_shannon",
    "mean_total_variation",
    "wasserstein",
]

_FOR_ROWS = 0.1
"""Part of ``beta`` that goes to the number of rows where it is noisy."""
_MOMENTS = 5


def mean_total_variation(  # noqa: PLR0913 - one number and what is known of it, by keyword
    distance: float,
    *,
    tables: int,
    rows: float,
    scale: float,
    beta: float,
    rows_deviation: float = 0.0,
    rounding: float = 0.0,
) -> Figure:
    """Bound the mean total variation between exact tables of real rows and public shares.

    What was summed is ``|x - c|`` over the cells of all tables, ``x`` exact counts and ``c`` public shares times
    ``rows``, rounded to integers. With n real rows, the sum is off from that of ``|x - n share|`` by at most
    ``tables |rows - n| + rounding``, and the mean total variation is ``sum / (2 tables n)``.

    Args:
        distance: the noisy sum.
        tables: number of tables in it.
        rows: the number by which shares were multiplied, exact or noisy.
        scale: parameter of the sum's noise.
        beta: chance of each bound to fail.
        rows_deviation: standard deviation of ``rows``; 0 if the number of rows is public.
        rounding: sum of ``|c - rows share|`` over all cells.
    """
    main = beta if rows_deviation == 0 else (1 - _FOR_ROWS) * beta
    off = rows_deviation * math.sqrt(-2 * math.log(_FOR_ROWS * beta / 2)) if rows_deviation else 0.0
    if rows - off <= 0:
        return vacuous(beta=beta, lowest=0.0, highest=1.0)
    away = reach(np.ones(1), scale=np.array([scale]), beta=main) + tables * off + rounding
    least, most = 2 * tables * (rows - off), 2 * tables * (rows + off)
    value = distance / (2 * tables * rows)
    return clipped(
        value,
        low=(distance - away) / most,
        high=(distance + away) / least,
        beta=beta,
        deviation=math.hypot(scale / (2 * tables), rows_deviation * (value + 0.5)) / rows,
        lowest=0.0,
        highest=1.0,
    )


def expected_by_sampling(tables: Sequence[ArrayLike], *, samples: Sequence[float]) -> float:
    """Return the mean total variation that sampling alone makes.

    Between a distribution and a sample of n rows it is about ``1/2 sum sqrt(2 p (1 - p) / (pi n))`` (the mean size of
    a normal variable); between two samples, ``1 / n`` is the sum of both. A cell with hardly any row has less: its
    part is at most ``p (1 - p)`` per sample, and so is ours.

    Args:
        tables: synthetic counts or shares.
        samples: sizes of the samples: the synthetic rows, and the real ones where they stand for others.
    """
    if not tables or not samples:
        return 0.0
    shares = [_shares(table) for table in tables]
    return float(np.mean([_sampling(share, samples) for share in shares]))


def excess(figure: Figure, *, expected: float) -> Figure:
    """Return the figure without what sampling alone makes of it.

    The chance of the samples is taken at its mean: the bounds cover the noise alone, as they always do.
    """
    return shifted(figure, -expected, lowest=0.0, highest=1.0)


def wasserstein(counts: ArrayLike, synthetic: ArrayLike, *, positions: ArrayLike, scale: float, beta: float) -> Figure:
    """Bound the Wasserstein-1 distance of one column, as a share of the range of its positions.

    The upper bound leaves in what noise adds to the area between the distribution functions; the value does not.

    Args:
        counts: noisy rows per bin, shape (bins,).
        synthetic: synthetic rows per bin, shape (bins,).
        positions: ascending position of each bin, such as its middle.
        scale: parameter of each cell's noise.
        beta: chance of each bound to fail.

    Raises:
        UsageError: the shapes differ, or positions do not ascend.
    """
    cells, shares, places = NoisyCells.of(counts, scale=scale), _shares(synthetic), np.ravel(positions)
    steps = np.diff(places.astype(np.float64))
    if not cells.values.size == shares.size == places.size or steps.size == 0 or not (steps > 0).all():
        raise UsageError("a histogram needs ascending positions, one per bin", hint="two bins or more")
    before = np.tril(np.ones((shares.size, shares.size)))[:-1]
    forms = (before - np.cumsum(shares)[:-1, None]) * (steps / steps.sum())[:, None]
    total = float(cells.values.sum())
    spread = scale * np.sqrt((forms**2).sum(axis=1))
    value = without_noise(forms @ cells.values, spread) / total if total > 0 else 0.5
    return absolute_sum(cells, forms=forms, below=np.ones(shares.size), beta=beta, value=value)


def jensen_shannon(counts: ArrayLike, synthetic: ArrayLike, *, scale: float, beta: float) -> Figure:
    """Bound the Jensen-Shannon divergence (base 2, so between 0 and 1) of one column or table.

    It is a sum over cells of a convex function of the real share that is 0 where it equals the synthetic one. All
    shares are bounded at once, and each cell takes its smallest and its largest value inside. The value is that of
    the noisy shares projected onto the simplex, and errs upwards.

    Args:
        counts: noisy rows per cell.
        synthetic: synthetic rows per cell, same shape.
        scale: parameter of each cell's noise.
        beta: chance of each bound to fail.
    """
    cells, shares = NoisyCells.of(counts, scale=scale), _shares(synthetic)
    size = shares.size
    everyone, total = np.ones(size), float(cells.values.sum())
    each = beta / (2 * size)
    if total <= reach(everyone, scale=cells.scale, beta=each):
        return vacuous(beta=beta, lowest=0.0, highest=1.0)
    figures = [ratio(cells, above=cell, below=everyone, beta=each) for cell in np.eye(size)]
    low = np.array([figure.low for figure in figures])
    high = np.array([figure.high for figure in figures])
    projected = _projected(cells.values / total)
    slope = _slope(projected, shares)
    slope = slope - float(slope @ projected)
    return clipped(
        float(_divergence(projected, shares).sum()),
        low=float(_divergence(np.clip(shares, low, high), shares).sum()),
        high=float(np.maximum(_divergence(low, shares), _divergence(high, shares)).sum()),
        beta=beta,
        deviation=scale * math.sqrt(float(slope @ slope)) / total,
        lowest=0.0,
        highest=1.0,
    )


def correlation_difference(  # noqa: PLR0913 - two tables and their positions, by keyword
    counts: ArrayLike,
    synthetic: ArrayLike,
    *,
    across: ArrayLike,
    down: ArrayLike,
    scale: float,
    beta: float,
) -> Figure:
    """Bound the size of the difference between real and synthetic Pearson correlation of two columns.

    It is at most 1 plus the size of the synthetic one.

    Args:
        counts: noisy rows per pair of bins, shape (bins of one, bins of the other).
        synthetic: synthetic rows, same shape.
        down: position of each bin of the first column.
        across: position of each bin of the second column.
        scale: parameter of each cell's noise.
        beta: chance of each bound to fail.
    """
    shares = _shares(synthetic)
    first, second = np.meshgrid(np.asarray(down, dtype=np.float64), np.asarray(across, dtype=np.float64), indexing="ij")
    one, other = _standard(first.ravel(), shares), _standard(second.ravel(), shares)
    of_synthetic = float(shares @ (one * other))
    cells = NoisyCells.of(counts, scale=scale)
    real = _correlation(cells, one, other, beta=beta)
    least = max(0.0, real.low - of_synthetic, of_synthetic - real.high)
    most = max(real.high - of_synthetic, of_synthetic - real.low)
    value = abs(real.value - of_synthetic)
    return clipped(
        value, low=least, high=most, beta=beta, deviation=real.deviation, lowest=0.0, highest=1 + abs(of_synthetic)
    )


def _correlation(cells: NoisyCells, one: Floats, other: Floats, *, beta: float) -> Figure:
    """Bound a correlation by its five means, all ten bounds at once: each of ``low`` and ``high`` may use them all."""
    everyone = np.ones(one.size)
    each, total = beta / (2 * _MOMENTS), float(cells.values.sum())
    if total <= reach(everyone, scale=cells.scale, beta=each):
        return vacuous(beta=beta, lowest=-1.0, highest=1.0)
    numbers = (one, other, one * one, other * other, one * other)
    means = [
        ratio(cells, above=form, below=everyone, beta=each, lowest=float(form.min()), highest=float(form.max()))
        for form in numbers
    ]
    left, right, left_square, right_square, both = means
    corners = [end * far for end in (left.low, left.high) for far in (right.low, right.high)]
    lows = [_variance(left, left_square)[0], _variance(right, right_square)[0]]
    highs = [_variance(left, left_square)[1], _variance(right, right_square)[1]]
    if min(lows) <= 0:
        return vacuous(beta=beta, lowest=-1.0, highest=1.0)
    covariance = both.low - max(corners), both.high - min(corners)
    small, large = math.sqrt(lows[0] * lows[1]), math.sqrt(highs[0] * highs[1])
    values = np.array([form @ cells.values for form in numbers]) / total
    variances = values[2] - values[0] ** 2, values[3] - values[1] ** 2
    scales = math.sqrt(max(variances[0], lows[0])), math.sqrt(max(variances[1], lows[1]))
    value = (values[4] - values[0] * values[1]) / (scales[0] * scales[1])
    u, v = (one - values[0]) / scales[0], (other - values[1]) / scales[1]
    influence = (u * v - value * (u * u + v * v) / 2) * cells.scale
    return clipped(
        float(value),
        low=covariance[0] / (small if covariance[0] < 0 else large),
        high=covariance[1] / (large if covariance[1] < 0 else small),
        beta=beta,
        deviation=math.sqrt(float(influence @ influence)) / total,
        lowest=-1.0,
        highest=1.0,
    )


def _variance(mean: Figure, square: Figure) -> tuple[float, float]:
    ends = mean.low**2, mean.high**2
    least = 0.0 if mean.low <= 0 <= mean.high else min(ends)
    return square.low - max(ends), square.high - least


def _standard(numbers: Floats, shares: Floats) -> Floats:
    middle = shares @ numbers
    spread = math.sqrt(float(shares @ (numbers - middle) ** 2))
    if spread == 0:
        raise UsageError("a synthetic column with one value has no correlation", hint="leave this pair out")
    return np.asarray((numbers - middle) / spread)


def _sampling(shares: Floats, samples: Sequence[float]) -> float:
    variance = shares * (1 - shares)
    normal = np.sqrt(2 * variance / math.pi * sum(1 / size for size in samples))
    return float(np.minimum(normal / 2, len(samples) * variance).sum())


def _shares(table: ArrayLike) -> Floats:
    counts = np.asarray(table, dtype=np.float64).ravel()
    total = float(counts.sum())
    if not total > 0 or (counts < 0).any():
        raise UsageError("a synthetic table must hold rows", hint="synthesize rows first")
    return counts / total


def _projected(shares: Floats) -> Floats:
    """Return the nearest shares that are at least 0 and add up to 1."""
    falling = np.sort(shares)[::-1]
    above = (np.cumsum(falling) - 1) / np.arange(1, shares.size + 1)
    return np.asarray(np.maximum(shares - above[falling > above][-1], 0.0))


def _divergence(real: Floats, synthetic: Floats) -> Floats:
    """Return each cell's part of the divergence, at least 0 on the simplex and convex in ``real``."""
    middle = (real + synthetic) / 2
    tiny = np.finfo(np.float64).tiny
    terms = (side * np.log2(np.maximum(side, tiny) / np.maximum(middle, tiny)) / 2 for side in (real, synthetic))
    return np.asarray(sum(terms))


def _slope(real: Floats, synthetic: Floats) -> Floats:
    return np.asarray(np.log2(np.maximum(real, 1e-12) / np.maximum((real + synthetic) / 2, 1e-12)) / 2)
