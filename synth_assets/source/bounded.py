"""The rows that count, encoded: those of the account's window, and of each unit at most ``max_rows``."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from numpy.typing import DTypeLike, NDArray

from synth_assets.ledger.windows import Window
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.blocks import MEMORY_BYTES, Blocks, gathered
from synth_assets.source.bounding import Bounder, RowHash
from synth_assets.source.identity import unit_ids
from synth_assets.source.window import inside_window

__all__ = ["BLOCK_ROWS", "Encode", "bounded_rows", "fill"]

Encode = Callable[[pa.RecordBatch], Sequence[NDArray[Any]]]
"""Returns arrays of shape (rows,), codes first; what a row becomes depends on that row alone."""
BLOCK_ROWS = 1 << 15
"""Rows that are counted at once: their codes and indices stay in the second-level cache."""


def bounded_rows(  # noqa: PLR0913 - what a bounded table is made of
    batches: Iterable[pa.RecordBatch],
    *,
    encode: Encode,
    dtypes: Sequence[DTypeLike],
    unit: PrivacyUnit,
    secret: bytes,
    scratch: Path,
    window: Window | None = None,
    memory_bytes: int = MEMORY_BYTES,
    row_hash: RowHash = "siphash",
) -> Blocks:
    """Return all rows of a source as ``encode`` returns those of a batch, at most ``max_rows`` of each unit.

    Args:
        batches: rows with the columns that ``encode`` reads and, if it has one, the unit's.
        encode: what a batch becomes.
        dtypes: types of its arrays.
        unit: who is protected; without a column every row is a unit and all stay.
        secret: 32 fresh random bytes of this reservation, for the bounding.
        scratch: folder of the private zone for what does not fit in memory.
        window: when given, only rows whose own time stamp is inside are there at all.
        memory_bytes: most bytes of codes that stay in memory.
        row_hash: what orders the rows of a unit.
    """
    kept = Blocks(dtypes, scratch=scratch, memory_bytes=memory_bytes)
    if window is not None:
        batches = inside_window(batches, window)
    if unit.column is None:
        for batch in batches:
            kept.append(encode(batch))
        return kept
    bounder = Bounder(
        max_rows=unit.max_rows,
        secret=secret,
        dtypes=dtypes,
        scratch=scratch,
        memory_bytes=memory_bytes,
        row_hash=row_hash,
    )
    fill(bounder, batches, encode=encode, column=unit.column)
    for block in gathered(bounder.rows(), rows=BLOCK_ROWS):
        kept.append(block)
    return kept


def fill(bounder: Bounder, batches: Iterable[pa.RecordBatch], *, encode: Encode, column: str) -> None:
    """Add the rows of batches, encoded, to the units that ``column`` names."""
    for batch in batches:
        ids, places = unit_ids(batch.column(column))
        bounder.add(ids, places, encode(batch))
