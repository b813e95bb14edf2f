"""A kind of model from another package: the shares of the classes, whatever the features are.

It shows all that a kind needs: this file, and one line of an entry point.
"""

from typing import ClassVar

import numpy as np

from synth_assets.evaluation.models.model import Labels
from synth_assets.rowwise.linear import Linear
from synth_assets.rowwise.scorer import Matrix, Scorer

PACKAGE = "toy-models"
GROUP = "synth_assets.models"


class ToyModel:
    """Implements ``Model``: the shares of the classes, whatever the features are."""

    name: ClassVar[str] = "toy"
    one_hot: ClassVar[int] = 8
    libraries: ClassVar[tuple[str, ...]] = ("numpy", PACKAGE)

    def fit(self, features: Matrix, labels: Labels, *, seed: int) -> Scorer:
        """See ``Model``; nothing is random."""
        del seed
        logits = np.log(np.bincount(labels) / labels.size)
        intercept = logits if logits.size > 2 else logits[1:] - logits[:1]
        return Linear(weights=np.zeros((features.shape[1], intercept.size)), intercept=intercept)


class NarrowModel(ToyModel):
    """Ends as a scorer of one feature, which is not what it was given."""

    name: ClassVar[str] = "narrow"

    def fit(self, features: Matrix, labels: Labels, *, seed: int) -> Scorer:
        """See ``Model``, which this breaks."""
        return super().fit(features[:, :1], labels, seed=seed)


class ForeignModel(ToyModel):
    """Ends as something that our code does not score."""

    name: ClassVar[str] = "foreign"

    def fit(self, features: Matrix, labels: Labels, *, seed: int) -> Scorer:
        """See ``Model``, which this breaks."""

        class Other(Linear):
            pass

        scorer = super().fit(features, labels, seed=seed)
        return Other(**scorer.as_arrays())
