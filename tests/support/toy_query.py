"""PRIVATE side of the toy kind of answers: exact values, and what one unit adds to them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from toy_answer import ParityQuery

from synth_assets.source.engine import CountEngine


def exact(queries: Sequence[ParityQuery], engine: CountEngine) -> list[NDArray[np.int64]]:
    """Return the number of rows with an even and with an odd code, shape (2,), one per query."""
    tables = engine.tables([((query.column,), "fine") for query in queries], domain=queries[0].domain, grids={})
    return [np.array([table[::2].sum(), table[1::2].sum()], dtype=np.int64) for table in tables]


def unit_vector(query: ParityQuery, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return what one unit's rows add."""
    codes = rows[:, query.domain.index(query.column)]
    return np.array([(codes % 2 == 0).sum(), (codes % 2 == 1).sum()], dtype=np.int64)
