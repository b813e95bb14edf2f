"""Rare categories share a group with their nearest relatives in a declared hierarchy.

Grouping goes from the leaves upwards, by noisy one-way counts alone: a node with
enough rows becomes a group; otherwise its leaves are passed to its parent. The
leaves that reach the root form one group.

Example:
    >>> land, services = 4, 5
    >>> parents = (land, land, services, services, 6, 6)
    >>> counts = np.array([90, 3, 20, 25])
    >>> group_relatives(counts, parents, least=30, scale=1, fewest=1, most=64).tolist()
    [0, 1, 2, 2]
"""

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["group_relatives"]

_STEP = 1.25


def group_relatives(  # noqa: PLR0913 - by keyword
    counts: NDArray[np.int64],
    parents: tuple[int, ...],
    *,
    least: float,
    scale: float,
    fewest: int,
    most: int,
) -> NDArray[np.int64]:
    """Return the group of each leaf, shape (leaves,), numbered by their first leaf.

    Args:
        counts: noisy counts of the leaves.
        parents: of every node but the root, see ``hierarchy``.
        least: rows that a group should have; raised when there are too many groups, lowered when there are too few.
        scale: scale of the noise on ``counts``.
        fewest: smallest number of groups, as far as the leaves have rows for them and ``most`` allows.
        most: largest number of groups.
    """
    groups = _pooled(counts, parents, least=least, scale=scale)
    while groups.max() >= most:
        least = max(1.0, least * _STEP)
        groups = _pooled(counts, parents, least=least, scale=scale)
    while groups.max() + 1 < min(fewest, counts.size) and least > 1:
        least /= _STEP
        finer = _pooled(counts, parents, least=least, scale=scale)
        if finer.max() >= most:  # a node whose leaves become groups at once can jump over `fewest` and `most`
            break
        groups = finer
    return groups


def _pooled(counts: NDArray[np.int64], parents: tuple[int, ...], *, least: float, scale: float) -> NDArray[np.int64]:
    root = len(parents)
    waiting: list[list[int]] = [[leaf] if leaf < counts.size else [] for leaf in range(root + 1)]
    groups = np.zeros(counts.size, np.int64)
    for node, members in enumerate(waiting):
        enough = max(least, scale * math.sqrt(len(members)))
        if node == root or counts[members].sum() >= enough:
            groups[members] = node
        else:
            waiting[parents[node]] += members
    return _by_first_leaf(groups)


def _by_first_leaf(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    _, first, inverse = np.unique(groups, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[inverse], dtype=np.int64)
