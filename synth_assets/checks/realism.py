"""What can be told of rows that look made up, by the release alone: no private row is looked at.

Three figures, each as a share of the rows that is *surely* too much, with 99%
confidence for everything that it is the largest of:

*Impossible pairs.* A cell whose noisy count y is not clearly positive is taken for
empty with a weight w(y) that falls from 1 to 0 around one scale of the noise. Choosing
cells by y favours those that noise made small, so a plain sum would find synthetic rows
too many even where all is well. Stein's identity removes that: with m the rows that the
synthetic share makes of the cell, and c its exact count,

    E[w(y) (m - y) + scale^2 w'(y)] = E[w(y)] (m - c)

for normal noise. Its sum over the cells of a pair is the synthetic rows in empty cells
that the release knows nothing of. *Impossible values* are the same of single columns whose codes are
single values, such as codes that nobody has.

*Masses.* The share of each special value, zero among them, against the released share.

A generator was fitted to these numbers, so it is nearer to them than chance would have
it; that makes none of the figures larger.

References:
    Stein (1981), "Estimation of the Mean of a Multivariate Normal Distribution", Lemma 1.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from statistics import NormalDist
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.contract import DatasetContract
from synth_assets.domain import Column
from synth_assets.domain.kinds.grid import Grid
from synth_assets.release import NoisyMarginal, Release

__all__ = [
    "DigitCounter",
    "Mass",
    "PairExcess",
    "Tables",
    "confident",
    "impossible_pairs",
    "impossible_values",
    "masses",
    "own_tables",
]

Floats = NDArray[np.float64]
Tables = Sequence[NDArray[np.int64]]

CHANCE = 0.01
"""That noise and sampling alone make any one of the figures of a kind larger than nothing."""
EMPTY = 1.0
"""Scales of the noise at which a count is as likely taken for empty as not."""
_STEEP = 1.7
"""Of the logistic curve, which is then nearly that of normal noise."""
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(40)
_MEANS = np.linspace(0, 20, 401)
"""Exact counts, in scales of the noise, at which the variance of a cell is tabulated; it is 0 further out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairExcess:
    """Synthetic rows of a pair of columns in cells that the release says are empty, beyond those that it counts there.

    Attributes:
        attributes: the columns.
        share: estimate, as a share of all rows; below 0 by chance.
        sure: what of it is there with 99% confidence for all pairs at once.
    """

    attributes: tuple[str, ...]
    share: float
    sure: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mass:
    """One single value of a column, special or listed in a release.

    Attributes:
        column: its name.
        value: the value.
        share: of the synthetic rows.
        released: of the released ones; below 0 by chance.
        sure: what of the gap is there with 99% confidence for all of its sort at once.
    """

    column: str
    value: float
    share: float
    released: float
    sure: float


class DigitCounter:
    """Implements ``Tally``: values that are not multiples of the step that the contract declares."""

    def __init__(self, contract: DatasetContract) -> None:
        columns = [contract.open_column(name) for name in contract.columns if name not in contract.discovered_columns]
        self._columns = [column for column in columns if column.step]
        self._off = Counter[str]({column.name: 0 for column in self._columns})
        self._open = [column.name for column in columns if column.numeric and not (column.kind_of.whole or column.step)]

    def add(self, batch: pa.Table) -> None:
        """Count some rows."""
        for column in self._columns:
            numbers = batch[column.name].drop_null().to_numpy().astype(np.float64)
            on_grid = Grid.of(column.step).holds(numbers) | np.isin(numbers, column.specials)
            self._off[column.name] += int(numbers.size - np.count_nonzero(on_grid))

    def counted(self) -> Mapping[str, int]:
        """Return values off the grid of each column."""
        return dict(self._off)

    def merge(self, counted: Mapping[str, int]) -> None:
        """Count other rows too."""
        self._off.update(counted)

    def figures(self) -> Mapping[str, Any]:
        """Return values ``off`` the grid of each column that declares one, and the reals that are ``undeclared``."""
        return {"off": dict(self._off), "undeclared": list(self._open)}


