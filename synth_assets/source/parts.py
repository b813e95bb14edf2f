"""Which part of a split account a row belongs to: a keyed function of its unit's canonical id.

A unit is in one part, whatever table, file, version or type its id is read from
(``docs/privacy/holdout.md``). A row without an id belongs to nobody and to no part.

Example:
    >>> from synth_assets.ledger.types import SplitKey
    >>> key = SplitKey(key=bytes(32), share_ppm=100_000)
    >>> held_out([b"7", b"8", None], key).tolist()
    [False, False, False]
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.ledger.types import SplitKey
from synth_assets.privacy import HELD_OUT
from synth_assets.source.identity import unit_ids
from synth_assets.source.keyed import blake2_words, derive

__all__ = ["held_out", "rows_of_part"]

_MILLION = 1_000_000


def rows_of_part(
    batches: Iterable[pa.RecordBatch], *, column: str, split_key: SplitKey, part: str
) -> Iterator[pa.RecordBatch]:
    """Yield the rows whose units are in a part.

    Args:
        batches: rows with the unit's column.
        column: the unit's column.
        split_key: what decides.
        part: ``measured`` or ``held_out``.
    """
    for batch in batches:
        ids, places = unit_ids(batch.column(column))
        named = np.array([name is not None for name in ids] + [False])
        in_part = named & (np.append(held_out(ids, split_key), False) == (part == HELD_OUT))
        yield batch.filter(pa.array(in_part[places]))


def held_out(ids: Sequence[bytes | None], split_key: SplitKey) -> NDArray[np.bool_]:
    """Tell of each canonical id whether it is held out, shape (ids,); one without a name is not."""
    if not ids:
        return np.zeros(0, dtype=np.bool_)
    key = derive(split_key.key, b"holdout")
    limit = np.uint64(split_key.share_ppm * 2**64 // _MILLION)
    below = blake2_words(key, ids, words=1)[:, 0] < limit
    return np.asarray(below & np.array([name is not None for name in ids]))
