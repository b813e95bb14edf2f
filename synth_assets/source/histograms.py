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

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synth_assets.domain import Column
from synth_assets.domain.codes import as_text, means_null
from synth_assets.ledger.windows import Window
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.blocks import MEMORY_BYTES
from synth_assets.source.bounding import Bounder
from synth_assets.source.encoding import distinct_texts
from synth_assets.source.identity import unit_ids
from synth_assets.source.keyed import derive
from synth_assets.source.window import inside_window

__all__ = ["MOST_LETTERS", "category_text", "count_texts"]

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
    if window is not None:
        batches = inside_window(batches, window)
    if unit.column is None:
        return _count_all(batches, columns)
    own = derive(secret, b"discovery")
    digests = [_Digests(column, key=own, index=index) for index, column in enumerate(columns)]
    bounder = Bounder(
        max_rows=unit.max_rows,
        secret=own,
        dtypes=[np.uint16] * (_WORDS * len(columns)),
        scratch=scratch,
        memory_bytes=memory_bytes,
    )
    for batch in batches:
        ids, places = unit_ids(batch.column(unit.column))
        words = [word for one in digests for word in one.of(batch.column(one.column.name))]
        bounder.add(ids, places, words)
    return _count_kept(bounder.rows(), digests)


def _count_all(batches: Iterable[pa.RecordBatch], columns: Sequence[Column]) -> list[dict[str, int]]:
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


def _count_kept(blocks: Iterable[Sequence[Words]], digests: Sequence["_Digests"]) -> list[dict[str, int]]:
    totals = [Counter[str]() for _ in digests]
    for block in blocks:
        for index, (one, total) in enumerate(zip(digests, totals, strict=True)):
            for digest, count in _tally(block[index * _WORDS : (index + 1) * _WORDS]):
                if digest != _NONE:
                    total[one.text(digest)] += count
    return [dict(total) for total in totals]


def _tally(words: Sequence[Words]) -> Iterator[tuple[bytes, int]]:
    """Count equal digests that come as one array per word."""
    joined = np.ascontiguousarray(np.stack(words, axis=1), dtype="<u2")
    kind = pa.binary(2 * _WORDS)
    counted = pc.value_counts(pa.Array.from_buffers(kind, len(joined), [None, pa.py_buffer(joined.tobytes())]))
    yield from zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True)


class _Digests:
    """The keyed digests of one column's texts, and back."""

    __slots__ = ("_key", "_person", "_texts", "column")

    def __init__(self, column: Column, *, key: bytes, index: int) -> None:
        self.column = column
        self._key = key
        self._person = index.to_bytes(8, "little")
        self._texts: dict[bytes, str] = {}

    def __repr__(self) -> str:
        """Say nothing of what is inside."""
        return "Digests(private)"

    def of(self, values: pa.Array) -> list[Words]:
        """Return the digest of each row as words, each of shape (rows,); zeros where a row has no category text."""
        texts, places = distinct_texts(values)
        digests = [self._digest(category_text(self.column, value)) for value in texts]
        words = np.frombuffer(b"".join([*digests, _NONE]), dtype="<u2").reshape(-1, _WORDS)
        return [np.ascontiguousarray(word) for word in words[places].T]

    def text(self, digest: bytes) -> str:
        return self._texts[digest]

    def _digest(self, text: str | None) -> bytes:
        if text is None:
            return _NONE
        digest = hashlib.blake2b(text.encode(), key=self._key, digest_size=2 * _WORDS, person=self._person).digest()
        self._texts[digest] = text
        return digest
