"""Tables of heaps and of single values: a row of a unit adds 1 to one number of each."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Domain
from synth_assets.domain.heaping import HeapedColumn, Heaping
from synth_assets.errors import Fault
from synth_assets.release.kinds.heaping import HeapingQuery
from synth_assets.source.engine import CountEngine

__all__ = ["exact", "unit_vector"]


def exact(queries: Sequence[HeapingQuery], engine: CountEngine) -> list[NDArray[np.int64]]:
    """Return one table per query, int64, counted in two passes over rows that are read once.

    Raises:
        Fault: two queries for heaps, or two for single values, are about one column.
    """
    listed = {query.column.name: query.listed for query in queries if query.runs}
    columns = {query.column.name: query.column for query in queries}
    if len({(query.column.name, bool(query.runs)) for query in queries}) < len(queries):
        raise Fault("a draw has two tables of one kind of one column", hint="check the strategy")
    domain = Domain(
        columns=tuple(HeapedColumn.of(column, listed=listed.get(name, ())) for name, column in columns.items())
    )
    tables: dict[int, NDArray[np.int64]] = {}
    for single in (False, True):
        asked = [index for index, query in enumerate(queries) if bool(query.runs) == single]
        grids = {queries[index].column.name: _grid(queries[index], domain) for index in asked}
        counted = engine.tables([((name,), "coarse") for name in grids], domain=domain, grids=grids) if asked else []
        tables |= dict(zip(asked, counted, strict=True))
    return [tables[index] for index in range(len(queries))]


def _grid(query: HeapingQuery, domain: Domain) -> NDArray[np.int64]:
    """Return the cell of the query's table of each code of its column."""
    column, heaping = domain[query.column.name], Heaping.of(query.column)
    values = np.array(getattr(column, "listed", ()), dtype=np.float64)
    if query.runs:
        return np.concatenate([np.zeros(heaping.size, np.int64), 1 + np.arange(values.size)])
    return np.concatenate([np.arange(heaping.size), heaping.heaps_inside(values)])


def unit_vector(query: HeapingQuery, rows: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return what one unit adds: the table of its rows, given as the column's numbers, shape (rows,)."""
    heaping, table = Heaping.of(query.column), np.zeros(query.shape(), dtype=np.int64)
    for code in heaping.codes_of(rows, listed=query.listed).tolist():
        table[max(0, code - heaping.size + 1) if query.runs else code] += 1
    return table
