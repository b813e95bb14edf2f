"""Contingency tables: a row of a unit adds 1 to one cell."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synth_assets.release.kinds.marginals import MarginalQuery
from synth_assets.source.engine import CountEngine

__all__ = ["exact", "unit_vector"]


def exact(queries: Sequence[MarginalQuery], engine: CountEngine) -> list[NDArray[np.int64]]:
    """Return one table per query, int64, one axis per attribute, counted in one pass."""
    tables = [(query.attributes, query.level) for query in queries]
    grids = {name: grid for query in queries for name, grid in query.grids.items()}
    return engine.tables(tables, domain=queries[0].domain, grids=grids)


def unit_vector(query: MarginalQuery, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return what one unit adds: the table of its rows, given as fine codes of shape (rows, columns of the domain)."""
    columns = [query.domain.index(name) for name in query.attributes]
    fine = query.level == "fine"
    lookups = [
        np.arange(query.domain[name].size) if fine else np.asarray(query.grids[name]) for name in query.attributes
    ]
    table = np.zeros([int(lookup.max()) + 1 for lookup in lookups], dtype=np.int64)
    for row in rows:
        table[tuple(lookup[row[column]] for lookup, column in zip(lookups, columns, strict=True))] += 1
    return table
