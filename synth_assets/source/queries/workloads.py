"""Workloads: sums of L1 distances of exact coarse tables from public ones."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synth_assets.release.kinds.workloads import WorkloadQuery
from synth_assets.source.engine import CountEngine, distances

__all__ = ["exact", "unit_vector"]


def exact(queries: Sequence[WorkloadQuery], engine: CountEngine) -> list[NDArray[np.int64]]:
    """Return one vector per query, int64, shape (groups,), rows; a table that is in several groups is counted once."""
    return [_sums(query, engine) for query in queries]


def _sums(query: WorkloadQuery, engine: CountEngine) -> NDArray[np.int64]:
    apart = distances(engine, query.cliques, query.tables, domain=query.domain, grids=query.grids)
    position = {clique: index for index, clique in enumerate(query.cliques)}
    sums = [apart[[position[clique] for clique in group]].sum() for group in query.groups]
    return np.array(sums, dtype=np.int64)


def unit_vector(query: WorkloadQuery, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the most that one unit's rows, of shape (rows, columns), can move each sum by: once in each table."""
    return np.array([len(rows) * len(group) for group in query.groups], dtype=np.int64)
