"""The weights score as scikit-learn's own do."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression as Theirs

from synth_assets.evaluation.models import logistic_regression as module
from synth_assets.evaluation.models.logistic_regression import LogisticRegression


@pytest.mark.parametrize("classes", [2, 4])
def test_weights_score_like_scikit_learn(classes: int) -> None:
    rng = np.random.default_rng(0)
    features = rng.random((1000, 5)).astype(np.float32)
    labels = np.clip((features[:, 0] + rng.normal(0, 0.2, 1000)) * classes, 0, classes - 1).astype(int)
    linear = LogisticRegression().fit(features, labels, seed=0)
    theirs = Theirs(max_iter=300).fit(features.astype(float), labels)
    other = rng.random((3000, 5)).astype(np.float32)
    assert linear.score(other) == pytest.approx(theirs.predict_proba(other.astype(float)), abs=1e-6)


def test_a_fit_that_has_not_converged_is_kept_without_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ITERATIONS", 1)
    features = np.random.default_rng(0).random((50, 5)).astype(np.float32)
    assert LogisticRegression().fit(features, np.arange(50) % 3, seed=0).classes == 3
