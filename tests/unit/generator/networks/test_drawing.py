"""Rows that are drawn column by column have the probabilities they were asked for, with less sampling error."""

import numpy as np

from synth_assets.generator.networks.drawing import draw_piece, even_levels, rms, softmax

FIRST = np.array([0.2, 0.5, 0.3])
SECOND = np.array([[0.9, 0.1], [0.5, 0.5], [0.25, 0.75]])


class Chain:
    """A second column that depends on the first."""

    def __init__(self, rows: int) -> None:
        self.rows, self.first = rows, np.zeros(0, int)

    def probabilities(self, column: int) -> np.ndarray:
        return SECOND[self.first] if column else np.tile(FIRST, (self.rows, 1))

    def take(self, column: int, codes: np.ndarray) -> None:
        self.first = self.first if column else codes


def _drawn(rows: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    codes = draw_piece(Chain(rows), sizes=np.array([3, 2]), order=[0, 1], rows=rows, rng=rng)
    return np.bincount(codes[:, 0] * 2 + codes[:, 1], minlength=6).reshape(3, 2) / rows


def test_the_mean_of_many_pieces_is_the_distribution() -> None:
    mean = np.mean([_drawn(7, seed) for seed in range(4000)], axis=0)
    assert np.abs(mean - FIRST[:, None] * SECOND).max() < 0.015  # 5 standard deviations of independent draws


def test_one_piece_is_much_closer_than_independent_draws_would_be() -> None:
    rows = 4096
    gaps = _drawn(rows, 0) - FIRST[:, None] * SECOND
    assert np.abs(gaps).max() < 0.25 * np.sqrt(0.25 / rows)


def test_levels_are_even_in_every_group_of_rows() -> None:
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, (2000, 2))
    levels = even_levels(codes, order=np.array([1, 0]), rng=rng)
    assert ((levels >= 0) & (levels < 1)).all()
    for code in range(4):
        group = np.sort(levels[codes[:, 1] == code])
        assert np.abs(group - (np.arange(group.size) + 0.5) / group.size).max() < 5 / group.size


def test_a_last_code_is_drawn_where_probabilities_fall_short_of_one_by_rounding() -> None:
    class Short:
        def probabilities(self, _: int) -> np.ndarray:
            return np.tile([0.0, 1.0 - 1e-16], (50, 1))

        def take(self, _: int, codes: np.ndarray) -> None:
            assert codes.shape == (50,)

    codes = draw_piece(Short(), sizes=np.array([2]), order=[0], rows=50, rng=np.random.default_rng(0))
    assert (codes == 1).all()


def test_softmax_and_rms_hold_for_large_numbers_and_zeros() -> None:
    assert np.allclose(softmax(np.array([[1e4, 1e4 + np.log(3)]])), [[0.25, 0.75]])
    assert np.allclose((rms(np.array([[3.0, 4.0]])) ** 2).mean(), 1, atol=1e-6)
    assert (rms(np.zeros((1, 4))) == 0).all()
