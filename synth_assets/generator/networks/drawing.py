"""Draw rows column by column, in NumPy: each column's code from its probabilities given the codes drawn before.

Random numbers are spread evenly over rows that are alike: rows are sorted by codes that they have already, and take
turns along a sequence without gaps or clumps. Each row by itself is drawn as if alone, but tables of many rows have
less sampling error. Rows come in pieces, which bounds memory.

Example:
    >>> class Coin:
    ...     def probabilities(self, column): return np.full((4, 2), [0.75, 0.25])
    ...     def take(self, column, codes): pass
    >>> draw_piece(Coin(), sizes=np.array([2]), order=[0], rows=4, rng=np.random.default_rng(0)).sum()
    np.int64(1)

References:
    L'Ecuyer, Lécot and Tuffin (2008), "A Randomized Quasi-Monte Carlo Simulation Method for Markov Chains".
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from synth_assets.generator.cells.layout import Floats, Integers

__all__ = ["SMALL", "Drawing", "draw_piece", "even_levels", "rms", "softmax"]

GOLDEN = (5**0.5 - 1) / 2
"""Multiples of it, modulo 1, are spread evenly over every stretch of a sequence."""
SMALL = 1e-6
"""Added to mean squares, so that zeros stay zeros."""


class Drawing(Protocol):
    """Rows under way."""

    def probabilities(self, column: int) -> Floats:
        """Return the probabilities of a column's coarse codes given the codes taken so far, shape (rows, codes)."""
        ...

    def take(self, column: int, codes: Integers) -> None:
        """Go on with these codes of a column, shape (rows,)."""
        ...


def draw_piece(
    drawing: Drawing, *, sizes: Integers, order: Sequence[int], rows: int, rng: np.random.Generator
) -> Integers:
    """Return the coarse codes of rows, shape (rows, columns).

    Args:
        drawing: the rows, no column of which was taken.
        sizes: coarse codes of each column.
        order: the columns in the order in which they are drawn.
        rows: number of rows.
        rng: the only source of randomness.
    """
    codes: Integers = np.zeros((rows, sizes.size), dtype=np.int64)
    for position, column in enumerate(order):
        sums = np.cumsum(drawing.probabilities(column), axis=1)
        levels = even_levels(codes, order=rng.permutation(order[:position]), rng=rng) * sums[:, -1]
        codes[:, column] = np.minimum((sums <= levels[:, None]).sum(axis=1), sizes[column] - 1)
        drawing.take(column, codes[:, column])
    return codes


def even_levels(codes: Integers, *, order: Integers, rng: np.random.Generator) -> Floats:
    """Return numbers in [0, 1), shape (rows,), spread evenly over rows that have the same codes.

    Args:
        codes: shape (rows, columns).
        order: columns by which rows are sorted, the first one first.
        rng: where the sequence begins, and the order of rows that are the same.
    """
    rows = len(codes)
    keys = [rng.permutation(rows), *(codes[:, column] for column in order[::-1])]
    levels = np.empty(rows)
    levels[np.lexsort(keys)] = (rng.random() + GOLDEN * np.arange(rows)) % 1.0
    return levels


def softmax(logits: Floats) -> Floats:
    """Return probabilities, shape (rows, codes), in place of their logits."""
    logits -= logits.max(axis=1, keepdims=True)
    np.exp(logits, out=logits)
    logits /= logits.sum(axis=1, keepdims=True)
    return logits


def rms(hidden: Floats) -> Floats:
    """Return rows whose mean square is 1, shape (rows, width)."""
    scaled: Floats = hidden / np.sqrt(np.mean(hidden**2, axis=1, keepdims=True) + SMALL)
    return scaled
