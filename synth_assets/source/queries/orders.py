"""Orders: a row of a unit adds 1 to one number of each pair whose values are both compared, unless a > b."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synth_assets.release.kinds.orders import OrderQuery
from synth_assets.source.engine import CountEngine

__all__ = ["exact", "unit_vector"]


def exact(queries: Sequence[OrderQuery], engine: CountEngine) -> list[NDArray[np.int64]]:
    """Return one vector per query, int64, shape (pairs, 2), rows."""
    return [engine.orders(query.pairs, domain=query.domain) for query in queries]


def unit_vector(query: OrderQuery, rows: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return what one unit adds; its rows as numbers that are compared, shape (rows, columns of the domain)."""
    counts = np.zeros(query.shape(), dtype=np.int64)
    for row in rows:
        for index, (a, b) in enumerate(query.pairs):
            first, second = row[query.domain.index(a)], row[query.domain.index(b)]
            counts[index] += (first < second, first == second)
    return counts
