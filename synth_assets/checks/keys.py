"""How often keys of a table repeat, counted with bounded memory, in parts if need be.

A key is what a row has in some columns. Each becomes a number of 64 bits that
depends on the values alone, so that the same keys meet on every machine and in any
order of the rows. At most :data:`MOST_KEYS` numbers are held: beyond that only keys
whose number ends in so many zeros are kept, all rows of such a key or none. So up
to that many rows the figures are exact, and above they are those of a sample of keys.
Two different keys meet by chance once in about 10^8 tables of a million rows.

Example:
    >>> counter = KeyCounter(("a",))
    >>> counter.add(pa.table({"a": [1, 1, 2, None]}))
    >>> counter.figures()
    {'rows': 4, 'distinct': 3, 'single': 2, 'looked_at': 1.0}
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["MOST_KEYS", "KeyCounter"]

MOST_KEYS = 1 << 23
"""Numbers that are held at most, 64 MiB."""
Numbers = NDArray[np.uint64]
_NULL = np.uint64(0x9E3779B97F4A7C15)


class KeyCounter:
    """Implements ``Tally`` for the keys of some columns.

    Args:
        columns: whose values make a key.
        with_nulls: whether rows with a null in one of them count; SQL's ``UNIQUE`` leaves them out.
        most: numbers that are held at most.
    """

    def __init__(self, columns: Sequence[str], *, with_nulls: bool = True, most: int = MOST_KEYS) -> None:
        self._columns, self._with_nulls, self._most = tuple(columns), with_nulls, most
        self._pieces: list[Numbers] = []
        self._held, self._zeros = 0, 0

    def add(self, batch: pa.Table) -> None:
        """Count the keys of some rows."""
        if not self._with_nulls:
            batch = batch.filter(_all_valid(batch, self._columns))
        self.merge((0, _key_numbers(batch, self._columns)))

    def counted(self) -> tuple[int, Numbers]:
        """Return zeros at the end of all numbers that are held, and these numbers, shape (rows,)."""
        return self._zeros, np.concatenate([np.empty(0, dtype=np.uint64), *self._pieces])

    def merge(self, counted: tuple[int, Numbers]) -> None:
        """Count other rows too.

        The zeros are the fewest with which the numbers of all rows are not too many. They never become fewer with
        more rows, so it does not matter who counted which rows, or in which order.
        """
        zeros, numbers = counted
        if zeros > self._zeros:
            self._thin(zeros)
        self._pieces.append(self._sampled(numbers))
        self._held += self._pieces[-1].size
        while self._held > self._most:
            self._thin(self._zeros + 1)

    def figures(self) -> dict[str, Any]:
        """Return ``rows``, ``distinct`` keys, keys of a ``single`` row, and the share of keys ``looked_at``."""
        numbers = np.sort(self.counted()[1])
        starts = np.flatnonzero(np.concatenate([numbers[:1] == numbers[:1], numbers[1:] != numbers[:-1]]))
        sizes = np.diff(np.append(starts, numbers.size))
        return {
            "rows": int(numbers.size),
            "distinct": int(sizes.size),
            "single": int(np.count_nonzero(sizes == 1)),
            "looked_at": 0.5**self._zeros,
        }

    def _thin(self, zeros: int) -> None:
        self._zeros = zeros
        self._pieces = [self._sampled(self.counted()[1])]
        self._held = self._pieces[0].size

    def _sampled(self, numbers: Numbers) -> Numbers:
        mask = np.uint64((1 << self._zeros) - 1)
        return numbers[(numbers & mask) == 0] if self._zeros else numbers


def _all_valid(batch: pa.Table, columns: Sequence[str]) -> Any:
    valid = pc.is_valid(batch[columns[0]])
    for name in columns[1:]:
        valid = pc.and_(valid, pc.is_valid(batch[name]))
    return valid


def _key_numbers(batch: pa.Table, columns: Sequence[str]) -> Numbers:
    numbers = np.zeros(batch.num_rows, dtype=np.uint64)
    for name in columns:
        numbers = _mixed(numbers ^ _mixed(_value_numbers(batch[name].combine_chunks())))
    return numbers


def _value_numbers(values: Any) -> Numbers:
    """Return a number for each value; texts repeat, so only their distinct values are digested."""
    null = np.asarray(values.is_null())
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        distinct = values.dictionary_encode()
        digests = np.array([_digest(text) for text in distinct.dictionary.to_pylist()] or [0], dtype=np.uint64)
        numbers = digests[np.asarray(distinct.indices.fill_null(0))]
    elif pa.types.is_floating(values.type):
        floats = np.asarray(values.fill_null(0.0), dtype=np.float64) + 0.0  # -0.0 is the same value as 0.0
        numbers = floats.view(np.uint64)
    else:
        whole = values.cast(pa.int32()) if pa.types.is_date32(values.type) else values
        numbers = np.asarray(whole.cast(pa.int64()).fill_null(0)).view(np.uint64)
    return np.where(null, _NULL, numbers)


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def _mixed(numbers: Numbers) -> Numbers:
    """Spread numbers evenly over 64 bits: the finalizer of SplitMix64, after adding its increment."""
    numbers = numbers + np.uint64(0x9E3779B97F4A7C15)
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(numbers ^ (numbers >> np.uint64(31)), dtype=np.uint64)
