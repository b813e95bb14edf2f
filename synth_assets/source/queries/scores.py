"""Scores: L1 distances of exact coarse tables from public ones."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synth_assets.release.kinds.marginals import MarginalQuery
from synth_assets.release.kinds.scores import ScoreQuery
from synth_assets.source.engine import CountEngine, distances
from synth_assets.source.queries import marginals

__all__ = ["exact", "unit_vector"]


def exact(queries: Sequence[ScoreQuery], engine: CountEngine) -> list[NDArray[np.int64]]:
    """Return one vector per query, int64, shape (cliques,), rows."""
    return [
        distances(engine, query.cliques, query.expected, domain=query.domain, grids=query.grids) for query in queries
    ]


def unit_vector(query: ScoreQuery, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the most that one unit's rows, as fine codes of shape (rows, columns), can move each distance by."""
    tables = [
        MarginalQuery(attributes=clique, level="coarse", domain=query.domain, grids=query.grids)
        for clique in query.cliques
    ]
    return np.array([marginals.unit_vector(table, rows).sum() for table in tables], dtype=np.int64)
