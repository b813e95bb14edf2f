"""Rows that several axes look at: what a material says of them is computed once.

Several axes can be made of one material: the bins of a score for a ranking, for decisions and for calibration. Scoring
takes most of a tally's time. What was computed lives as long as the rows, and is a function of them and
of the material, so that sharing it changes no place.

Example:
    >>> import numpy as np
    >>> rows, model = SharedRows([np.array([1, 2])]), object()
    >>> first = once(rows, (model,), lambda: rows[0] * 2)
    >>> once(rows, (model,), lambda: rows[0] * 3) is first
    True
    >>> rows
    SharedRows(private)
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from numpy.typing import NDArray

__all__ = ["SharedRows", "once"]

A = TypeVar("A", bound=NDArray[Any])


class SharedRows(Sequence[NDArray[Any]]):
    """Codes of some rows, one array per column, each of shape (rows,); they must not change.

    Args:
        columns: the codes.
    """

    __slots__ = ("_columns", "_known")

    def __init__(self, columns: Sequence[NDArray[Any]]) -> None:
        self._columns = tuple(columns)
        self._known: dict[tuple[int, ...], tuple[tuple[object, ...], Any]] = {}

    def __repr__(self) -> str:
        """Say nothing of what is inside."""
        return "SharedRows(private)"

    def __len__(self) -> int:
        """Return the number of columns."""
        return len(self._columns)

    def __getitem__(self, index: Any) -> Any:
        """Return a column, or a tuple of some."""
        return self._columns[index]

    def once(self, of: tuple[object, ...], compute: Callable[[], A]) -> A:
        """See :func:`once`."""
        key = tuple(map(id, of))
        if key not in self._known:
            result = compute()
            result.flags.writeable = False
            self._known[key] = of, result  # the objects stay alive, so that no other one has their id
        answer: A = self._known[key][1]
        return answer


def once(rows: Sequence[NDArray[Any]], of: tuple[object, ...], compute: Callable[[], A]) -> A:
    """Return what ``compute`` says of rows and some objects; of shared rows it is asked once, and is read-only.

    Args:
        rows: what is looked at; only :class:`SharedRows` remember.
        of: all else that decides the result, told apart by identity.
        compute: called if the result is not known; an error is not remembered.
    """
    return rows.once(of, compute) if isinstance(rows, SharedRows) else compute()
