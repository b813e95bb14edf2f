"""Synthetic rows as fine codes, column by column of a domain.

Example:
    >>> evenly_spaced(5, most=3).tolist(), evenly_spaced(2, most=3).tolist()
    ([0, 1, 3], [0, 1])
"""

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.candidate import Candidate
from synth_assets.domain import Domain
from synth_assets.domain.codes import encode_repeated

__all__ = ["encode_candidate", "encode_table", "evenly_spaced"]

SyntheticCodes = list[NDArray[np.uint16]]


def encode_candidate(candidate: Candidate, *, domain: Domain, most: int | None = None) -> SyntheticCodes:
    """Return the codes of a candidate's rows, one array per column of the domain, each of shape (rows,).

    Args:
        candidate: its other columns, such as derived ones, are not read.
        domain: the columns.
        most: rows to take at equal steps where there are more; all if omitted.
    """
    chosen = evenly_spaced(candidate.rows, most=candidate.rows if most is None else most)
    parts = [encode_table(rows, domain=domain) for rows in _chosen(candidate.batches(columns=domain.names), chosen)]
    empty = np.zeros(0, dtype=np.uint16)
    return [np.concatenate([empty, *(part[index] for part in parts)]) for index in range(len(domain.columns))]


def encode_table(table: pa.Table, *, domain: Domain) -> SyntheticCodes:
    """Return the codes of a table's rows, one array per column of the domain, each of shape (rows,)."""
    return [encode_repeated(column, table[column.name]) for column in domain.columns]


def evenly_spaced(rows: int, *, most: int) -> NDArray[np.intp]:
    """Return at most ``most`` of ``rows`` positions, ascending and at equal steps, shape (positions,)."""
    count = min(rows, most)
    return np.arange(count) * rows // max(count, 1)


def _chosen(batches: Iterable[pa.Table], positions: NDArray[np.intp]) -> Iterator[pa.Table]:
    start = 0
    for batch in batches:
        inside = positions[(positions >= start) & (positions < start + batch.num_rows)]
        if inside.size:
            yield batch.take(inside - start)
        start += batch.num_rows
