"""What a release says of components beyond its tables: which groups at the ends are empty, and what is inside groups.

A fitted model has only positive probabilities, so it gives some rows to groups at the ends of a column that may be
empty; moves take them inwards, in every component alike. Shares of fine codes in groups then fit what is left.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from synth_assets.domain import Column
from synth_assets.generator.cells.layout import Floats, Layout
from synth_assets.generator.mixture.inside import settled_shares
from synth_assets.generator.one_way import end_moves, shares_of
from synth_assets.release import Release

__all__ = ["Settlement", "in_order", "move", "normalised"]

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Settlement:
    """What is settled once, when components were fitted.

    Attributes:
        moves: a row for each move, in order: from which cell, to which cell, and what share; shape (moves, 3).
        within: shares of fine codes in coarse ones of all columns, shape (fine codes,).
    """

    moves: Floats
    within: Floats

    @classmethod
    def of(cls, release: Release, weights: Array, probabilities: Array) -> Self:
        """Settle components, whose probabilities change in place as :func:`move` does.

        Args:
            release: the paid answers.
            weights: of the components, shape (components,).
            probabilities: of coarse codes, shape (components, cells).
        """
        layout, rows = Layout.of(release.domain, release.grids), max(1.0, release.total())
        moves: list[tuple[int, int, float]] = []
        for name, start in zip(layout.domain.names, layout.offsets.tolist(), strict=False):
            masses = rows * _overall(weights, probabilities[:, layout.slice(name)])
            ends = end_moves(release, name, masses=masses)
            moves += [(start + group, start + inwards, share) for group, inwards, share in ends]
        table = np.array(moves, dtype=np.float64).reshape(-1, 3)
        move(probabilities, table)
        return cls(moves=table, within=_shares(release, layout, *normalised(layout, weights, probabilities)))


def move(probabilities: Array, moves: Floats) -> None:
    """Take shares of some cells to others, in place; arguments as in :class:`Settlement`."""
    for source, target, share in moves:
        moved = probabilities[:, int(source)] * probabilities.dtype.type(share)
        probabilities[:, int(source)] -= moved
        probabilities[:, int(target)] += moved


def _overall(weights: Array, coarse: Array) -> Floats:
    return weights.astype(np.float64) @ coarse.astype(np.float64)


def _shares(release: Release, layout: Layout, weights: Floats, probabilities: Floats) -> Floats:
    """Return the shares of fine codes in coarse ones of all columns."""
    rows, shares = max(1.0, release.total()), []
    for name, grid in zip(layout.domain.names, layout.grids, strict=True):
        coarse = probabilities[:, layout.slice(name)]
        within = shares_of(release, name, masses=rows * (weights @ coarse))
        regular = in_order(layout.domain[name])
        shares.append(settled_shares(coarse, weights, grid=grid, within=within, regular=regular))
    return np.concatenate(shares)


def in_order(column: Column) -> int:
    """Return the number of codes that have an order: all regular ones of a number, none of a category."""
    return column.regular if column.numeric else 0


def normalised(layout: Layout, weights: Array, probabilities: Array) -> tuple[Floats, Floats]:
    """Return shares in double precision that add up to one: of components, and of cells by column."""
    weights, probabilities = weights.astype(np.float64), probabilities.astype(np.float64)
    sums = np.add.reduceat(probabilities, layout.offsets[:-1], axis=1)
    return weights / weights.sum(), probabilities / sums[:, layout.column_of_cell]
