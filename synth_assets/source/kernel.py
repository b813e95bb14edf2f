"""Exact contingency tables of encoded rows. They never leave the measuring process.

Tables are dense over the declared domain, so a group that nobody is in looks
like any other. Rows are counted in blocks that stay in the processor's cache;
the tables of a batch are counted in one pass, so a source that does not fit in
memory is read once a batch.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain import Domain
from synth_assets.ledger.windows import Window
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.blocks import MEMORY_BYTES, Block, Blocks
from synth_assets.source.bounding import Bounder
from synth_assets.source.encoding import code_dtype, encode_batch, rows_in_window
from synth_assets.source.identity import unit_ids

__all__ = ["Counter", "count_tables", "inside_window", "load_rows"]

Table = tuple[tuple[str, ...], Literal["fine", "coarse"]]
Lookups = Mapping[tuple[str, str], NDArray[np.intp]]
BLOCK_ROWS = 1 << 15
"""Rows that are counted at once: their codes and indices stay in the second-level cache."""


class Counter:
    """Counts rows that were encoded and bounded.

    Args:
        rows: blocks of codes, one array a column of the domain.
        domain: the declared columns.
    """

    __slots__ = ("_domain", "_rows")

    def __init__(self, rows: Iterable[Block], *, domain: Domain) -> None:
        self._rows = rows
        self._domain = domain

    def __repr__(self) -> str:
        """Say nothing of what is inside."""
        return "Counter(private)"

    def count(self, tables: Sequence[Table], *, grids: Mapping[str, NDArray[np.int64]]) -> list[NDArray[np.int64]]:
        """Return one exact table of each request, int64, one axis an attribute.

        Args:
            tables: pairs of attributes and level.
            grids: coarse code of each fine code, of every column that is asked at the coarse level.
        """
        return count_tables(self._rows, tables, domain=self._domain, grids=grids)

    def distances(
        self,
        cliques: Sequence[tuple[str, ...]],
        expected: Sequence[NDArray[np.int64]],
        *,
        grids: Mapping[str, NDArray[np.int64]],
    ) -> NDArray[np.int64]:
        """Return the L1 distance of each exact coarse table from a public one, int64, shape (cliques,), rows.

        Args:
            cliques: attributes of each table.
            expected: a public table of the same shape for each.
            grids: coarse code of each fine code.
        """
        tables = self.count([(clique, "coarse") for clique in cliques], grids=grids)
        gaps = [np.abs(table - public).sum() for table, public in zip(tables, expected, strict=True)]
        return np.array(gaps, dtype=np.int64)


def load_rows(  # noqa: PLR0913 - what a bounded table is made of
    batches: Iterable[pa.RecordBatch],
    *,
    domain: Domain,
    unit: PrivacyUnit,
    secret: bytes,
    scratch: Path,
    window: Window | None = None,
    memory_bytes: int = MEMORY_BYTES,
) -> Blocks:
    """Encode and bound all rows of a source and keep their codes.

    Args:
        batches: rows with the domain's columns and, if it has one, the unit's.
        domain: the declared columns.
        unit: who is protected; without a column every row is a unit and all stay.
        secret: 32 fresh random bytes of this reservation, for the bounding.
        scratch: folder of the private zone for what does not fit in memory.
        window: when given, only rows whose own time stamp is inside are there at all.
        memory_bytes: most bytes of codes that stay in memory.
    """
    dtypes = [code_dtype(column) for column in domain.columns]
    kept = Blocks(dtypes, scratch=scratch, memory_bytes=memory_bytes)
    if window is not None:
        batches = inside_window(batches, window)
    if unit.column is None:
        for batch in batches:
            kept.append(encode_batch(domain, batch))
        return kept
    bounder = Bounder(max_rows=unit.max_rows, secret=secret, dtypes=dtypes, scratch=scratch, memory_bytes=memory_bytes)
    for batch in batches:
        ids, places = unit_ids(batch.column(unit.column))
        bounder.add(ids, places, encode_batch(domain, batch))
    for block in bounder.rows():
        kept.append(block)
    return kept


def inside_window(batches: Iterable[pa.RecordBatch], window: Window) -> Iterator[pa.RecordBatch]:
    """Yield the rows whose own time stamp is inside ``window``, as if the others were not there."""
    for batch in batches:
        yield batch.filter(pa.array(rows_in_window(batch.column(window.column), window)))


def count_tables(
    rows: Iterable[Block], tables: Sequence[Table], *, domain: Domain, grids: Mapping[str, NDArray[np.int64]]
) -> list[NDArray[np.int64]]:
    """Count all ``tables`` in one pass over ``rows``; see :meth:`Counter.count`."""
    lookups = _lookups(tables, domain=domain, grids=grids)
    shapes = [tuple(int(lookups[name, level].max()) + 1 for name in names) for names, level in tables]
    totals = [np.zeros(int(np.prod(shape)), dtype=np.int64) for shape in shapes]
    places = {axis: domain.index(axis[0]) for axis in lookups}
    for block in rows:
        for start in range(0, len(block[0]), BLOCK_ROWS):
            codes = {axis: lookups[axis][block[place][start : start + BLOCK_ROWS]] for axis, place in places.items()}
            for place, ((names, level), shape) in enumerate(zip(tables, shapes, strict=True)):
                totals[place] += _count([codes[name, level] for name in names], shape)
    return [total.reshape(shape) for total, shape in zip(totals, shapes, strict=True)]


def _lookups(tables: Sequence[Table], *, domain: Domain, grids: Mapping[str, NDArray[np.int64]]) -> Lookups:
    """Return the code at the asked level of each fine code, of each column that is asked."""
    axes = dict.fromkeys((name, level) for names, level in tables for name in names)
    fine = {name: np.arange(domain[name].size, dtype=np.intp) for name, level in axes if level == "fine"}
    return {
        (name, level): fine[name] if level == "fine" else np.asarray(grids[name], dtype=np.intp) for name, level in axes
    }


def _count(columns: Sequence[NDArray[np.intp]], shape: Sequence[int]) -> NDArray[np.intp]:
    """Count the cells of one block of rows; cells are numbered row-major."""
    cells: NDArray[Any] = columns[0]
    for column, size in zip(columns[1:], shape[1:], strict=True):
        cells = cells * size
        cells += column
    return np.bincount(cells, minlength=int(np.prod(shape)))
