"""Fine codes of coarse ones: each group's codes by the shares that a release gives them, whatever else a row holds.

They are spread evenly over the rows of a group, see ``even``.

Example:
    >>> from synth_assets.domain import Column, Domain
    >>> domain = Domain(columns=(Column(name="age", kind="integer", maximum=3),))
    >>> layout = Layout.of(domain, {"age": np.array([0, 0, 1, 1])})
    >>> shares = np.array([0.0, 1.0, 0.5, 0.5])
    >>> FineCodes(layout=layout, shares=shares).drawn(np.array([[0], [0]]), rng=np.random.default_rng(0))
    [array([1, 1], dtype=uint16)]
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.generator.cells.even import even_levels
from synth_assets.generator.cells.layout import Floats, Integers, Layout
from synth_assets.generator.one_way import shares_of
from synth_assets.release import Release

__all__ = ["FineCodes", "are_shares"]

Codes = NDArray[np.uint16]
SORTED = 2
"""Other columns whose groups a group's codes are spread over evenly."""
_ROUNDING = 1e-3
"""Shares add up to one, up to single precision."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FineCodes:
    """How groups are divided.

    Attributes:
        layout: the columns and their groups.
        shares: of the fine codes of all columns in their groups, shape (fine codes,).
    """

    layout: Layout
    shares: Floats

    @classmethod
    def of(cls, release: Release, *, one_way: Floats) -> Self:
        """Return the shares of a release.

        Args:
            release: its one-way tables are used.
            one_way: the model's probabilities of the coarse codes of all columns, shape (cells,).
        """
        layout, rows = Layout.of(release.domain, release.grids), max(1.0, release.total())
        names = layout.domain.names
        shares = [shares_of(release, name, masses=rows * one_way[layout.slice(name)]) for name in names]
        return cls(layout=layout, shares=np.concatenate(shares))

    def under(self, weights: Mapping[str, Sequence[float]]) -> tuple[Self, dict[int, Floats]]:
        """Return the shares under a condition, and the masses of the coarse codes of its columns, by their numbers.

        Args:
            weights: of the fine codes of some columns, as a condition has them.
        """
        shares, masses = self.shares.copy(), dict[int, Floats]()
        starts = np.cumsum([0, *(grid.size for grid in self.layout.grids)])
        for name, factors in weights.items():
            column = self.layout.domain.index(name)
            grid, place = self.layout.grids[column], slice(starts[column], starts[column + 1])
            tilted = shares[place] * np.asarray(factors)
            masses[column] = np.bincount(grid, weights=tilted).astype(np.float64)
            shares[place] = tilted / np.where(masses[column] > 0, masses[column], 1.0)[grid]
        return replace(self, shares=shares), masses

    def drawn(self, coarse: Integers, *, rng: np.random.Generator) -> list[Codes]:
        """Return fine codes, one array of shape (rows,) per column, of coarse codes of shape (rows, columns)."""
        ends = np.cumsum([grid.size for grid in self.layout.grids])[:-1]
        codes = []
        for column, (grid, shares) in enumerate(zip(self.layout.grids, np.split(self.shares, ends), strict=True)):
            others = rng.permutation(self.layout.sizes.size)
            levels = even_levels(coarse, order=[column, *others[:SORTED]], rng=rng)
            codes.append(_inside(grid, shares, coarse[:, column], levels))
        return codes


def _inside(grid: Integers, shares: Floats, groups: Integers, levels: Floats) -> Codes:
    """Return a fine code of each group: the codes of one group after the other, at levels in [0, 1) within theirs."""
    order = np.argsort(grid, kind="stable")
    members = np.bincount(grid)
    last = np.cumsum(members)
    sums = np.cumsum(shares[order])
    before = np.concatenate([[0.0], sums])[last - members]
    reached = before[groups] + levels * (sums[last - 1] - before)[groups]
    found = np.searchsorted(sums, reached, side="right")
    codes: Codes = order[np.clip(found, (last - members)[groups], last[groups] - 1)].astype(np.uint16)
    return codes


def are_shares(shares: NDArray[np.float64], layout: Layout) -> bool:
    """Tell whether numbers that may come from anybody are shares of fine codes, those of each group adding up to 1."""
    cells = np.concatenate([start + grid for start, grid in zip(layout.offsets, layout.grids, strict=False)])
    if shares.shape != cells.shape or not ((shares >= 0) & (shares <= 1 + _ROUNDING)).all():
        return False
    totals = np.bincount(cells, weights=shares, minlength=layout.cells)
    return bool((np.abs(totals - 1) <= _ROUNDING).all())
