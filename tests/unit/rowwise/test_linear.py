"""A linear scorer is a weighted sum, in one order whatever the rows beside it are."""

import numpy as np
import pytest
from made_up_scorers import linear

from synth_assets.errors import IntegrityError
from synth_assets.rowwise.linear import Linear
from synth_assets.rowwise.scorer import probabilities


def _features(rows: int, width: int = 60) -> np.ndarray:
    return np.random.default_rng(2).random((rows, width)).astype(np.float32)


@pytest.mark.parametrize("logits", [1, 3])
def test_logits_are_weighted_sums(logits: int) -> None:
    scorer, features = linear(60, logits=logits), _features(100)
    scores = scorer.score(features)
    assert scores.shape == (100, max(2, logits))
    assert (scorer.inputs, scorer.classes) == (60, max(2, logits))
    assert scores == pytest.approx(probabilities(features.astype(float) @ scorer.weights + scorer.intercept))


def test_a_score_is_the_same_to_the_last_bit_among_any_rows() -> None:
    scorer, features = linear(60), _features(400)
    together = scorer.score(features)
    alone = np.concatenate([scorer.score(features[row : row + 1]) for row in range(400)])
    assert (alone == together).all()
    assert (scorer.score(features[::-1]) == together[::-1]).all()


def test_the_largest_weights_overflow_for_no_row() -> None:
    scorer = Linear(weights=np.full((60, 2), [1e100, -1e100]), intercept=np.zeros(2))
    assert scorer.score(_features(10)).tolist() == [[1, 0]] * 10
    assert scorer.score(np.full((1, 60), np.finfo(np.float32).max)).tolist() == [[1, 0]]


def test_arrays_come_back_and_others_are_refused() -> None:
    scorer, features = linear(4, logits=3), _features(10, 4)
    again = Linear.from_arrays(scorer.as_arrays())
    assert (again.score(features) == scorer.score(features)).all()
    good = scorer.as_arrays()
    for changes in (
        {"weights": good["weights"].astype(np.float32)},
        {"weights": good["weights"][:0]},
        {"weights": good["weights"] * np.nan},
        {"weights": np.full((4, 3), 1e101)},
        {"intercept": good["intercept"][:2]},
        {"more": good["intercept"]},
    ):
        with pytest.raises(IntegrityError):
            Linear.from_arrays({**good, **changes})
