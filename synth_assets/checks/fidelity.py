"""How far synthetic marginals are from the released ones, beyond noise and sampling.

A released table is y = c + noise, with c the counts of n private rows. The
synthetic table has S rows and counts s. If the synthetic distribution were that
of the private table, then the residual r = y - n s / S of a cell would have
mean zero and variance

    v = scale^2 + (n / S)^2 s (1 - s / S) S / (S - 1) + (s / S)^2 se(n)^2,

noise, sampling, and the error of n. So r^2 - v is an unbiased estimate of the
squared gap (n d)^2 of that cell, d = c / n - q, whatever the noise. With
positive weights w that add up to one, Cauchy and Schwarz give

    total variation = (1/2) sum |d| <= (1/2) sqrt(D), D = sum d^2 / w,

and ``sum (r^2 - v) / (n^2 w)`` estimates D without bias for given weights. The
weights are half the synthetic shares and half uniform: the bound is nearly
tight where gaps are in proportion to shares, and rare cells cannot dominate.

A plain distance minus its expectation under noise would not do: where the noise
is larger than the gaps, which is the usual case, it hardly sees them (it grows
with their square over the noise), while D does not depend on the noise.

The gate takes the mean of D over all tables, subtracts 2.33 standard errors
(one-sided, 1%) and turns it into a distance: large noise widens the error and
cannot fail a good table. A mean over hundreds of tables would hide one wrong
column, so each column's own table is held to the same limit, with a bound that
holds for all columns at once. The gate cannot see that a generator followed the noise: it
was fitted to the same numbers. :func:`noise_alone` says how much that can be.

References:
    The unbiased chi-squared statistic and its step to total variation are those
    of Acharya, Daskalakis and Kamath (2015), "Optimal Testing for Properties of
    Distributions", https://arxiv.org/abs/1507.05952, section 3 (there with
    Poisson sampling; here the noise of the release adds to the variance).
    The bound for all columns at once is Lemma 1 of Laurent and Massart (2000),
    "Adaptive estimation of a quadratic functional by model selection": weighted
    sums of squared normals have heavier tails than a normal variable.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth_assets.release import Level, NoisyMarginal, Release

__all__ = [
    "ONE_SIDED",
    "TableDistance",
    "compare",
    "distance_of",
    "mean_excess",
    "noise_alone",
    "table_distance",
    "worst_column",
]

ONE_SIDED = 2.33
"""Standard errors that are subtracted: 1% of a normal distribution lies above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDistance:
    """How far one synthetic marginal is from the released one.

    Attributes:
        attributes: the columns.
        level: fine or coarse codes.
        cells: number of cells.
        distance: half the L1 distance to the noisy table as it is, noise included: above 1 where noise is larger
            than the table.
        explained: what noise and sampling alone would make of it, on average.
        squared: estimate of D, which may be negative by chance.
        noise_error: standard error of ``squared`` from the release's noise.
        sampling_error: what sampling adds to it; shared between tables.
        largest_weight: what one standard deviation in the noisiest cell adds to ``squared``.
    """

    attributes: tuple[str, ...]
    level: Level
    cells: int
    distance: float
    explained: float
    squared: float
    noise_error: float
    sampling_error: float
    largest_weight: float

    @property
    def excess(self) -> float:
        """Estimated bound on the total variation beyond noise and sampling."""
        return _distance(self.squared)

    @property
    def at_least(self) -> float:
        """Estimate of the fewest rows that differ, as a share: noise adds at most its own distance (a triangle)."""
        return min(1.0, max(0.0, self.distance - self.explained))

    @property
    def sure_excess(self) -> float:
        """What of :attr:`excess` is there with 99% confidence."""
        return _distance(self.squared - ONE_SIDED * (self.noise_error + self.sampling_error))

    def sure_among(self, tables: int) -> float:
        """Return what of :attr:`excess` is there with 99% confidence in all of so many tables at once."""
        trust = math.log(100 * tables)
        deviation = math.sqrt(2 * trust) * (self.noise_error + self.sampling_error) + 2 * trust * self.largest_weight
        return _distance(self.squared - deviation)

    def as_json(self) -> dict[str, Any]:
        """Return the distance as plain JSON values."""
        return {
            "attributes": list(self.attributes),
            "level": self.level,
            "cells": self.cells,
            "distance": round(self.distance, 6),
            "explained_by_noise_and_sampling": round(self.explained, 6),
            "excess": round(self.excess, 6),
            "sure_excess": round(self.sure_excess, 6),
        }


