"""Logistic and multinomial regression by scikit-learn."""

import warnings
from typing import ClassVar

import numpy as np

from synth_assets.evaluation.models.model import Labels
from synth_assets.rowwise.linear import Linear
from synth_assets.rowwise.scorer import Matrix

__all__ = ["LogisticRegression"]

_ITERATIONS = 300


class LogisticRegression:
    """Implements ``Model``: weights with scikit-learn's usual penalty, which suits features in [0, 1]."""

    name: ClassVar[str] = "logistic_regression"
    one_hot: ClassVar[int] = 64  # a weight for a category's position would mean nothing
    libraries: ClassVar[tuple[str, ...]] = ("numpy", "scikit-learn", "scipy")

    def fit(self, features: Matrix, labels: Labels, *, seed: int) -> Linear:
        """See ``Model``; the problem is convex, so that nothing is random."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression as Regression
        from threadpoolctl import threadpool_limits

        fitted = Regression(max_iter=_ITERATIONS, random_state=seed)
        with threadpool_limits(limits=1), warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # what it has reached by then is a model too
            fitted.fit(features.astype(np.float64), labels)
        return Linear(
            weights=np.ascontiguousarray(fitted.coef_.T, dtype=np.float64),
            intercept=np.array(fitted.intercept_, dtype=np.float64),
        )
