"""Exact contingency tables of encoded rows. They never leave the measuring process.

Tables are dense over the declared domain, so a group that nobody is in looks
like any other. Rows are counted in blocks that stay in the processor's cache;
the tables of a batch are counted in one pass, so a source that does not fit in
memory is read once per batch.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain import Column, Domain
from synth_assets.errors import Fault
from synth_assets.ledger.windows import Window
from synth_assets.privacy import PrivacyUnit
from synth_assets.release.answers import Grids
from synth_assets.rowwise.axis import Axis, Codes
from synth_assets.rowwise.shared import SharedRows
from synth_assets.source.blocks import MEMORY_BYTES, Block, Blocks
from synth_assets.source.bounded import BLOCK_ROWS, bounded_rows
from synth_assets.source.bounding import RowHash
from synth_assets.source.encoding import code_dtype, encode_batch
from synth_assets.source.engine import Table, Tally
from synth_assets.source.histograms import count_texts
from synth_assets.source.orders import count_orders, encode_orders, words_of

__all__ = ["LocalKernel", "count_tables", "count_tallies", "load_rows", "weighted"]

Lookups = Mapping[tuple[str, str], NDArray[np.intp]]


class LocalKernel:
    """Counts in this process. It reads the source when it is first asked, and again for other columns.

    Args:
        batches: streams the rows with the columns that it is given.
        unit: who is protected.
        secret: of the reservation, for the bounding.
        scratch: folder of the private zone for what does not fit in memory.
        window: when given, only rows whose own time stamp is inside are there at all.
        row_hash: what orders the rows of a unit; with ``sha256`` the same rows stay as in a warehouse.
    """

    __slots__ = ("_batches", "_encoded", "_row_hash", "_scratch", "_secret", "_unit", "_window")

    def __init__(  # noqa: PLR0913 - which rows there are, and which of a unit stay
        self,
        batches: Callable[[Sequence[str]], Iterable[pa.RecordBatch]],
        *,
        unit: PrivacyUnit,
        secret: bytes,
        scratch: Path,
        window: Window | None = None,
        row_hash: RowHash = "siphash",
    ) -> None:
        self._row_hash: RowHash = row_hash
        self._batches = batches
        self._unit = unit
        self._secret = secret
        self._scratch = scratch
        self._window = window
        self._encoded: dict[Domain, Iterable[Block]] = {}

    def __repr__(self) -> str:
        """Say nothing of what is inside."""
        return "LocalKernel(private)"

    def tables(self, tables: Sequence[Table], *, domain: Domain, grids: Grids) -> list[NDArray[np.int64]]:
        """See ``CountEngine``."""
        return count_tables(self._rows(domain), tables, domain=domain, grids=grids)

    def tallies(self, tallies: Sequence[Tally], *, domain: Domain) -> list[NDArray[np.int64]]:
        """See ``CountEngine``."""
        return count_tallies(self._rows(domain), tallies, domain=domain)

    def orders(self, pairs: Sequence[tuple[str, str]], *, domain: Domain) -> NDArray[np.int64]:
        """See ``CountEngine``."""
        rows = bounded_rows(
            self._batches(tuple(dict.fromkeys(name for pair in pairs for name in pair))),
            encode=partial(encode_orders, pairs, domain),
            dtypes=[np.uint16] * words_of(pairs),
            unit=self._unit,
            secret=self._secret,
            scratch=self._scratch,
            window=self._window,
            row_hash=self._row_hash,
        )
        counts = count_orders(rows, pairs)
        rows.close()
        return counts

    def histograms(self, columns: Sequence[Column]) -> list[dict[str, int]]:
        """See ``CountEngine``."""
        return count_texts(
            self._batches([column.name for column in columns]),
            columns=columns,
            unit=self._unit,
            secret=self._secret,
            scratch=self._scratch,
            window=self._window,
        )

    def _rows(self, domain: Domain) -> Iterable[Block]:
        """Return the codes of all bounded rows, which are read once for each domain; the last two are kept."""
        if domain not in self._encoded:
            rows = load_rows(
                self._batches(domain.names),
                domain=domain,
                unit=self._unit,
                secret=self._secret,
                scratch=self._scratch,
                window=self._window,
                row_hash=self._row_hash,
            )
            self._encoded = {**dict(list(self._encoded.items())[-1:]), domain: rows}
        return self._encoded[domain]


def load_rows(  # noqa: PLR0913 - what a bounded table is made of
    batches: Iterable[pa.RecordBatch],
    *,
    domain: Domain,
    unit: PrivacyUnit,
    secret: bytes,
    scratch: Path,
    window: Window | None = None,
    memory_bytes: int = MEMORY_BYTES,
    row_hash: RowHash = "siphash",
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
        row_hash: what orders the rows of a unit.
    """
    return bounded_rows(
        batches,
        encode=partial(encode_batch, domain),
        dtypes=[code_dtype(column) for column in domain.columns],
        unit=unit,
        secret=secret,
        scratch=scratch,
        window=window,
        memory_bytes=memory_bytes,
        row_hash=row_hash,
    )