def impossible_pairs(release: Release, tables: Tables) -> list[PairExcess]:
    """Return what each released pair has in cells that are empty, by the formula at the top.

    Args:
        release: the noisy tables.
        tables: synthetic counts of the same cells, in the release's order.
    """
    listed = list(zip(release.marginals, tables, strict=True))
    # A pair that was counted again is looked at once, by all tables that have it.
    pairs = {frozenset(one.attributes): (one, table) for one, table in listed if len(one.attributes) == 2}  # noqa: PLR2004
    holding: dict[frozenset[str], list[NoisyMarginal]] = {}
    for one, _ in listed:
        for part in map(frozenset, combinations(one.attributes, 2)):
            holding.setdefault(part, []).append(one)
    quantile = confident(len(pairs))
    rows, error = max(release.total(), 1.0), release.total_standard_error()
    return [
        _pair(replace(release, answers=tuple(holding[pair])), one, table, rows=rows, error=error, quantile=quantile)
        for pair, (one, table) in pairs.items()
    ]


def impossible_values(release: Release, tables: Tables) -> list[PairExcess]:
    """Return the same of each column whose codes are single values.

    Args:
        release: the noisy tables.
        tables: synthetic counts of the same cells, in the release's order.
    """
    own = own_tables(release, tables)
    names = [column.name for column in release.domain.columns if column.exact and column.name in own]
    singles = {one.attributes[0]: one for one in release.marginals if len(one.attributes) == 1 and one.level == "fine"}
    rows, error, quantile = max(release.total(), 1.0), release.total_standard_error(), confident(len(names))
    return [_pair(release, singles[name], own[name], rows=rows, error=error, quantile=quantile) for name in names]


def masses(release: Release, tables: Tables) -> list[Mass]:
    """Return the special values of all columns."""
    own = own_tables(release, tables)
    special = [column for column in release.domain.columns if column.specials]
    quantile = confident(2 * sum(len(column.specials) for column in special))
    return [mass for column in special for mass in _masses(release, column, own[column.name], quantile=quantile)]


def confident(tests: int) -> float:
    """Return the standard errors that none of so many figures exceeds by chance, but once in a hundred."""
    return NormalDist().inv_cdf(1 - CHANCE / max(tests, 1))


def own_tables(release: Release, tables: Tables) -> dict[str, NDArray[np.int64]]:
    """Return the synthetic counts of each column's own table, by its fine codes."""
    pairs = zip(release.marginals, tables, strict=True)
    return {m.attributes[0]: table for m, table in pairs if len(m.attributes) == 1 and m.level == "fine"}


def _pair(  # noqa: PLR0913 - what all pairs share, by keyword
    release: Release, marginal: NoisyMarginal, table: NDArray[np.int64], *, rows: float, error: float, quantile: float
) -> PairExcess:
    """Look at a pair by the tables of ``release``, which all have it."""
    sampled = max(int(table.sum()), 1)
    counts, variance = release.project(marginal.attributes, level=marginal.level)
    share, scale = table / sampled, np.sqrt(variance)
    weight = _weight(counts / scale)
    excess = float((weight * (rows * share - counts) - _STEEP * scale * weight * (1 - weight)).sum())
    noise = float((variance * np.interp(rows * share / scale, _MEANS, _VARIANCES, right=0.0)).sum())
    counted = float((weight * share).sum())
    sampling = rows**2 * (float((weight**2 * share).sum()) - counted**2) / sampled + (counted * error) ** 2
    sure = max(0.0, excess - quantile * float(np.sqrt(noise + sampling)))
    return PairExcess(attributes=marginal.attributes, share=excess / rows, sure=sure / rows)


def _weight(counts: Floats) -> Floats:
    """Return how far counts, in scales of the noise, are taken for empty."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * _STEEP * (EMPTY - counts))))


def _variances() -> Floats:
    """Return the variance of the formula's term at each of ``_MEANS`` where the synthetic share is right."""
    weight = _weight(_MEANS[:, None] + _NODES)
    terms = -weight * _NODES - _STEEP * weight * (1 - weight)
    return np.asarray(terms**2 @ _WEIGHTS / _WEIGHTS.sum())


_VARIANCES = _variances()


def _masses(release: Release, column: Column, table: NDArray[np.int64], *, quantile: float) -> Iterator[Mass]:
    rows, error, sampled = max(release.total(), 1.0), release.total_standard_error(), max(int(table.sum()), 1)
    counts, variance = release.project((column.name,))
    for offset, value in enumerate(column.specials):
        code = column.regular + offset
        share, released = table[code] / sampled, counts[code] / rows
        chance = np.sqrt(variance[code] / rows**2 + share * (1 - share) / sampled + (share * error / rows) ** 2)
        sure = max(0.0, abs(share - released) - quantile * chance)
        yield Mass(
            column=column.name, value=float(value), share=float(share), released=float(released), sure=float(sure)
        )
