"""Boosted trees by scikit-learn, taken out of it as arrays."""

from typing import Any, ClassVar

import numpy as np

from synth_assets.errors import Fault
from synth_assets.evaluation.models.model import Labels
from synth_assets.rowwise.scorer import Matrix
from synth_assets.rowwise.trees import Trees

__all__ = ["GradientBoosting"]

_ROUNDS, _TREES = 100, 1000
_DEPTH = 8
_COMPARED = 500
_TOLERANCE = 1e-6


class GradientBoosting:
    """Implements ``Model``: at most 100 rounds of trees of 31 leaves, and fewer where there are many classes."""

    name: ClassVar[str] = "gradient_boosting"
    one_hot: ClassVar[int] = 4  # trees are as good on positions, and each indicator is one more feature to search
    libraries: ClassVar[tuple[str, ...]] = ("numpy", "scikit-learn")

    def fit(self, features: Matrix, labels: Labels, *, seed: int) -> Trees:
        """See ``Model``; one thread, because sums over threads are rounded by how many there are.

        Raises:
            Fault: the trees do not score like scikit-learn, whose version has another form of them.
        """
        from sklearn.ensemble import HistGradientBoostingClassifier
        from threadpoolctl import threadpool_limits

        classes = int(labels.max()) + 1
        fitted = HistGradientBoostingClassifier(
            max_iter=min(_ROUNDS, max(1, _TREES // classes)),
            max_depth=_DEPTH,
            early_stopping=False,
            random_state=seed,
        )
        with threadpool_limits(limits=1):
            fitted.fit(features, labels)
            trees = _trees_of(fitted)
            expected = fitted.predict_proba(features[:_COMPARED])
        if np.abs(trees.score(features[:_COMPARED]) - expected).max() > _TOLERANCE:
            raise Fault("the exported trees score otherwise than scikit-learn's", hint="install an older scikit-learn")
        return trees


def _trees_of(fitted: Any) -> Trees:
    """Return the trees of a fitted ``HistGradientBoostingClassifier``, which only its private attributes hold."""
    predictors = [(logit, tree) for stage in fitted._predictors for logit, tree in enumerate(stage)]  # noqa: SLF001 - no public way
    parts = [tree.nodes for _, tree in predictors]
    nodes, sizes = np.concatenate(parts), np.array([len(part) for part in parts])
    roots = np.cumsum(sizes) - sizes
    own, first = np.arange(len(nodes)), np.repeat(roots, sizes)
    leaf = nodes["is_leaf"].astype(bool)
    return Trees(
        inputs=int(fitted.n_features_in_),
        feature=np.where(leaf, 0, nodes["feature_idx"]).astype(np.int32),
        threshold=np.where(leaf, 0.0, nodes["num_threshold"]),
        missing_left=nodes["missing_go_to_left"].astype(bool) & ~leaf,
        left=np.where(leaf, own, first + nodes["left"]).astype(np.int32),
        right=np.where(leaf, own, first + nodes["right"]).astype(np.int32),
        value=np.where(leaf, nodes["value"], 0.0),
        roots=roots.astype(np.int32),
        logit=np.array([logit for logit, _ in predictors], dtype=np.int32),
        baseline=np.array(fitted._baseline_prediction, dtype=np.float64).ravel(),  # noqa: SLF001 - likewise
    )
