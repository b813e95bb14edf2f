"""Columns of encoded rows, kept in memory while small and in a scratch file when not.

A block is a list of one-dimensional arrays of equal length. Blocks come back in
the order they went in, one at a time, so memory stays constant for any number
of rows. The file has no name: it ends with the process, however that ends.
"""

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

__all__ = ["MEMORY_BYTES", "Block", "Blocks", "gathered"]

MEMORY_BYTES = 64 << 20
"""What may stay in memory before all of it goes to the file."""

Block = list[NDArray[Any]]


class Blocks:
    """An append-only list of blocks with fixed column types.

    Args:
        dtypes: type of each column.
        scratch: folder of the private zone for the file.
        memory_bytes: most bytes that stay in memory.
    """

    __slots__ = ("_dtypes", "_file", "_held", "_held_bytes", "_lengths", "_memory_bytes", "_offsets", "_scratch")

    def __init__(self, dtypes: Sequence[DTypeLike], *, scratch: Path, memory_bytes: int = MEMORY_BYTES) -> None:
        self._dtypes = [np.dtype(kind) for kind in dtypes]
        self._scratch = scratch
        self._memory_bytes = memory_bytes
        self._held: list[Block] = []
        self._held_bytes = 0
        self._lengths: list[int] = []
        self._offsets: list[int] = []
        self._file: IO[bytes] | None = None

    def __repr__(self) -> str:
        """Say nothing of what is inside, its size included."""
        return "Blocks(private)"

    def __len__(self) -> int:
        """Return the number of blocks."""
        return len(self._lengths)

    def append(self, block: Sequence[NDArray[Any]]) -> None:
        """Add a block; its columns are converted to the declared types."""
        columns = [np.ascontiguousarray(column, dtype=kind) for column, kind in zip(block, self._dtypes, strict=True)]
        if not columns or not len(columns[0]):
            return
        self._offsets.append(self._offsets[-1] + self._lengths[-1] * self._row_bytes() if self._offsets else 0)
        self._lengths.append(len(columns[0]))
        if self._file is not None:
            self._write(columns)
            return
        self._held.append(columns)
        self._held_bytes += sum(column.nbytes for column in columns)
        if self._held_bytes > self._memory_bytes:
            self._spill()

    def __iter__(self) -> Iterator[Block]:
        """Yield the blocks in order."""
        for index in range(len(self)):
            yield self.read(index)

    def read(self, index: int, *, start: int = 0, stop: int | None = None) -> Block:
        """Return rows ``start`` to ``stop`` of one block."""
        if self._file is None:
            return [column[start:stop] for column in self._held[index]]
        length, offset = self._lengths[index], self._offsets[index]
        stop = length if stop is None else stop
        columns = []
        for kind in self._dtypes:
            octets = os.pread(self._file.fileno(), (stop - start) * kind.itemsize, offset + start * kind.itemsize)
            columns.append(np.frombuffer(octets, dtype=kind))
            offset += length * kind.itemsize
        return columns

    def empty(self) -> Block:
        """Return a block without rows."""
        return [np.zeros(0, dtype=kind) for kind in self._dtypes]

    def close(self) -> None:
        """Drop everything."""
        self._held = []
        self._lengths = []
        if self._file is not None:
            self._file.close()

    def _row_bytes(self) -> int:
        return sum(kind.itemsize for kind in self._dtypes)

    def _spill(self) -> None:
        self._file = tempfile.TemporaryFile(dir=self._scratch, prefix="rows")  # noqa: SIM115 - closed by close()
        for block in self._held:
            self._write(block)
        self._held = []

    def _write(self, columns: Sequence[NDArray[Any]]) -> None:
        assert self._file is not None  # noqa: S101 - only called once there is a file
        for column in columns:
            self._file.write(column.data)
        self._file.flush()


def gathered(blocks: Iterable[Block], *, rows: int) -> Iterator[Block]:
    """Yield the same rows in blocks of at least ``rows``, except for the last: many small blocks take longer to count.

    Args:
        blocks: at least one column each.
        rows: from how many on a block is passed on.
    """
    waiting: list[Block] = []
    for block in blocks:
        waiting.append(block)
        if sum(len(part[0]) for part in waiting) >= rows:
            yield _joined(waiting)
            waiting = []
    if waiting:
        yield _joined(waiting)


def _joined(blocks: Sequence[Block]) -> Block:
    return [np.concatenate(parts) for parts in zip(*blocks, strict=True)]
