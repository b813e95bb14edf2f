"""The position of each column's coarse and fine codes in one long vector.

All columns of a mixture are fitted together, so their code probabilities are
concatenated: column j has cells ``offsets[j]:offsets[j + 1]``.

Example:
    >>> from synth_assets.domain import Column
    >>> domain = Domain(columns=(Column(name="age", kind="integer", maximum=3), Column(name="sex", kind="boolean")))
    >>> layout = Layout.of(domain, {"age": np.array([0, 0, 1, 1]), "sex": np.array([0, 1])})
    >>> layout.sizes.tolist(), layout.cells, layout.slice("sex")
    ([2, 2], 4, slice(2, 4, None))
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Domain

__all__ = ["Allowed", "Floats", "Integers", "Layout"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Allowed = Callable[[int, Integers, Integers], NDArray[np.bool_]]
"""Says which rows may exchange the codes of a column, by its number: shape (pairs,), of two rows each."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Layout:
    """The cells of a model.

    Attributes:
        domain: the declared columns.
        grids: coarse code of each fine code, one int64 array per column, in the domain's order.
    """

    domain: Domain
    grids: tuple[Integers, ...]

    @classmethod
    def of(cls, domain: Domain, grids: Mapping[str, NDArray[np.int64]]) -> Self:
        """Return the layout of a release's domain and grids."""
        return cls(domain=domain, grids=tuple(np.asarray(grids[name], dtype=np.int64) for name in domain.names))

    @cached_property
    def sizes(self) -> Integers:
        """Coarse codes of each column, shape (columns,)."""
        return np.array([int(grid.max()) + 1 for grid in self.grids], dtype=np.int64)

    @cached_property
    def offsets(self) -> Integers:
        """First cell of each column, and the number of cells; shape (columns + 1,)."""
        return np.concatenate([[0], np.cumsum(self.sizes)]).astype(np.int64)

    @property
    def cells(self) -> int:
        """Number of coarse codes of all columns."""
        return int(self.offsets[-1])

    @cached_property
    def column_of_cell(self) -> Integers:
        """The column that each cell belongs to, shape (cells,)."""
        return np.repeat(np.arange(self.sizes.size), self.sizes)

    def slice(self, name: str) -> slice:
        """Return the cells of a column."""
        column = self.domain.index(name)
        return slice(int(self.offsets[column]), int(self.offsets[column + 1]))
