"""Trees score as a walk from the root to a leaf does, and only trees are accepted."""

from typing import Any

import numpy as np
import pytest
from made_up_scorers import trees

from synth_assets.errors import IntegrityError
from synth_assets.rowwise.scorer import probabilities
from synth_assets.rowwise.trees import Trees


def _features(rows: int) -> np.ndarray:
    rng = np.random.default_rng(3)
    features = rng.random((rows, 5)).astype(np.float32)
    features[rng.random((rows, 5)) < 0.1] = np.nan
    return features


def _walked(scorer: Trees, row: np.ndarray) -> np.ndarray:
    logits = scorer.baseline.copy()
    for root, logit in zip(scorer.roots, scorer.logit, strict=True):
        node = root
        while scorer.left[node] != node:
            value = row[scorer.feature[node]]
            left = bool(scorer.missing_left[node]) if np.isnan(value) else value <= scorer.threshold[node]
            node = (scorer.left if left else scorer.right)[node]
        logits[logit] += scorer.value[node]
    return logits


@pytest.mark.parametrize("logits", [1, 4])
def test_a_score_is_that_of_a_walk_down_each_tree(logits: int) -> None:
    scorer, features = trees(5, logits=logits), _features(200)
    assert scorer.steps == (2,) * 30
    assert (scorer.inputs, scorer.classes) == (5, max(2, logits))
    expected = probabilities(np.array([_walked(scorer, row) for row in features]))
    assert np.abs(scorer.score(features) - expected).max() < 1e-12


def test_a_score_is_the_same_to_the_last_bit_among_any_rows() -> None:
    scorer, features = trees(5, count=300), _features(60)
    together = scorer.score(features)
    alone = np.concatenate([scorer.score(features[row : row + 1]) for row in range(60)])
    assert (alone == together).all()


def test_without_trees_the_baseline_is_the_score() -> None:
    scorer = trees(5, count=0)
    assert scorer.score(_features(2))[:, 1] == pytest.approx(1 / (1 + np.exp(-scorer.baseline[0])))


def test_trees_of_different_depths_stop_at_their_own() -> None:
    lone, full = trees(5, count=1), trees(5, count=2)
    parts = full.as_arrays()
    parts["left"][5:], parts["right"][5:] = [5, 6, 7, 8, 9], [5, 6, 7, 8, 9]
    kept = [0, 1, 2, 3, 4, 5]
    nodes = {name: array[kept] for name, array in parts.items() if array.shape == (10,)}
    scorer = Trees.from_arrays({**parts, **nodes})
    assert scorer.steps == (2, 0)
    assert lone.steps == (2,)


def test_arrays_come_back() -> None:
    scorer, features = trees(5, logits=3), _features(50)
    again = Trees.from_arrays(scorer.as_arrays())
    assert (again.score(features) == scorer.score(features)).all()


def _changed(name: str, position: int, value: Any) -> dict[str, Any]:
    arrays = {key: array.copy() for key, array in trees(5, count=2).as_arrays().items()}
    arrays[name][position] = value
    return arrays


@pytest.mark.parametrize(
    ("name", "position", "value"),
    [
        ("feature", 0, 5),
        ("feature", 0, -1),
        ("left", 0, 0),  # neither a leaf nor below
        ("left", 2, 0),  # a circle
        ("left", 0, 2),  # two parents, and a node without
        ("right", 7, 99),
        ("roots", 1, 0),
        ("logit", 0, 1),
        ("value", 1, np.nan),
        ("value", 1, -1e101),
        ("threshold", 0, np.nan),
        ("baseline", 0, np.inf),
        ("inputs", 0, 0),
    ],
)
def test_what_is_not_a_forest_is_refused(name: str, position: int, value: Any) -> None:
    with pytest.raises(IntegrityError, match="not those of trees"):
        Trees.from_arrays(_changed(name, position, value))


def test_arrays_of_other_types_or_names_are_refused() -> None:
    good = trees(5).as_arrays()
    for changes in (
        {"feature": good["feature"].astype(np.float64)},
        {"value": good["value"][:-1]},
        {"left": good["left"].reshape(-1, 1)},
        {"inputs": np.array([5, 5], dtype=np.int32)},
        {"more": good["value"]},
    ):
        with pytest.raises(IntegrityError, match="not those of trees"):
            Trees.from_arrays({**good, **changes})


def test_a_tree_deeper_than_any_of_ours_is_refused() -> None:
    steps = 70
    nodes = np.arange(2 * steps + 1)
    inner = (nodes % 2 == 0) & (nodes < 2 * steps)
    with pytest.raises(IntegrityError, match="not those of trees"):
        Trees(
            inputs=1,
            feature=np.zeros(nodes.size, dtype=np.int32),
            threshold=np.zeros(nodes.size),
            missing_left=np.zeros(nodes.size, dtype=bool),
            left=np.where(inner, nodes + 1, nodes).astype(np.int32),
            right=np.where(inner, nodes + 2, nodes).astype(np.int32),
            value=np.zeros(nodes.size),
            roots=np.zeros(1, dtype=np.int32),
            logit=np.zeros(1, dtype=np.int32),
            baseline=np.zeros(1),
        )
