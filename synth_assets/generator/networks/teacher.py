"""Rows without end of a mixture that was fitted to a release, for networks that learn from rows.

They are as private as the release, so a network may see any number of them. They have no sampling error that a
network could learn by heart: no row comes twice.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.generator.cells.layout import Floats, Integers, Layout
from synth_assets.generator.mixture.model import fit_components
from synth_assets.generator.protocol import Progress
from synth_assets.release import Release

__all__ = ["Teacher"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Teacher:
    """A mixture of products over coarse codes.

    Attributes:
        layout: the cells.
        ends: cumulated weights of the components, shape (components,).
        sums: cumulated probabilities of each column's codes in the components, shape (components, cells).
    """

    layout: Layout
    ends: Floats
    sums: Floats

    @classmethod
    def fitted(cls, release: Release, *, seed: int, device: str = "cpu", progress: Progress | None = None) -> Self:
        """Return a mixture fitted to a release; arguments as of ``Generator.fit``."""
        layout = Layout.of(release.domain, release.grids)
        state = fit_components(release, seed=seed, device=device, progress=progress)
        sums = [
            np.cumsum(state["probabilities"][:, layout.slice(name)], axis=1, dtype=np.float64)
            for name in layout.domain.names
        ]
        ends = np.cumsum(state["weights"], dtype=np.float64)
        return cls(
            layout=layout, ends=ends / ends[-1], sums=np.concatenate([part / part[:, -1:] for part in sums], axis=1)
        )

    def components(self) -> tuple[Floats, Floats]:
        """Return the weights of the components, and the probabilities of all columns' codes in them."""
        sums = np.diff(self.sums, axis=1, prepend=0.0)
        first = self.layout.offsets[:-1]
        sums[:, first] = self.sums[:, first]
        return np.diff(self.ends, prepend=0.0), sums

    def one_way(self) -> Floats:
        """Return the probabilities of the coarse codes of all columns, shape (cells,)."""
        weights, probabilities = self.components()
        return np.asarray(weights @ probabilities)

    def rows(self, count: int, *, rng: np.random.Generator) -> NDArray[np.int64]:
        """Return the coarse codes of so many independent rows, shape (count, columns)."""
        owners = np.minimum(np.searchsorted(self.ends, rng.random(count), side="right"), self.ends.size - 1)
        codes: Integers = np.empty((count, self.layout.sizes.size), dtype=np.int64)
        levels = rng.random(codes.shape)
        for column, name in enumerate(self.layout.domain.names):
            sums = self.sums[owners, self.layout.slice(name)]
            codes[:, column] = np.minimum((sums <= levels[:, [column]]).sum(axis=1), sums.shape[1] - 1)
        return codes
