"""Which of two amounts of a row is larger, coded: ten pairs are one whole number with a digit from 0 to 2 for each.

A digit is 1 where a < b, 2 where a = b, and 0 otherwise. So rows are coded, bounded and kept as
for tables, and whatever two values are beyond that does not stay.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain import Domain
from synth_assets.domain.amounts import compared
from synth_assets.source.blocks import Block
from synth_assets.source.encoding import source_numbers

__all__ = ["TOGETHER", "WORDS", "count_orders", "digits_counted", "encode_orders", "words_of"]

_DIGITS, TOGETHER = 3, 10
"""3 ** 10 is less than 2 ** 16."""
WORDS = _DIGITS**TOGETHER
"""How many whole numbers a word can be."""


def words_of(pairs: Sequence[tuple[str, str]]) -> int:
    """Return how many numbers code the orders of a row."""
    return -(-len(pairs) // TOGETHER)


def encode_orders(pairs: Sequence[tuple[str, str]], domain: Domain, batch: pa.RecordBatch) -> list[NDArray[np.uint16]]:
    """Return the coded orders of each row, :func:`words_of` arrays of shape (rows,)."""
    names = dict.fromkeys(name for pair in pairs for name in pair)
    with np.errstate(all="ignore"):  # a source may hold any number
        values = {name: compared(domain[name], source_numbers(domain[name], batch.column(name))) for name in names}
    words = [np.zeros(batch.num_rows, dtype=np.uint16) for _ in range(words_of(pairs))]
    for index, (a, b) in enumerate(pairs):
        word = words[index // TOGETHER]
        word *= np.uint16(_DIGITS)
        word += values[a] < values[b]
        word += np.uint16(2) * (values[a] == values[b])
    return words


def count_orders(rows: Iterable[Block], pairs: Sequence[tuple[str, str]]) -> NDArray[np.int64]:
    """Return the rows with a < b and with a = b of each pair, int64, shape (pairs, 2)."""
    totals = np.zeros((words_of(pairs), WORDS), dtype=np.int64)
    for block in rows:
        totals += np.stack([np.bincount(word, minlength=WORDS) for word in block])
    return digits_counted(totals, pairs)


def digits_counted(totals: NDArray[np.int64], pairs: Sequence[tuple[str, str]]) -> NDArray[np.int64]:
    """Return what :func:`count_orders` does, of the rows with each word, shape (words, :data:`WORDS`)."""
    counts = np.zeros((len(pairs), 2), dtype=np.int64)
    for index in range(len(pairs)):
        place = index // TOGETHER
        last = min(len(pairs), (place + 1) * TOGETHER) - 1
        digits = np.arange(WORDS) // _DIGITS ** (last - index) % _DIGITS
        counts[index] = [totals[place][digits == digit].sum() for digit in (1, 2)]
    return counts
