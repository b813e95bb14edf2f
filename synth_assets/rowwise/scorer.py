"""Scorers: from a row's features to a probability of each class, by arrays alone.

The score of a row is a function of that row down to the last bit. That is more than
most libraries promise: the order of a matrix product's sums, and so its rounding, can
depend on how many rows are multiplied at once, and a score that lies at an edge would
fall into one bin or the other by how many neighbours its row has. So scorers here add in a
fixed order, and always compute blocks of one size, filled up with zeros.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["BLOCK", "Matrix", "Scorer", "Scores", "are_small", "probabilities", "scores_in_blocks"]

Matrix = NDArray[np.float32]
"""Features of some rows, shape (rows, features)."""
Scores = NDArray[np.float64]
"""Probabilities, shape (rows, classes)."""

BLOCK = 4096
"""Rows that are computed at once."""
_LARGEST = 1e100
"""No sum of weighted features can overflow, which NumPy would warn of for some rows and not for others."""


class Scorer(Protocol):
    """A fitted classifier that consists of arrays.

    Attributes:
        kind: its name in files.
    """

    kind: ClassVar[str]

    @property
    def inputs(self) -> int:
        """Number of features."""
        ...

    @property
    def classes(self) -> int:
        """Number of classes, at least two."""
        ...

    def score(self, features: Matrix) -> Scores:
        """Return the probability of each class for each row, float64 in [0, 1], shape (rows, classes)."""
        ...

    def as_arrays(self) -> dict[str, NDArray[Any]]:
        """Return all of it as arrays."""
        ...

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Invert :meth:`as_arrays`; the arrays may come from anybody.

        Raises:
            IntegrityError: they are not such a scorer.
        """
        ...


def are_small(numbers: NDArray[np.float64]) -> bool:
    """Tell whether numbers are double, finite and small enough to be added up without a warning."""
    return numbers.dtype == np.float64 and bool((np.abs(numbers) <= _LARGEST).all())


def scores_in_blocks(logits: Callable[[Matrix], Scores], features: Matrix, *, classes: int) -> Scores:
    """Return probabilities from ``logits``, which is called with exactly :data:`BLOCK` rows each time."""
    scores = np.empty((len(features), classes))
    for start in range(0, len(features), BLOCK):
        rows = features[start : start + BLOCK]
        block = np.zeros((BLOCK, features.shape[1]), dtype=np.float32)
        block[: len(rows)] = rows
        scores[start : start + BLOCK] = probabilities(logits(block))[: len(rows)]
    return scores


def probabilities(logits: Scores) -> Scores:
    """Return the probability of each class; one column of logits is that of the second of two classes."""
    if logits.shape[1] == 1:
        logits = np.hstack([np.zeros_like(logits), logits])
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Scores = odds / odds.sum(axis=1, keepdims=True)
    return shares
