"""Linear scorers: logistic and multinomial regression.

Example:
    >>> likes = Linear(weights=np.array([[2.0]]), intercept=np.array([-1.0]))
    >>> likes.score(np.array([[0.5], [1.0]], dtype=np.float32)).round(3).tolist()
    [[0.5, 0.5], [0.269, 0.731]]
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.errors import IntegrityError
from synth_assets.rowwise.scorer import Matrix, Scores, are_small, scores_in_blocks

__all__ = ["Linear"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Linear:
    """Implements ``Scorer``: logits that are sums of weighted features.

    Attributes:
        weights: float64, shape (features, logits); one logit for two classes, else one per class.
        intercept: float64, shape (logits,).
    """

    kind: ClassVar[str] = "linear"

    weights: NDArray[np.float64]
    intercept: NDArray[np.float64]

    def __post_init__(self) -> None:
        shaped = self.weights.ndim == 2 and self.weights.shape[1:] == self.intercept.shape  # noqa: PLR2004 - a matrix
        if not shaped or not self.weights.size or not (are_small(self.weights) and are_small(self.intercept)):
            raise IntegrityError("the weights are not those of a linear model", hint="fit it again: that is free")

    @property
    def inputs(self) -> int:
        """See ``Scorer``."""
        return len(self.weights)

    @property
    def classes(self) -> int:
        """See ``Scorer``."""
        return max(2, self.intercept.size)

    def score(self, features: Matrix) -> Scores:
        """See ``Scorer``."""
        return scores_in_blocks(self._logits, features, classes=self.classes)

    def _logits(self, block: Matrix) -> Scores:
        """Add one feature after the other: a matrix product would add in an order of its own."""
        logits = np.tile(self.intercept, (len(block), 1))
        for feature, weights in zip(block.T, self.weights, strict=True):
            logits += feature[:, None] * weights
        return logits

    def as_arrays(self) -> dict[str, NDArray[Any]]:
        """See ``Scorer``."""
        return {"weights": self.weights, "intercept": self.intercept}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """See ``Scorer``."""
        if set(arrays) != {"weights", "intercept"}:
            raise IntegrityError("a linear model has weights and an intercept", hint="fit it again: that is free")
        return cls(**arrays)
