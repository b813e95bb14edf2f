"""What a fit aims at: the release's tables as dense blocks of probabilities and precisions.

One-way, two-way and three-way tables are brought to the coarse codes. Pairs
lie in one symmetric (cells x cells) matrix, so that a single matrix product
predicts all of them. A triple (a, b, c) is a pair too, of b and the *product
column* a x c, whose cells lie in a second, rectangular block. Tables that were
measured more than once are combined by precision.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth_assets.errors import UsageError
from synth_assets.generator.layout import Floats, Layout
from synth_assets.release import NoisyMarginal, Release

__all__ = ["FitTargets", "Products", "fit_targets", "group_counts"]

MOST_ATTRIBUTES = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Products:
    """Cells that are products of two cells: (a, c) of all triples.

    Attributes:
        left: cell of a, shape (products,).
        right: cell of c, shape (products,).
        first: where each (column of a, column of c) begins.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    first: dict[tuple[int, int], int]

    @property
    def count(self) -> int:
        """Number of product cells."""
        return int(self.left.size)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FitTargets:
    """Noisy probabilities and their precisions, ``1 / variance``; precision 0 where nothing was measured.

    Attributes:
        layout: the cells.
        total: noisy number of rows, at least 1.
        ones: one-way probabilities, shape (cells,).
        ones_precision: shape (cells,).
        pairs: shape (cells, cells), symmetric.
        pairs_precision: shape (cells, cells), symmetric.
        products: what the rows of ``triples`` are.
        triples: shape (products, cells).
        triples_precision: shape (products, cells).
    """

    layout: Layout
    total: float
    ones: Floats
    ones_precision: Floats
    pairs: NDArray[np.float32]
    pairs_precision: NDArray[np.float32]
    products: Products
    triples: NDArray[np.float32]
    triples_precision: NDArray[np.float32]

    @property
    def measured(self) -> int:
        """Number of measured cells of pairs and triples."""
        return int(np.count_nonzero(self.pairs_precision)) // 2 + int(np.count_nonzero(self.triples_precision))


def fit_targets(release: Release) -> FitTargets:
    """Lay the tables of ``release`` out for fitting.

    Raises:
        UsageError: when a table has more than three attributes.
    """
    layout = Layout.of(release.domain, release.grids)
    total = max(1.0, release.total())
    products = _products(release.marginals, layout)
    shapes = {1: (layout.cells,), 2: (layout.cells, layout.cells), 3: (products.count, layout.cells)}
    sums = {size: (np.zeros(shape, np.float32), np.zeros(shape, np.float32)) for size, shape in shapes.items()}
    for marginal in release.marginals:
        _add(sums, marginal, layout, products, total)
    means = {
        size: np.divide(weighted, precision, out=weighted, where=precision > 0)
        for size, (weighted, precision) in sums.items()
    }
    return FitTargets(
        layout=layout,
        total=total,
        ones=means[1].astype(np.float64),
        ones_precision=sums[1][1].astype(np.float64),
        pairs=means[2],
        pairs_precision=sums[2][1],
        products=products,
        triples=means[3],
        triples_precision=sums[3][1],
    )


def group_counts(marginal: NoisyMarginal, layout: Layout) -> tuple[Floats, Floats]:
    """Return a table's counts at coarse codes and how many noisy cells each is the sum of."""
    counts = marginal.counts.astype(np.float64)
    cells = np.ones_like(counts)
    if marginal.level == "coarse":
        return counts, cells
    for axis, name in enumerate(marginal.attributes):
        grid = layout.grids[layout.domain.index(name)]
        member = (grid == np.arange(int(grid.max()) + 1)[:, None]).astype(np.float64)
        counts = np.moveaxis(np.tensordot(member, counts, axes=(1, axis)), 0, axis)
        cells = np.moveaxis(np.tensordot(member, cells, axes=(1, axis)), 0, axis)
    return counts, cells


def _products(marginals: Iterable[NoisyMarginal], layout: Layout) -> Products:
    first: dict[tuple[int, int], int] = {}
    left, right, count = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], 0
    for marginal in marginals:
        if len(marginal.attributes) != MOST_ATTRIBUTES:
            continue
        a, _, c = (layout.domain.index(name) for name in marginal.attributes)
        if (a, c) in first:
            continue
        first[a, c] = count
        inner, outer = layout.sizes[a], layout.sizes[c]
        left.append(np.repeat(layout.offsets[a] + np.arange(inner), outer))
        right.append(np.tile(layout.offsets[c] + np.arange(outer), inner))
        count += int(inner * outer)
    return Products(left=np.concatenate(left), right=np.concatenate(right), first=first)


def _add(
    sums: dict[int, tuple[NDArray[np.float32], NDArray[np.float32]]],
    marginal: NoisyMarginal,
    layout: Layout,
    products: Products,
    total: float,
) -> None:
    """Add one table to the precision-weighted sums."""
    size = len(marginal.attributes)
    if size > MOST_ATTRIBUTES:
        raise UsageError(
            f"a mixture cannot be fitted to a table of {size} attributes", hint="measure pairs and triples"
        )
    counts, cells = group_counts(marginal, layout)
    precision = total**2 / (cells * marginal.scale**2)
    weighted = precision * counts / total
    slices = [layout.slice(name) for name in marginal.attributes]
    for target, values in zip(sums[size], (weighted, precision), strict=True):
        if size == 1:
            target[slices[0]] += values
        elif size == 2:  # noqa: PLR2004 - pairs
            target[slices[0], slices[1]] += values
            target[slices[1], slices[0]] += values.T
        else:
            a, _, c = (layout.domain.index(name) for name in marginal.attributes)
            start = products.first[a, c]
            block = values.transpose(0, 2, 1).reshape(-1, values.shape[1])
            target[start : start + block.shape[0], slices[1]] += block
