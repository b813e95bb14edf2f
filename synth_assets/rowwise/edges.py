"""Bins between ascending edges: bin i covers ``[edges[i - 1], edges[i])``, without an end on either side.

Example:
    >>> bins_of(np.array([-1.0, 0.5, 0.7]), (0.0, 0.5)).tolist(), edge_labels((0.0, 0.5))
    ([0, 2, 2], ('below 0', '0 to 0.5', '0.5 or more'))
"""

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from synth_assets.errors import UsageError

__all__ = ["bins_of", "edge_labels", "refuse_odd_edges"]


def refuse_odd_edges(edges: tuple[float, ...]) -> None:
    """Refuse edges that are not finite and ascending, or of which there is none.

    Raises:
        UsageError: the message names the rule.
    """
    if not edges or not all(map(math.isfinite, edges)) or any(low >= high for low, high in pairwise(edges)):
        raise UsageError(f"the edges {list(edges)} must be finite and ascending", hint="write one edge at least")


def bins_of(values: NDArray[np.float64], edges: tuple[float, ...]) -> NDArray[np.intp]:
    """Return the bin of each value, from 0 to ``len(edges)``, shape (values,)."""
    return np.searchsorted(np.array(edges, dtype=np.float64), values, side="right")


def edge_labels(edges: tuple[float, ...]) -> tuple[str, ...]:
    """Return the text of each bin, for people."""
    between = [f"{low:g} to {high:g}" for low, high in pairwise(edges)]
    return (f"below {edges[0]:g}", *between, f"{edges[-1]:g} or more")
