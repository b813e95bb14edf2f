"""Tallies: a row of a unit adds 1 to its cell, or the weights of its cell."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth_assets.errors import Fault
from synth_assets.release.kinds.tallies import TallyQuery
from synth_assets.source.engine import CountEngine

__all__ = ["exact", "unit_vector"]


def exact(queries: Sequence[TallyQuery], engine: CountEngine) -> list[NDArray[np.int64]]:
    """Return one tally per query, int64, all counted in one pass.

    Raises:
        Fault: the queries are over several domains, so a code would not mean the same to all of them.
    """
    domain = queries[0].domain
    if any(query.domain != domain for query in queries):
        raise Fault("tallies of one draw are not over one domain", hint="check the plan")
    return engine.tallies([(query.axes, query.weights) for query in queries], domain=domain)


def unit_vector(query: TallyQuery, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return what one unit adds: the tally of its rows, given as fine codes of shape (rows, columns of the domain)."""
    counts = np.zeros([axis.size for axis in query.axes], dtype=np.int64)
    for row in rows:
        codes: list[NDArray[Any]] = [np.array([code]) for code in row]
        counts[tuple(int(axis.places(codes, query.domain)[0]) for axis in query.axes)] += 1
    return counts if query.weights is None else counts.ravel() @ query.weights
