"""PRIVATE: what makes exact values from rows. Noise is added once, where the permit is, never in here.

A kernel in this process is the first implementation (``source.kernel``). Another
one may count elsewhere; it must give equal integers.
"""

from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Column, Domain
from synth_assets.release.answers import Grids
from synth_assets.rowwise.axis import Axis

__all__ = ["CountEngine", "Table", "Tally", "distances"]

Table = tuple[tuple[str, ...], Literal["fine", "coarse"]]
Tally = tuple[tuple[Axis, ...], NDArray[np.int64] | None]


class CountEngine(Protocol):
    """Counts the bounded rows of one source; every answer is exact and depends on nothing but those rows."""

    def tables(self, tables: Sequence[Table], *, domain: Domain, grids: Grids) -> list[NDArray[np.int64]]:
        """Return one dense table per request, int64, one axis per attribute.

        Args:
            tables: pairs of attributes and level.
            domain: the columns, by which rows are encoded.
            grids: coarse code of each fine code, of every column that is asked at the coarse level.
        """
        ...

    def tallies(self, tallies: Sequence[Tally], *, domain: Domain) -> list[NDArray[np.int64]]:
        """Return one exact tally per request, int64, all in one pass over the rows.

        Args:
            tallies: pairs of axes and weights. Without weights a tally is the number of rows of each cell, in the
                shape of the axes' sizes; weights of shape (cells, k), cells numbered row-major, are summed
                over the rows to shape (k,).
            domain: the columns, by which rows are encoded; axes see the codes of one row at a time.
        """
        ...

    def orders(self, pairs: Sequence[tuple[str, str]], *, domain: Domain) -> NDArray[np.int64]:
        """Return the rows with a < b and with a = b of each pair, int64, shape (pairs, 2), in one pass over the rows.

        Args:
            pairs: names of comparable columns; which values are compared is in ``domain.amounts``.
            domain: the columns, by which values are read.
        """
        ...

    def histograms(self, columns: Sequence[Column]) -> list[dict[str, int]]:
        """Return the number of rows of each text, one histogram per column; no other text has a key."""
        ...


def distances(
    engine: CountEngine,
    cliques: Sequence[tuple[str, ...]],
    expected: Sequence[NDArray[np.int64]],
    *,
    domain: Domain,
    grids: Grids,
) -> NDArray[np.int64]:
    """Return the L1 distance of each exact coarse table from a public one, int64, shape (cliques,), rows."""
    tables = engine.tables([(clique, "coarse") for clique in cliques], domain=domain, grids=grids)
    gaps = [np.abs(table - public).sum() for table, public in zip(tables, expected, strict=True)]
    return np.array(gaps, dtype=np.int64)
