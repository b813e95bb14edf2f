"""How far drawn rows are from the released tables, where 1 is what noise and the draw explain.

Only cells count that are clear of noise: most others are empty and tell nothing.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.generator.cells.layout import Integers, Layout
from synth_assets.generator.cells.targets import PAIR, lay_out
from synth_assets.release import Release

__all__ = ["Closeness"]

CLEAR_TO_NOISE = 4.0
"""Above this many standard deviations a cell is clear of noise."""
Table = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Closeness:
    """The released tables of one and two columns.

    Attributes:
        layout: the cells.
        released: probabilities, shape (cells, cells): of pairs, and of single codes in the diagonal.
        variance: of their noise, in the same shape; infinite where nothing is clear.
    """

    layout: Layout
    released: Table
    variance: Table

    @classmethod
    def of(cls, release: Release) -> Self:
        """Return the tables of a release."""
        layout = Layout.of(release.domain, release.grids)
        tables = [marginal for marginal in release.marginals if len(marginal.attributes) <= PAIR]
        targets = lay_out(tables, layout=layout, total=max(1.0, release.total()), independence=0.0)
        released, precision = targets.pairs, targets.pairs_precision
        np.fill_diagonal(released, targets.one_way)
        np.fill_diagonal(precision, targets.one_way_precision)
        clear = released * np.sqrt(precision) > CLEAR_TO_NOISE
        variance = np.full_like(precision, np.inf)
        np.divide(1.0, precision, out=variance, where=clear)
        return cls(layout=layout, released=released, variance=variance)

    def level(self, codes: Integers) -> float:
        """Return the chi-square per clear cell of rows; of shape (rows, columns), coarse codes."""
        rows, cells = len(codes), codes + self.layout.offsets[:-1]
        hits = np.zeros((rows, self.layout.cells), np.float32)
        np.put_along_axis(hits, cells, 1.0, axis=1)
        gaps = hits.T @ hits / rows - self.released
        clear = np.isfinite(self.variance)
        drawn = self.released * (1 - self.released) / rows
        return float((gaps**2 / (self.variance + np.abs(drawn)))[clear].sum() / max(1, clear.sum()))
