"""What is computed of shared rows is computed once per material, and by nobody's leave altered."""

import numpy as np
import pytest

from synth_assets.rowwise.shared import SharedRows, once


class Counting:
    """Computes the sum of the columns, and counts how often."""

    def __init__(self) -> None:
        self.asked = 0

    def sums(self, rows: object) -> np.ndarray:
        return once(rows, (self,), lambda: self._sums(rows))

    def _sums(self, rows: object) -> np.ndarray:
        self.asked += 1
        return np.sum(rows, axis=0)


COLUMNS = [np.array([1, 2, 3]), np.array([10, 20, 30])]


def test_shared_rows_are_computed_once_per_object() -> None:
    rows, one, other = SharedRows(COLUMNS), Counting(), Counting()
    for counting in (one, one, other):
        assert counting.sums(rows).tolist() == [11, 22, 33]
    assert (one.asked, other.asked) == (1, 1)


def test_other_rows_are_computed_again() -> None:
    counting = Counting()
    assert counting.sums(SharedRows(COLUMNS)).tolist() == [11, 22, 33]
    assert counting.sums(SharedRows([column[:2] for column in COLUMNS])).tolist() == [11, 22]
    assert counting.sums(COLUMNS).tolist() == counting.sums(COLUMNS).tolist()
    assert counting.asked == 4


def test_what_is_shared_cannot_be_altered() -> None:
    shared = Counting().sums(SharedRows(COLUMNS))
    with pytest.raises(ValueError, match="read-only"):
        shared[0] = 0


def test_an_error_is_not_remembered() -> None:
    rows = SharedRows(COLUMNS)

    def fail() -> np.ndarray:
        raise KeyError

    with pytest.raises(KeyError):
        once(rows, (), fail)
    assert once(rows, (), lambda: np.zeros(1)).tolist() == [0]


def test_shared_rows_are_columns_and_say_nothing_of_themselves() -> None:
    rows = SharedRows(COLUMNS)
    assert (len(rows), rows[1].tolist()) == (2, [10, 20, 30])
    assert repr(rows) == "SharedRows(private)"
