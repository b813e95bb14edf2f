"""Blocks of encoded rows in a file that another process reads: the whole file is there, or nothing of it.

The file is the blocks one after another, column by column, then the number of rows of each as int64, then the number of
blocks. Writing the same blocks again, in another process at the same time too, changes nothing. The file
is in a scratch folder of the private zone; it is the owner's alone.
"""

import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

from synth_assets.source.blocks import Block

__all__ = ["BlockFile", "write_blocks"]

_OWNER_ONLY = 0o600
_NUMBER = np.dtype("<i8")


def write_blocks(path: Path, blocks: Iterable[Sequence[NDArray[Any]]], *, dtypes: Sequence[DTypeLike]) -> None:
    """Write blocks, converted to ``dtypes``, to a file in a folder that is there.

    Raises:
        OSError: the folder is gone, or full.
    """
    part = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    rows: list[int] = []
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "wb") as file:
            for block in blocks:
                rows.append(len(block[0]))
                for column, kind in zip(block, dtypes, strict=True):
                    file.write(np.ascontiguousarray(column, dtype=kind).data)
            file.write(np.array([*rows, len(rows)], dtype=_NUMBER).data)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


class BlockFile:
    """Reads what :func:`write_blocks` wrote, one block at a time.

    Args:
        path: of the file.
        dtypes: with which it was written.

    Raises:
        OSError: there is no such file.
    """

    __slots__ = ("_dtypes", "_file", "_offsets", "_rows")

    def __init__(self, path: Path, *, dtypes: Sequence[DTypeLike]) -> None:
        self._dtypes = [np.dtype(kind) for kind in dtypes]
        self._file = path.open("rb")
        end = self._file.seek(-_NUMBER.itemsize, os.SEEK_END)
        blocks = int(self._numbers(end, 1)[0])
        self._rows = self._numbers(end - blocks * _NUMBER.itemsize, blocks).tolist()
        self._offsets = np.cumsum([0, *self._rows]) * sum(kind.itemsize for kind in self._dtypes)

    def __repr__(self) -> str:
        """Say nothing of what is inside."""
        return "BlockFile(private)"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[Block]:
        """Yield the blocks in order."""
        return (self.read(index) for index in range(len(self._rows)))

    def read(self, index: int) -> Block:
        """Return one block."""
        offset, block = int(self._offsets[index]), []
        for kind in self._dtypes:
            size = self._rows[index] * kind.itemsize
            block.append(np.frombuffer(os.pread(self._file.fileno(), size, offset), dtype=kind))
            offset += size
        return block

    def _numbers(self, offset: int, count: int) -> NDArray[np.int64]:
        octets = os.pread(self._file.fileno(), count * _NUMBER.itemsize, offset)
        return np.frombuffer(octets, dtype=_NUMBER)
