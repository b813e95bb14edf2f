"""The exported trees score as scikit-learn's own do."""

from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from synth_assets.errors import Fault
from synth_assets.evaluation.models import gradient_boosting as module
from synth_assets.evaluation.models.gradient_boosting import GradientBoosting
from synth_assets.rowwise.scorer import Matrix


def _rows(rows: int, classes: int, *, seed: int = 0) -> tuple[Matrix, Any]:
    rng = np.random.default_rng(seed)
    features = rng.random((rows, 6)).astype(np.float32)
    features[:, 3] = features[:, 3] > 0.7
    features[:, 4] = 0  # constant
    labels = ((features[:, 0] + features[:, 3] + rng.normal(0, 0.2, rows)) * classes / 2).astype(int)
    return features, np.clip(labels, 0, classes - 1)


@pytest.fixture
def theirs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The classifiers of scikit-learn that are fitted meanwhile."""
    fitted: list[Any] = []
    fit = HistGradientBoostingClassifier.fit

    def noted(self: Any, *arguments: Any, **named: Any) -> Any:
        fitted.append(self)
        return fit(self, *arguments, **named)

    monkeypatch.setattr(HistGradientBoostingClassifier, "fit", noted)
    return fitted


@pytest.mark.slow
@pytest.mark.parametrize("classes", [2, 4])
def test_trees_score_like_scikit_learn_on_other_rows(classes: int, theirs: list[Any]) -> None:
    trees = GradientBoosting().fit(*_rows(1500, classes), seed=1)
    other, _ = _rows(4000, classes, seed=5)
    assert np.abs(trees.score(other) - theirs[0].predict_proba(other)).max() < 1e-9
    assert max(trees.steps) <= 8
    missing = other.copy()
    missing[::3, 0] = np.nan
    assert np.abs(trees.score(missing) - theirs[0].predict_proba(missing)).max() < 1e-9


def test_missing_values_that_were_learned_go_where_scikit_learn_sends_them(theirs: list[Any]) -> None:
    features, labels = _rows(1500, 2)
    features[labels == 1, 1] = np.nan
    trees = GradientBoosting().fit(features, labels, seed=1)
    assert np.abs(trees.score(features) - theirs[0].predict_proba(features)).max() < 1e-9
    assert np.isinf(trees.threshold).any() or trees.missing_left.any()


def test_many_classes_have_fewer_rounds(theirs: list[Any]) -> None:
    trees = GradientBoosting().fit(*_rows(800, 60), seed=0)
    assert trees.classes == len(theirs[0].classes_) <= 60
    assert trees.roots.size <= 1000


def test_two_rows_are_enough() -> None:
    trees = GradientBoosting().fit(np.zeros((2, 1), dtype=np.float32), np.array([0, 1]), seed=0)
    assert trees.score(np.zeros((1, 1), dtype=np.float32)).tolist() == [[0.5, 0.5]]


def test_trees_that_score_otherwise_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TOLERANCE", -1.0)
    with pytest.raises(Fault, match="score otherwise than scikit-learn"):
        GradientBoosting().fit(*_rows(100, 2), seed=0)
