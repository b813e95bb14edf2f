"""Tables of tails: a row of a unit adds 1 to the segment that its code is in, if it is in one."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Domain
from synth_assets.errors import Fault
from synth_assets.release.kinds.tails import TailQuery
from synth_assets.source.engine import CountEngine

__all__ = ["exact", "unit_vector"]


def exact(queries: Sequence[TailQuery], engine: CountEngine) -> list[NDArray[np.int64]]:
    """Return one table per query, int64, counted in one pass.

    Raises:
        Fault: two queries are about one column.
    """
    grids = {query.column.name: _segment_of_code(query) for query in queries}
    if len(grids) < len(queries):
        raise Fault("a draw has two tables of tails of one column", hint="check the strategy")
    domain = Domain(columns=tuple(query.column for query in queries))
    tables = engine.tables([((name,), "coarse") for name in grids], domain=domain, grids=grids)
    return [table[: query.shape()[0]] for query, table in zip(queries, tables, strict=True)]


def unit_vector(query: TailQuery, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return what one unit adds: the segments of its rows, given as codes of the column, shape (rows,)."""
    table = np.zeros(query.shape(), dtype=np.int64)
    for code in rows.tolist():
        for segment, (start, end) in enumerate(zip(query.cuts, query.cuts[1:], strict=False)):
            table[segment] += start <= code < end
    return table


def _segment_of_code(query: TailQuery) -> NDArray[np.int64]:
    """Return the segment of each code of the column; codes in none have a cell behind all segments."""
    segments = np.searchsorted(query.cuts, np.arange(query.column.size), side="right") - 1
    return np.where(segments < 0, query.shape()[0], segments)
