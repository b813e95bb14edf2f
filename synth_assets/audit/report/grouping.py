"""Which neighbouring values share a bar, where there are more than a chart has room for."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["name_of", "neighbours"]


def neighbours(size: int, *, most: int) -> list[NDArray[np.int64]]:
    """Return places by the bar that shows them: neighbours together where there are many, the last one alone.

    Example:
        >>> [places.tolist() for places in neighbours(6, most=4)]
        [[0, 1], [2, 3], [4], [5]]
    """
    together = 1 if size <= most else -(-(size - 1) // (most - 1))
    starts = range(0, size - 1, together)
    return [*(np.arange(start, min(start + together, size - 1)) for start in starts), np.array([size - 1])]


def name_of(names: Sequence[str]) -> str:
    """Name neighbours by where the first begins and the last ends.

    Example:
        >>> name_of(["3 to 4", "5 to 9"]), name_of(["null"])
        ('3 to 9', 'null')
    """
    if len(names) == 1:
        return names[0]
    first, last = names[0].split(" to ")[0], names[-1].split(" to ")[-1]
    return first if first == last else f"{first} to {last}"
