"""Rows outside an account's window are not there at all."""

from collections.abc import Iterable, Iterator

import pyarrow as pa

from synth_assets.ledger.windows import Window
from synth_assets.source.encoding import rows_in_window

__all__ = ["inside_window"]


def inside_window(batches: Iterable[pa.RecordBatch], window: Window) -> Iterator[pa.RecordBatch]:
    """Yield the rows whose own time stamp is inside ``window``, as if the others were not there."""
    for batch in batches:
        yield batch.filter(pa.array(rows_in_window(batch.column(window.column), window)))
