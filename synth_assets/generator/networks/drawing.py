"""Draw rows column by column, in NumPy: each column's code from its probabilities given the codes drawn before.

Random numbers are spread evenly over rows that have the same codes so far, see ``cells.even``. Rows come in pieces,
which bounds memory.

A condition gives the codes of some columns a mass. Where such a column is next, each row has a chance: the sum of the
probabilities of its codes times their masses. Rows stay in proportion to their chances, and none comes twice unless
very few would stay. Then the code is drawn by probability times mass. So all rows hold the condition, and are as
probable as they are under it.

Example:
    >>> class Coin:
    ...     def probabilities(self, column): return np.full((4, 2), [0.75, 0.25])
    ...     def take(self, column, codes): pass
    ...     def keep(self, rows): pass
    >>> draw_piece(Coin(), sizes=np.array([2]), order=[0], rows=4, rng=np.random.default_rng(0)).sum()
    np.int64(1)

References:
    Liu, Chen and Wong (1998), "Rejection Control and Sequential Importance Sampling".
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from synth_assets.errors import UsageError
from synth_assets.generator.cells.even import even_levels
from synth_assets.generator.cells.layout import Floats, Integers

__all__ = ["MOST_WORK", "SMALL", "Drawing", "draw_piece", "rms", "softmax"]

MOST_WORK = 64
"""A piece under a condition keeps at least one row of so many."""
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

    def keep(self, rows: Integers) -> None:
        """Go on with these rows, by their numbers, some of which may come more than once."""
        ...


def draw_piece(  # noqa: PLR0913 - what decides rows, by keyword
    drawing: Drawing,
    *,
    sizes: Integers,
    order: Sequence[int],
    rows: int,
    rng: np.random.Generator,
    masses: Mapping[int, Floats] | None = None,
) -> Integers:
    """Return the coarse codes of rows, shape (rows, columns); fewer rows under a condition.

    Args:
        drawing: the rows, no column of which was taken.
        sizes: coarse codes of each column.
        order: the columns in the order in which they are drawn.
        rows: number of rows.
        rng: the only source of randomness.
        masses: of the codes of columns with a condition, at least 0 and one of them above.
    """
    codes: Integers = np.zeros((rows, sizes.size), dtype=np.int64)
    conditioned, fewest = masses or {}, max(1, rows // MOST_WORK)
    for position, column in enumerate(order):
        probabilities = drawing.probabilities(column)
        if column in conditioned:
            probabilities *= conditioned[column]
            kept = _kept(probabilities.sum(axis=1), fewest=fewest, rng=rng)
            drawing.keep(kept)
            codes, probabilities = codes[kept], probabilities[kept]
        sums = np.cumsum(probabilities, axis=1)
        levels = even_levels(codes, order=rng.permutation(order[:position]), rng=rng) * sums[:, -1]
        codes[:, column] = np.minimum((sums <= levels[:, None]).sum(axis=1), sizes[column] - 1)
        drawing.take(column, codes[:, column])
    return codes


def _kept(chances: Floats, *, fewest: int, rng: np.random.Generator) -> Integers:
    """Return the numbers of the rows that stay, ascending: each in proportion to its chance, as evenly as can be.

    Raises:
        UsageError: no row has a chance.
    """
    if not chances.max() > 0:
        raise UsageError("the model gives the condition no probability", hint="ask for something less rare")
    size = max(fewest, round(float(chances.sum() / chances.max())))
    ends = np.floor(np.cumsum(chances) / chances.sum() * size + rng.random()).astype(np.int64)
    ends[-1] = size
    return np.repeat(np.arange(chances.size), np.diff(np.minimum(ends, size), prepend=0))


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
