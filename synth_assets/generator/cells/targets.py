"""The targets of a fit: the release's tables as dense blocks of probabilities and precisions.

One-way, two-way and three-way tables are aggregated to the coarse codes. Pairs
are in one symmetric (cells x cells) matrix, so that a single matrix product
predicts all of them. Triples with the *pivot*, the contract's target, are such a
matrix of pairs for each of its codes. Other triples are kept one by one. Tables
that were measured more than once are combined by precision.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np
from numpy.typing import NDArray

from synth_assets.errors import UsageError
from synth_assets.generator.cells.layout import Floats, Layout
from synth_assets.release import NoisyMarginal, Release

__all__ = ["FitTargets", "LooseTriple", "fit_targets", "group_counts", "lay_out"]

PAIR = 2
_ALIKE = 0.01
CLEAR = 2.0
"""Standard errors of the chi-square of noise alone above which what a pair has beyond independence is not shrunk."""
INDEPENDENCE_WEIGHT = 1.0
"""Weight of the independence prior for unmeasured pairs in a fit, relative to a typical measured pair."""
SKETCHED_INDEPENDENCE_WEIGHT = 0.1
"""The same while pairs are chosen. Measurements under way depend on it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LooseTriple:
    """A triple without the pivot.

    Attributes:
        places: the cells of its columns.
        table: noisy probabilities, one axis per column.
        precision: of each cell, in the same shape.
    """

    places: tuple[slice, slice, slice]
    table: NDArray[np.float32]
    precision: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FitTargets:
    """Noisy probabilities and their precisions, ``1 / variance``; precision 0 if nothing was measured.

    Attributes:
        layout: the cells.
        total: noisy number of rows, at least 1.
        one_way: one-way probabilities, shape (cells,).
        one_way_precision: shape (cells,).
        pairs: shape (cells, cells), symmetric.
        pairs_precision: shape (cells, cells), symmetric.
        pivot: cells of the target; empty without triples that it is in.
        triples: those with the pivot, shape (codes of the pivot, cells, cells), symmetric in the last two axes.
        triples_precision: shape (codes of the pivot, cells, cells).
        loose: the other triples, each once.
        measured: number of measured cells of pairs and triples.
    """

    layout: Layout
    total: float
    one_way: Floats
    one_way_precision: Floats
    pairs: NDArray[np.float32]
    pairs_precision: NDArray[np.float32]
    pivot: slice
    triples: NDArray[np.float32]
    triples_precision: NDArray[np.float32]
    loose: tuple[LooseTriple, ...]
    measured: int


def fit_targets(release: Release) -> FitTargets:
    """Arrange the tables of ``release`` for fitting; what noise explains of a pair is shrunk towards independence.

    Raises:
        UsageError: a table has more than three attributes.
    """
    layout = Layout.of(release.domain, release.grids)
    targets = lay_out(
        release.marginals,
        layout=layout,
        total=max(1.0, release.total()),
        target=release.target,
        independence=INDEPENDENCE_WEIGHT,
    )
    _shrink_interactions(targets, release.domain.names)
    return targets


def _shrink_interactions(targets: FitTargets, names: Sequence[str]) -> None:
    """Shrink pairs' deviations from independent columns, in place, where noise may be all of most of them.

    A pair keeps its margins. The rest of its deviation, of (a - 1)(b - 1) degrees of freedom, stays as it is
    if its chi-square is clearly above that of noise alone, and is shrunk if it is not. Where most pairs are
    clear, the fit weighs the others well enough by itself.

    References:
        James and Stein (1961), "Estimation with Quadratic Loss", Proc. Fourth Berkeley Symposium 1, Section 2; its
        positive part.
    """
    places = list(combinations([targets.layout.slice(name) for name in names], 2))
    pairs = [(a, b, *_deviation(targets, a, b)) for a, b in places if _is_counted_alike(targets, a, b)]
    unclear = [pair for pair in pairs if pair[3] <= pair[4] + CLEAR * math.sqrt(2 * pair[4])]
    if len(unclear) <= len(pairs) / 2:
        return
    for a, b, rest, size, freedom in unclear:
        targets.pairs[a, b] -= min(1.0, freedom / size) * rest
        targets.pairs[b, a] = targets.pairs[a, b].T


def _is_counted_alike(targets: FitTargets, a: slice, b: slice) -> bool:
    """Return whether a pair was measured, all cells with the same noise, and has more than margins."""
    precision = targets.pairs_precision[a, b]
    alike = precision.min() > 0 and np.ptp(precision) <= _ALIKE * precision.max()
    return min(precision.shape) > 1 and bool(alike)


def _deviation(targets: FitTargets, a: slice, b: slice) -> tuple[NDArray[np.float32], float, int]:
    """Return what a pair has beyond its margins, of shape (a, b), with its chi-square and degrees of freedom."""
    one_way = np.clip(targets.one_way, 0, None)
    rest = targets.pairs[a, b] - np.outer(one_way[a], one_way[b]).astype(np.float32)
    rest = rest - rest.mean(axis=0) - rest.mean(axis=1, keepdims=True) + rest.mean()
    size = float((rest**2 * targets.pairs_precision[a, b]).sum())
    return rest, max(size, 1e-12), (rest.shape[0] - 1) * (rest.shape[1] - 1)


