"""How many rows each text of a column has: the exact histogram behind discovered categories.

It never leaves the measuring process but through a threshold with noise. Which
texts count is decided row by row: null, its tokens, blank texts and the label
``other`` have public codes of their own; texts that no table of categories
should hold (very long ones, ones with control characters) count as ``other``.

A unit has at most ``max_rows`` rows in all histograms together, by the same
bounding as tables. There are no codes yet, so a row's number is made of keyed
128-bit digests of its texts: again of that row and the secret alone, and not of
the order in which texts arrive. See ``docs/privacy/discovery.md``.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synth_assets.domain import Column
from synth_assets.domain.codes import as_text, means_null
from synth_assets.ledger.windows import Window
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.blocks import MEMORY_BYTES
from synth_assets.source.bounded import bounded_rows
from synth_assets.source.encoding import distinct_texts
from synth_assets.source.keyed import derive
from synth_assets.source.window import inside_window

__all__ = ["MOST_LETTERS", "Digests", "category_text", "count_all_texts", "count_digests", "count_texts"]

MOST_LETTERS = 256
"""Longer texts are not categories; they count as ``other``."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_WORDS = 8  # a digest as 16-bit words, which is what the bounding packs
_NONE = bytes(2 * _WORDS)
Words = NDArray[np.uint16]


def category_text(column: Column, value: bytes | None) -> str | None:
    """Return the text that a value could become a category by, as encoding reads it; ``None`` if it cannot.

    Args:
        column: the column before its categories are found.
        value: a text of the source as bytes, or null.
    """
    text = as_text(value)
    if text is None or means_null(column, text) or text == column.other:
        return None
    return None if len(text) > MOST_LETTERS or _CONTROL.search(text) else text


def count_texts(  # noqa: PLR0913 - what a bounded table is made of
    batches: Iterable[pa.RecordBatch],
    *,
    columns: Sequence[Column],
    unit: PrivacyUnit,
    secret: bytes,
    scratch: Path,
    window: Window | None = None,
    memory_bytes: int = MEMORY_BYTES,
) -> list[dict[str, int]]:
    """Return the number of counted rows of each text, one histogram per column; no other text has a key.

    Args:
        batches: rows with the columns and, if it has one, the unit's.
        columns: the columns before their categories are found.
        unit: who is protected; without a column every row is a unit and all count.
        secret: 32 fresh random bytes of this reservation.
        scratch: folder of the private zone for what does not fit in memory.
        window: when given, only rows whose own time stamp is inside are there at all.
        memory_bytes: most bytes of digests that stay in memory.
    """
    if unit.column is None:
        return count_all_texts(batches if window is None else inside_window(batches, window), columns)
    digests = Digests.of(columns, secret=secret)
    rows = bounded_rows(
        batches,
        encode=digests.encode,
        dtypes=digests.dtypes,
        unit=unit,
        secret=digests.key,
        scratch=scratch,
        window=window,
        memory_bytes=memory_bytes,
    )
    counted = count_digests(rows, columns=len(columns))
    rows.close()
    return [
        {texts[digest]: count for digest, count in counts.items()}
        for texts, counts in zip(digests.texts, counted, strict=True)
    ]


def count_all_texts(batches: Iterable[pa.RecordBatch], columns: Sequence[Column]) -> list[dict[str, int]]:
    """Return the number of rows of each text, one histogram per column, where every row is a unit."""
    totals = [Counter[str]() for _ in columns]
    for batch in batches:
        for column, total in zip(columns, totals, strict=True):
            texts, places = distinct_texts(batch.column(column.name))
            counts = np.bincount(places[places >= 0], minlength=len(texts)).tolist()
            for value, count in zip(texts, counts, strict=True):
                text = category_text(column, value)
                if text is not None and count:
                    total[text] += count
    return [dict(total) for total in totals]


def count_digests(blocks: Iterable[Sequence[Words]], *, columns: int) -> list[dict[bytes, int]]:
    """Return the number of rows of each digest of a text, one histogram per column.

    Args:
        blocks: rows as :meth:`Digests.encode` returns them.
        columns: how many there are.
    """
    totals = [Counter[bytes]() for _ in range(columns)]
    for block in blocks:
        for index, total in enumerate(totals):
            total.update(dict(_tally(block[index * _WORDS : (index + 1) * _WORDS])))
    return [{digest: count for digest, count in total.items() if digest != _NONE} for total in totals]


def _tally(words: Sequence[Words]) -> Iterator[tuple[bytes, int]]:
    """Count equal digests that come as one array per word."""
    joined = np.ascontiguousarray(np.stack(words, axis=1), dtype="<u2")
    kind = pa.binary(2 * _WORDS)
    counted = pc.value_counts(pa.Array.from_buffers(kind, len(joined), [None, pa.py_buffer(joined.tobytes())]))
    yield from zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True)


class Digests:
    """The keyed digests of some columns' texts, and back.

    Args:
        columns: the columns before their categories are found.
        key: see :meth:`of`.
    """

    __slots__ = ("_columns", "key", "texts")

    def __init__(self, columns: Sequence[Column], *, key: bytes) -> None:
        self._columns = columns
        self.key = key
        """The secret for the bounding of these rows."""
        self.texts: list[dict[bytes, str]] = [{} for _ in columns]
        """The text of each digest, by column, of all rows so far."""

    @classmethod
    def of(cls, columns: Sequence[Column], *, secret: bytes) -> Self:
        """Return the digests by the secret of a reservation."""
        return cls(columns, key=derive(secret, b"discovery"))

    def __repr__(self) -> str:
        """Say nothing of what is inside."""
        return "Digests(private)"

    @property
    def dtypes(self) -> list[type[np.uint16]]:
        """Types of what :meth:`encode` returns."""
        return [np.uint16] * (_WORDS * len(self._columns))

    def without_texts(self) -> "Digests":
        """Return the same digests, which remember no text yet."""
        return Digests(self._columns, key=self.key)

    def encode(self, batch: pa.RecordBatch) -> list[Words]:
        """Return the digests of each row as words, each of shape (rows,); zeros where a row has no category text."""
        return [word for index in range(len(self._columns)) for word in self._words(index, batch)]

    def _words(self, index: int, batch: pa.RecordBatch) -> list[Words]:
        column = self._columns[index]
        texts, places = distinct_texts(batch.column(column.name))
        digests = [self._digest(index, category_text(column, value)) for value in texts]
        words = np.frombuffer(b"".join([*digests, _NONE]), dtype="<u2").reshape(-1, _WORDS)
        return [np.ascontiguousarray(word) for word in words[places].T]

    def _digest(self, index: int, text: str | None) -> bytes:
        if text is None:
            return _NONE
        person = index.to_bytes(8, "little")
        digest = hashlib.blake2b(text.encode(), key=self.key, digest_size=2 * _WORDS, person=person).digest()
        self.texts[index][digest] = text
        return digest
