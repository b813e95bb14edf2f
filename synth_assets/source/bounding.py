"""At most ``max_rows`` rows of each unit are counted, whoever else is in the table.

Which rows of a unit are kept is a function of that unit's rows and a secret
alone: each row gets a keyed pseudo-random number of its unit and its content,
and the rows with the smallest numbers stay. Nothing is shared between units:
no random stream, no order of arrival, no count. So adding or removing a unit
adds or removes its own rows, at most ``max_rows``, and changes no other.
Equal rows have equal numbers, and it does not matter which of them stays.

Units are told apart by a 128-bit keyed hash of their canonical id, see
:mod:`~synth_assets.source.identity`. A row without an id is dropped. The bound
holds over all files: rows are first sorted into buckets by their unit, so that
each bucket fits in memory.

See ``docs/privacy/bounding.md`` for the argument.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from synth_assets.source.blocks import MEMORY_BYTES, Block, Blocks
from synth_assets.source.keyed import blake2_words, derive, pack_words, sha256_numbers, siphash

__all__ = [
    "BUCKETS",
    "HEAD",
    "ROW_KEY_BYTES",
    "SECRET_BYTES",
    "Bounder",
    "RowHash",
    "keep_smallest",
    "kept_of_bucket",
    "row_key",
    "unit_keys",
]

RowHash = Literal["siphash", "sha256"]
"""What orders the rows of a unit: SipHash of words, or SHA-256 of a text, which warehouses can compute as well."""
ROW_KEY_BYTES = 16

SECRET_BYTES = 32
BUCKETS = 64
"""Units are spread over so many, each of which fits in memory."""
COMPACT_ROWS = 1 << 19
"""Rows of one bucket that are gathered before the surplus is dropped."""

HEAD = (np.uint64, np.uint64, np.uint64)
"""Types of what stands before the codes of a row that waits: two words of its unit's key, and the row's number."""


class Bounder:
    """Takes encoded rows with their units' ids and gives back the rows to count.

    Args:
        max_rows: rows of one unit that stay.
        secret: 32 fresh random bytes of this reservation.
        dtypes: type of each column of codes.
        scratch: folder of the private zone.
        memory_bytes: most bytes that stay in memory.
        row_hash: what orders the rows of a unit.
        buckets: how many parts each of which fits in memory.
    """

    __slots__ = ("_blocks", "_buckets", "_edges", "_max_rows", "_row_hash", "_row_key", "_unit_key")

    def __init__(  # noqa: PLR0913 - what decides which rows stay, and where they wait
        self,
        *,
        max_rows: int,
        secret: bytes,
        dtypes: Sequence[Any],
        scratch: Path,
        memory_bytes: int = MEMORY_BYTES,
        row_hash: RowHash = "siphash",
        buckets: int = BUCKETS,
    ) -> None:
        self._max_rows = max_rows
        self._unit_key = derive(secret, b"unit")
        self._row_key = row_key(secret)
        self._row_hash = row_hash
        self._blocks = Blocks([*HEAD, *dtypes], scratch=scratch, memory_bytes=memory_bytes)
        self._buckets = buckets
        self._edges: list[NDArray[np.intp]] = []

    def __repr__(self) -> str:
        """Say nothing of what is inside."""
        return "Bounder(private)"

    def add(self, ids: Sequence[bytes | None], places: NDArray[np.int64], codes: Sequence[NDArray[Any]]) -> None:
        """Take rows.

        Args:
            ids: distinct ids, as bytes.
            places: place of each row's id among ``ids``; below 0, or at an empty id, the row is dropped.
            codes: codes of each column, each of shape (rows,).
        """
        named = np.array([bool(name) for name in ids] + [False])
        kept = named[places]
        high, low = (part[places[kept]] for part in unit_keys(self._unit_key, ids))
        chosen = [column[kept] for column in codes]
        if self._row_hash == "sha256":
            number = sha256_numbers(self._row_key, [ids[place] or b"" for place in places[kept].tolist()], chosen)
        else:
            number = siphash(self._row_key, [high, low, *pack_words(chosen)])
        self._store([high, low, number, *chosen])

    def rows(self) -> Iterator[Block]:
        """Yield the codes of the rows that stay, bucket by bucket."""
        for kept in self.buckets():
            if len(kept[0]):
                yield kept[len(HEAD) :]

    def buckets(self) -> Iterator[Block]:
        """Yield the rows of each bucket that stay, with :data:`HEAD` before their codes; in some there may be none.

        Rows that were added elsewhere may join them: what stays of both together is what :func:`kept_of_bucket` keeps.
        """
        for bucket in range(self._buckets):
            blocks = (
                self._blocks.read(index, start=edges[bucket], stop=edges[bucket + 1])
                for index, edges in enumerate(self._edges)
            )
            yield kept_of_bucket(blocks, most=self._max_rows) or self._blocks.empty()
        self._blocks.close()

    def _store(self, block: Block) -> None:
        if not len(block[0]):
            return
        bucket = block[0] % self._buckets
        order = np.argsort(bucket, kind="stable")
        self._edges.append(np.searchsorted(bucket[order], np.arange(self._buckets + 1)))
        self._blocks.append([column[order] for column in block])


def kept_of_bucket(blocks: Iterable[Block], *, most: int) -> Block | None:
    """Return the ``most`` rows with the smallest numbers of each unit, dropping surplus ones before they fill memory.

    Args:
        blocks: rows with :data:`HEAD` before their codes.
        most: rows of one unit that stay.

    Returns:
        rows as they came in, or ``None`` if there are none.
    """
    waiting: list[Block] = []
    rows, limit = 0, COMPACT_ROWS
    for block in blocks:
        waiting.append(block)
        rows += len(block[0])
        if rows > limit:
            waiting = [_smallest(waiting, most=most)]
            rows = len(waiting[0][0])
            limit = max(COMPACT_ROWS, 2 * rows)
    return _smallest(waiting, most=most) if rows else None


def _smallest(blocks: Sequence[Block], *, most: int) -> Block:
    columns = [np.concatenate(parts) for parts in zip(*blocks, strict=True)]
    kept = keep_smallest(columns[0], columns[1], columns[2], most=most)
    return [column[kept] for column in columns]


def row_key(secret: bytes) -> bytes:
    """Return the key of the hash that orders rows."""
    return derive(secret, b"row")[:ROW_KEY_BYTES]


def keep_smallest(
    high: NDArray[np.uint64], low: NDArray[np.uint64], number: NDArray[np.uint64], *, most: int
) -> NDArray[np.intp]:
    """Return the places of the ``most`` rows with the smallest numbers of each unit.

    Keeping the smallest of parts first and of what is left afterwards gives the same rows.
    """
    order = np.lexsort((number, low, high))
    same = (high[order][1:] == high[order][:-1]) & (low[order][1:] == low[order][:-1])
    starts = np.flatnonzero(np.concatenate([[True], ~same]))
    rank = np.arange(order.size) - np.repeat(starts, np.diff(np.append(starts, order.size)))
    return order[rank < most]


def unit_keys(key: bytes, ids: Sequence[bytes | None]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return a 128-bit keyed hash of each id as two words, each of shape (ids + 1,)."""
    words = blake2_words(key, [*ids, None], words=2)
    return words[:, 0], words[:, 1]