def compare(release: Release, tables: Sequence[NDArray[np.int64]]) -> list[TableDistance]:
    """Compare synthetic counts with every released table.

    Args:
        release: the noisy tables.
        tables: synthetic counts of the same cells, int64, one array per released table.
    """
    rows, error = release.total(), release.total_standard_error()
    pairs = zip(release.marginals, tables, strict=True)
    return [table_distance(marginal, table, rows=rows, rows_error=error) for marginal, table in pairs]


def table_distance(
    marginal: NoisyMarginal, synthetic: NDArray[np.int64], *, rows: float, rows_error: float
) -> TableDistance:
    """Compare synthetic counts with one released table.

    Args:
        marginal: the noisy table.
        synthetic: synthetic counts, int64, same shape.
        rows: estimated number of private rows.
        rows_error: standard error of ``rows``.
    """
    private = max(rows, rows_error, 1.0)
    sampled = max(int(synthetic.sum()), 2)
    share = synthetic.ravel() / sampled
    noise = np.full(share.shape, marginal.scale**2)
    sampling = private**2 * share * (1 - share) / (sampled - 1) + (share * rows_error) ** 2
    return distance_of(
        marginal.attributes,
        marginal.level,
        residual=marginal.counts.ravel() - private * share,
        noise=noise,
        sampling=sampling,
        weight=private**2 * (0.5 * share + 0.5 / share.size),
        rows=private,
    )


def distance_of(  # noqa: PLR0913 - the parts of the formula at the top
    attributes: tuple[str, ...],
    level: Level,
    *,
    residual: NDArray[np.float64],
    noise: NDArray[np.float64],
    sampling: NDArray[np.float64],
    weight: NDArray[np.float64],
    rows: float = 1.0,
) -> TableDistance:
    """Return the distance that the residuals of a table come to, shape (cells,) each.

    Args:
        attributes: the columns.
        level: fine or coarse codes.
        residual: differences of counts in a table of ``rows`` rows, or of shares, of ``rows=1``.
        noise: what noise adds to their variance.
        sampling: what the sampling of rows adds to it.
        weight: ``rows^2 w`` of the formula.
        rows: what the shares were multiplied by.
    """
    gap = residual**2 - noise - sampling
    error, noise_error = (_error(part, gap, weight) for part in (noise + sampling, noise))
    return TableDistance(
        attributes=attributes,
        level=level,
        cells=residual.size,
        distance=float(0.5 * np.abs(residual).sum() / rows),
        explained=float(0.5 * _mean_size(noise + sampling).sum() / rows),
        squared=float((gap / weight).sum()),
        noise_error=noise_error,
        sampling_error=max(0.0, error - noise_error),
        largest_weight=float(((noise + sampling) / weight).max()),
    )


def mean_excess(distances: Sequence[TableDistance]) -> tuple[float, float]:
    """Return the excess distance over all tables: its estimate, and what is there with 99% confidence.

    Both are the half root of the mean of D, so at least the mean total variation
    (Jensen). Noise is independent from table to table; sampling is not, so its
    errors are added up as if they always went together.
    """
    squared = float(np.mean([table.squared for table in distances]))
    noise = math.sqrt(sum(table.noise_error**2 for table in distances)) / len(distances)
    sampling = float(np.mean([table.sampling_error for table in distances]))
    return _distance(squared), _distance(squared - ONE_SIDED * (noise + sampling))


def worst_column(distances: Sequence[TableDistance]) -> tuple[float, str]:
    """Return the largest sure excess of a single column's own table, for all columns at once, and the column's name."""
    columns = [table for table in distances if len(table.attributes) == 1]
    return max(((table.sure_among(len(columns)), table.attributes[0]) for table in columns), default=(0.0, ""))


def noise_alone(marginals: Iterable[NoisyMarginal], *, rows: float) -> float:
    """Return the mean total variation that the noise alone puts between the private tables and the released ones."""
    private = max(rows, 1.0)
    sizes = [0.5 * table.counts.size * _mean_size(table.scale**2) / private for table in marginals]
    return float(np.mean(sizes)) if sizes else 0.0


def _distance(squared: float) -> float:
    """Return the distance that D bounds."""
    return 0.5 * math.sqrt(max(0.0, squared))


def _error(variance: NDArray[np.float64], gap: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Return the standard error of a weighted sum of r^2; r is normal and ``gap`` estimates its squared mean."""
    chance = (2 * variance**2 / weight**2).sum()
    crossed = (4 * variance * gap / weight**2).sum()
    return float(np.sqrt(chance + max(0.0, crossed)))


def _mean_size(variance: Any) -> Any:
    """Return the mean absolute value of a normal variable."""
    return np.sqrt(2 * variance / math.pi)
