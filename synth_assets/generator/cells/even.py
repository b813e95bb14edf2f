"""Random numbers that are spread evenly over rows that are alike, so that tables of many rows have less sampling error.

Rows are sorted by codes that they have already, and take turns along a sequence without gaps or clumps that begins
anywhere. Each row by itself is drawn as if alone.

Example:
    >>> codes = np.zeros((4, 1), dtype=np.int64)
    >>> np.sort(even_levels(codes, order=[0], rng=np.random.default_rng(0)).round(2)).tolist()
    [0.04, 0.28, 0.66, 0.9]

References:
    L'Ecuyer, Lécot and Tuffin (2008), "A Randomized Quasi-Monte Carlo Simulation Method for Markov Chains".
"""

from collections.abc import Sequence

import numpy as np

from synth_assets.generator.cells.layout import Floats, Integers

__all__ = ["even_levels"]

GOLDEN = (5**0.5 - 1) / 2
"""Multiples of it, modulo 1, are spread evenly over every stretch of a sequence."""


def even_levels(codes: Integers, *, order: Sequence[int] | Integers, rng: np.random.Generator) -> Floats:
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