def count_tables(
    rows: Iterable[Block], tables: Sequence[Table], *, domain: Domain, grids: Grids
) -> list[NDArray[np.int64]]:
    """Count all ``tables`` in one pass over ``rows``; see :class:`~synth_assets.source.engine.CountEngine`."""
    lookups = _lookups(tables, domain=domain, grids=grids)
    shapes = [tuple(int(lookups[name, level].max()) + 1 for name in names) for names, level in tables]
    totals = [np.zeros(int(np.prod(shape)), dtype=np.int64) for shape in shapes]
    places = {axis: domain.index(axis[0]) for axis in lookups}
    for block in rows:
        for start in range(0, len(block[0]), BLOCK_ROWS):
            codes = {axis: lookups[axis][block[index][start : start + BLOCK_ROWS]] for axis, index in places.items()}
            for index, ((names, level), shape) in enumerate(zip(tables, shapes, strict=True)):
                totals[index] += _count([codes[name, level] for name in names], shape)
    return [total.reshape(shape) for total, shape in zip(totals, shapes, strict=True)]


def count_tallies(rows: Iterable[Block], tallies: Sequence[Tally], *, domain: Domain) -> list[NDArray[np.int64]]:
    """Count all ``tallies`` in one pass over ``rows``; see :class:`~synth_assets.source.engine.CountEngine`.

    An axis that is the same object in several tallies is asked once per block, and so is a material that is the same
    object in several axes.
    """
    axes = {id(axis): axis for names, _ in tallies for axis in names}
    totals = [np.zeros(prod(axis.size for axis in names), dtype=np.int64) for names, _ in tallies]
    for block in rows:
        for start in range(0, len(block[0]), BLOCK_ROWS):
            codes = SharedRows([column[start : start + BLOCK_ROWS] for column in block])
            places = {key: _places(axis, codes, domain=domain) for key, axis in axes.items()}
            for index, (names, _) in enumerate(tallies):
                totals[index] += _count([places[id(axis)] for axis in names], [axis.size for axis in names])
    return [weighted(total, tally) for total, tally in zip(totals, tallies, strict=True)]


def _places(axis: Axis, codes: Codes, *, domain: Domain) -> NDArray[np.intp]:
    """Return the place of each row on an axis; a row has one, whatever the axis returns for it.

    Raises:
        Fault: there is not one place per row, which would break the bound of a tally. No row decides that.
    """
    places = np.asarray(axis.places(codes, domain)).astype(np.intp)
    if places.shape != codes[0].shape:
        raise Fault("an axis does not have one place per row", hint="check the axis")
    return np.clip(places, 0, axis.size - 1)


def weighted(total: NDArray[np.int64], tally: Tally) -> NDArray[np.int64]:
    """Return the counts of cells in the shape of their axes, or the sum of their weights.

    Sums are of Python's integers and then limited to 64 bits: that never moves two of them further apart, and a
    sum that wrapped around would.
    """
    axes, weights = tally
    if weights is None:
        return total.reshape([axis.size for axis in axes])
    limits = np.iinfo(np.int64)
    sums = np.clip(total.astype(object) @ weights.astype(object), limits.min, limits.max)
    return np.asarray(sums, dtype=np.int64)


def _lookups(tables: Sequence[Table], *, domain: Domain, grids: Grids) -> Lookups:
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
    return np.bincount(cells, minlength=prod(shape))
