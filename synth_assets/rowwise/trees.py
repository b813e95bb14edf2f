"""Sums of decision trees as flat arrays, such as boosted trees.

All nodes of all trees are in one array per property; children come after their parent,
and a leaf is its own child. So a walk of as many steps as the tree is deep ends in the
leaf of each row, and is a few array look-ups per step, for a whole block of rows.

Example:
    >>> stump = Trees(
    ...     inputs=1, feature=np.zeros(3, np.int32), threshold=np.array([0.5, 0, 0]),
    ...     missing_left=np.zeros(3, np.bool_), left=np.array([1, 1, 2], np.int32), right=np.array([2, 1, 2], np.int32),
    ...     value=np.array([0, -1.0, 1.0]), baseline=np.zeros(1),
    ...     roots=np.zeros(1, np.int32), logit=np.zeros(1, np.int32),
    ... )
    >>> stump.score(np.array([[0.5], [0.6]], dtype=np.float32)).round(3).tolist()
    [[0.731, 0.269], [0.269, 0.731]]
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.errors import IntegrityError
from synth_assets.rowwise.scorer import Matrix, Scores, are_small, scores_in_blocks

__all__ = ["Trees"]

Indices = NDArray[np.int32]
Floats = NDArray[np.float64]

_NODES = {
    "feature": np.int32,
    "threshold": np.float64,
    "missing_left": np.bool_,
    "left": np.int32,
    "right": np.int32,
    "value": np.float64,
}
_TREES = {"roots": np.int32, "logit": np.int32}
_DEEPEST = 64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trees:
    """Implements ``Scorer``: logits that are sums of the leaves' values.

    Attributes:
        inputs: number of features.
        feature: feature that a node compares, shape (nodes,).
        threshold: a row goes left where its feature is at most this, shape (nodes,).
        missing_left: whether a row goes left where its feature is NaN, shape (nodes,).
        left: the left child; a leaf is its own; shape (nodes,).
        right: the right child, likewise.
        value: what a leaf adds, shape (nodes,).
        roots: first node of each tree, shape (trees,).
        logit: which logit a tree adds to, shape (trees,).
        baseline: logits before the first tree, shape (logits,): one for two classes, else one per class.
        steps: depth of each tree, shape (trees,).
    """

    kind: ClassVar[str] = "trees"

    inputs: int
    feature: Indices
    threshold: Floats
    missing_left: NDArray[np.bool_]
    left: Indices
    right: Indices
    value: Floats
    roots: Indices
    logit: Indices
    baseline: Floats
    steps: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        if not (self._well_typed() and self._is_forest()):
            raise _refusal()
        object.__setattr__(self, "steps", self._depths())

    @property
    def classes(self) -> int:
        """See ``Scorer``."""
        return max(2, self.baseline.size)

    def score(self, features: Matrix) -> Scores:
        """See ``Scorer``."""
        return scores_in_blocks(self._logits, features, classes=self.classes)

    def _logits(self, block: Matrix) -> Scores:
        """Add one tree after the other: a sum over an axis would add in an order of its own."""
        logits = np.tile(self.baseline, (len(block), 1))
        flat, starts = block.ravel(), np.arange(len(block)) * block.shape[1]
        children, feature = (
            np.stack([self.left, self.right], axis=1).ravel().astype(np.intp),
            self.feature.astype(np.intp),
        )
        missing = bool(np.isnan(block).any())
        for root, logit, steps in zip(self.roots, self.logit, self.steps, strict=True):
            node = np.full(len(block), root, dtype=np.intp)
            for _ in range(steps):
                compared = flat[starts + feature[node]]
                goes_right = compared > self.threshold[node]
                if missing:
                    goes_right |= np.isnan(compared) & ~self.missing_left[node]
                node = children[2 * node + goes_right]
            logits[:, logit] += self.value[node]
        return logits

    def as_arrays(self) -> dict[str, NDArray[Any]]:
        """See ``Scorer``."""
        arrays = {name: getattr(self, name) for name in (*_NODES, *_TREES, "baseline")}
        return {**arrays, "inputs": np.array([self.inputs], dtype=np.int32)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """See ``Scorer``."""
        if set(arrays) != {*_NODES, *_TREES, "baseline", "inputs"} or arrays["inputs"].shape != (1,):
            raise _refusal()
        parts: dict[str, Any] = {**arrays, "inputs": int(arrays["inputs"][0])}
        return cls(**parts)

    def _well_typed(self) -> bool:
        kinds = [
            *((getattr(self, name), kind, self.feature.shape) for name, kind in _NODES.items()),
            *((getattr(self, name), kind, self.roots.shape) for name, kind in _TREES.items()),
            (self.baseline, np.float64, self.baseline.shape),
        ]
        return (
            all(part.dtype == kind and part.ndim == 1 and part.shape == shape for part, kind, shape in kinds)
            and self.inputs > 0
            and self.baseline.size > 0
            and are_small(self.value)
            and are_small(self.baseline)
            and not np.isnan(self.threshold).any()
        )

    def _is_forest(self) -> bool:
        """Tell whether every node is a root or the child of one earlier node, and all indices are in range."""
        nodes = np.arange(self.feature.size)
        leaf = (self.left == nodes) & (self.right == nodes)
        children = np.concatenate([self.left[~leaf], self.right[~leaf], self.roots])
        parents = np.concatenate([nodes[~leaf], nodes[~leaf], np.full(self.roots.size, -1)])
        ranges = [(self.feature, self.inputs), (self.logit, self.baseline.size), (children, nodes.size)]
        return (
            all(bool(((part >= 0) & (part < size)).all()) for part, size in ranges)
            and bool((children > parents).all())
            and bool((np.bincount(children, minlength=nodes.size) == 1).all())
        )

    def _depths(self) -> tuple[int, ...]:
        depths = np.zeros(self.roots.size, dtype=np.intp)
        level, tree = self.roots, np.arange(self.roots.size)
        for depth in range(_DEEPEST + 1):
            inner = self.left[level] != level
            level, tree = level[inner], tree[inner]
            if not level.size:
                return tuple(depths.tolist())
            depths[tree] = depth + 1
            level, tree = np.concatenate([self.left[level], self.right[level]]), np.concatenate([tree, tree])
        raise _refusal()


def _refusal() -> IntegrityError:
    return IntegrityError("the arrays are not those of trees", hint="fit the model again: that is free")