def lay_out(
    marginals: Sequence[NoisyMarginal],
    *,
    layout: Layout,
    total: float,
    target: str | None = None,
    independence: float = SKETCHED_INDEPENDENCE_WEIGHT,
) -> FitTargets:
    """Do what :func:`fit_targets` does, for tables that are not a release yet.

    Args:
        marginals: noisy tables of up to three attributes.
        layout: the cells.
        total: noisy number of rows, at least 1.
        target: the pivot of the triples that it is in.
        independence: weight of the prior for unmeasured pairs, relative to a typical measured pair.
    """
    cliques = [marginal.attributes for marginal in marginals]
    if any(len(clique) > PAIR + 1 for clique in cliques):
        raise UsageError("a mixture is fitted to tables of up to three columns", hint="leave out the larger ones")
    pivot = target if any(len(clique) > PAIR and target in clique for clique in cliques) else None
    cells = layout.slice(pivot) if pivot is not None else slice(0, 0)
    square = (layout.cells, layout.cells)
    shapes = {1: square[:1], PAIR: square, PAIR + 1: (cells.stop - cells.start, *square)}
    sums = {size: (np.zeros(shape, np.float32), np.zeros(shape, np.float32)) for size, shape in shapes.items()}
    for marginal in marginals:
        if not _is_loose(marginal, pivot):
            _add(sums[len(marginal.attributes)], marginal, layout, pivot, total)
    means = {
        size: np.divide(weighted, precision, out=weighted, where=precision > 0)
        for size, (weighted, precision) in sums.items()
    }
    pairs_precision, triples_precision = sums[PAIR][1], sums[PAIR + 1][1]
    loose = _loose_triples([marginal for marginal in marginals if _is_loose(marginal, pivot)], layout, total)
    measured = int(np.count_nonzero(pairs_precision) + np.count_nonzero(triples_precision)) // 2
    targets = FitTargets(
        layout=layout,
        total=total,
        one_way=means[1].astype(np.float64),
        one_way_precision=sums[1][1].astype(np.float64),
        pairs=means[PAIR],
        pairs_precision=pairs_precision,
        pivot=cells,
        triples=means[PAIR + 1],
        triples_precision=triples_precision,
        loose=loose,
        measured=measured + sum(triple.table.size for triple in loose),
    )
    _add_independence_prior(targets, independence)
    return targets


def _add_independence_prior(targets: FitTargets, relative: float) -> None:
    """Give pairs of columns that were not measured together a prior of independence.

    The prior is the product of the one-way tables; codes without such a table have no prior.
    """
    columns, precision = targets.layout.column_of_cell, targets.pairs_precision
    in_triples = targets.triples_precision.sum(axis=0) > 0
    in_triples[targets.pivot] = in_triples.any(axis=0)
    for triple in targets.loose:
        for first, second in permutations(triple.places, 2):
            in_triples[first, second] = True
    measured = (precision > 0) | in_triples | in_triples.T | (columns[:, None] == columns)
    known = targets.one_way_precision > 0
    measured |= ~np.outer(known, known)
    if measured.all() or not (precision > 0).any():
        return
    one_way = np.clip(targets.one_way, 0, None)
    weight = relative * np.median(precision[precision > 0])
    targets.pairs[~measured], precision[~measured] = np.outer(one_way, one_way)[~measured], weight


def group_counts(marginal: NoisyMarginal, layout: Layout) -> tuple[Floats, Floats]:
    """Return a table's counts at coarse codes, and of how many noisy cells each is the sum."""
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


def _is_loose(marginal: NoisyMarginal, pivot: str | None) -> bool:
    return len(marginal.attributes) > PAIR and pivot not in marginal.attributes


def _loose_triples(marginals: Sequence[NoisyMarginal], layout: Layout, total: float) -> tuple[LooseTriple, ...]:
    """Return a triple per three columns; tables of the same columns are combined by precision."""
    sums: dict[tuple[str, ...], tuple[Floats, Floats]] = {}
    for marginal in marginals:
        names = tuple(sorted(marginal.attributes, key=layout.domain.index))
        axes = [marginal.attributes.index(name) for name in names]
        counts, cells = (table.transpose(axes) for table in group_counts(marginal, layout))
        precision = total**2 / (cells * marginal.scale**2)
        before = sums.get(names, (np.zeros_like(counts), np.zeros_like(counts)))
        sums[names] = before[0] + precision * counts / total, before[1] + precision
    return tuple(
        LooseTriple(
            places=(layout.slice(names[0]), layout.slice(names[1]), layout.slice(names[2])),
            table=(weighted / precision).astype(np.float32),
            precision=precision.astype(np.float32),
        )
        for names, (weighted, precision) in sums.items()
    )


def _add(
    sums: tuple[NDArray[np.float32], NDArray[np.float32]],
    marginal: NoisyMarginal,
    layout: Layout,
    pivot: str | None,
    total: float,
) -> None:
    """Add one table to the precision-weighted sums."""
    counts, cells = group_counts(marginal, layout)
    names = list(marginal.attributes)
    if len(names) > PAIR and pivot is not None:
        axis = names.index(pivot)
        counts, cells = np.moveaxis(counts, axis, 0), np.moveaxis(cells, axis, 0)
        names.remove(pivot)
    precision = total**2 / (cells * marginal.scale**2)
    places = [layout.slice(name) for name in names]
    for target, values in zip(sums, (precision * counts / total, precision), strict=True):
        if len(names) == 1:
            target[places[0]] += values
        else:
            target[..., places[0], places[1]] += values
            target[..., places[1], places[0]] += np.swapaxes(values, -1, -2)
