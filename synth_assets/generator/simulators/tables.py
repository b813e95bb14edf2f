"""The released tables as one vector of shares with known variances, and where rows lie in it.

All tables are taken at coarse codes. A table's noisy shares are moved by one number so that they add up to 1, which is
the nearest such table where all its cells have the same noise.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.generator.cells.layout import Floats, Integers, Layout
from synth_assets.generator.cells.targets import group_counts
from synth_assets.release import Release

__all__ = ["CellMap", "TableFit", "Tables"]

Places = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFit:
    """How far a simulator is from a released table, as total variations between 0 and 1.

    Attributes:
        attributes: the columns.
        distance: of the noisy table from the simulator.
        explained: what noise and sampling alone would give, if the simulator were right.
    """

    attributes: tuple[str, ...]
    distance: float
    explained: float


@dataclass(frozen=True, kw_only=True, eq=False)
class CellMap:
    """The cells of some tables, one after the other.

    Attributes:
        layout: the columns and their groups.
        attributes: the columns of each table, in the order of its axes.
    """

    layout: Layout
    attributes: tuple[tuple[str, ...], ...]

    @cached_property
    def columns(self) -> tuple[tuple[int, ...], ...]:
        """The numbers of the columns of each table."""
        numbers = {name: number for number, name in enumerate(self.layout.domain.names)}
        return tuple(tuple(numbers[name] for name in names) for names in self.attributes)

    @cached_property
    def starts(self) -> Integers:
        """The first cell of each table, and the number of all cells, shape (tables + 1,)."""
        sizes = [int(np.prod(self.layout.sizes[list(columns)])) for columns in self.columns]
        return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)

    def places(self, codes: Sequence[NDArray[Any]]) -> Places:
        """Return the cell of each row in each table, shape (tables, rows); ``codes`` are fine, one array per column."""
        coarse = [grid[code].astype(np.int32) for grid, code in zip(self.layout.grids, codes, strict=True)]
        sizes = self.layout.sizes.astype(np.int32)
        places = np.empty((len(self.columns), len(codes[0])), dtype=np.int32)
        for table, ((first, *others), start) in enumerate(zip(self.columns, self.starts, strict=False)):
            places[table] = coarse[first]
            for column in others:
                places[table] *= sizes[column]
                places[table] += coarse[column]
            places[table] += np.int32(start)
        return places


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tables:
    """The tables of a release.

    Attributes:
        cells: where each table is.
        shares: noisy shares, shape (cells,); those of a table add up to 1.
        noise: the variance of each by the noise that was added, shape (cells,).
        rows: noisy number of rows, at least 1.
    """

    cells: CellMap
    shares: Floats
    noise: Floats
    rows: float

    @classmethod
    def of(cls, release: Release) -> Self:
        """Return the tables of a release."""
        layout, rows = Layout.of(release.domain, release.grids), max(1.0, release.total())
        shares, noise = [], []
        for marginal in release.marginals:
            counts, summed = group_counts(marginal, layout)
            table = counts.ravel() / rows
            shares.append(table + (1 - table.sum()) / table.size)
            noise.append(summed.ravel() * (marginal.scale / rows) ** 2)
        cells = CellMap(layout=layout, attributes=tuple(marginal.attributes for marginal in release.marginals))
        return cls(cells=cells, shares=np.concatenate(shares), noise=np.concatenate(noise), rows=rows)

    def variance(self, rows: int) -> Floats:
        """Return the variance of the gap between the tables and so many simulated rows, shape (cells,).

        It is that of the noise, and those of the data and of the rendering as samples of the same world.
        """
        share = np.clip(self.shares, 0, 1)
        return self.noise + share * (1 - share) * (1 / self.rows + 1 / rows) + 1e-4 / (self.rows * rows)

    def counted(self, places: Places) -> Floats:
        """Return the shares of rows in all cells, shape (cells,)."""
        return np.asarray(np.bincount(places.ravel(), minlength=self.shares.size) / places.shape[1])

    def fits(self, simulated: Floats, *, rows: int) -> Iterator[TableFit]:
        """Yield how far the shares of so many simulated rows are from each table."""
        # The mean of |x| is sqrt(2 / pi) standard deviations of a normal x with mean 0.
        expected = np.sqrt(self.variance(rows) * 2 / np.pi)
        for names, (begin, end) in zip(self.cells.attributes, pairwise(self.cells.starts), strict=True):
            distance = np.abs(self.shares[begin:end] - simulated[begin:end]).sum() / 2
            yield TableFit(attributes=names, distance=float(distance), explained=float(expected[begin:end].sum() / 2))
