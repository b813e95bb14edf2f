"""What a strategy may use: paid, journaled draws. Nothing here says where rows are.

One call is one draw, which is charged and noted as a whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from synth_assets.release import Level, NoisyMarginal, NoisyScores

__all__ = ["Grids", "Measurer", "TableRequest"]

Grids = Mapping[str, NDArray[np.int64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRequest:
    """One table that a strategy wants.

    Attributes:
        attributes: the columns, in the order of the axes.
        level: fine codes, or coarse ones by the grids of the call.
        rho: what it may cost at most.
    """

    attributes: tuple[str, ...]
    level: Level
    rho: float


class Measurer(Protocol):
    """Every call is one paid, journaled draw."""

    @property
    def rho_left(self) -> float:
        """Rho that the reservation still covers, rounded down."""
        ...

    def measure(self, tables: Sequence[TableRequest], *, grids: Grids) -> list[NoisyMarginal]:
        """Return one noisy table a request; raises Fault when the rest does not cover them."""
        ...

    def score(
        self, cliques: Sequence[tuple[str, ...]], *, expected: Sequence[NDArray[np.int64]], grids: Grids, rho: float
    ) -> NoisyScores:
        """Return how far each coarse table is from a public one, L1.

        Raises:
            Fault: the rest does not cover it, or an expected table is no integer table of the grids' shape.
        """
        ...
