"""Probabilities are those of logits, block by block."""

import numpy as np
import pytest

from synth_assets.rowwise.scorer import BLOCK, are_small, probabilities, scores_in_blocks


def test_one_logit_is_that_of_the_second_class() -> None:
    assert probabilities(np.array([[0.0], [np.log(3)]])) == pytest.approx(np.array([[0.5, 0.5], [0.25, 0.75]]))


def test_several_logits_share_one_without_overflow() -> None:
    shares = probabilities(np.array([[0.0, 0.0, np.log(2)], [-1e300, 0.0, 1e300]]))
    assert shares == pytest.approx(np.array([[0.25, 0.25, 0.5], [0, 0, 1]]))


def test_numbers_that_could_overflow_in_a_sum_are_not_small() -> None:
    assert are_small(np.array([0, -1e100, 1e100]))
    assert not any(are_small(np.array([number])) for number in (np.nan, np.inf, -1e101))
    assert not are_small(np.zeros(1, dtype=np.float32))


@pytest.mark.parametrize("rows", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 7])
def test_every_block_has_the_same_shape_and_every_row_its_own_score(rows: int) -> None:
    features = np.random.default_rng(0).normal(size=(rows, 3)).astype(np.float32)
    shapes = set()

    def logits(block: np.ndarray) -> np.ndarray:
        shapes.add(block.shape)
        return block[:, :1].astype(np.float64)

    scores = scores_in_blocks(logits, features, classes=2)
    assert scores[:, 1] == pytest.approx(1 / (1 + np.exp(-features[:, 0].astype(float))))
    assert shapes == ({(BLOCK, 3)} if rows else set())
