"""Rows that are drawn column by column have the probabilities they were asked for, with less sampling error."""

import numpy as np
import pytest

from synth_assets.errors import UsageError
from synth_assets.generator.networks.drawing import MOST_WORK, draw_piece, rms, softmax

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

    def keep(self, rows: np.ndarray) -> None:
        self.first, self.rows = self.first[rows] if self.first.size else self.first, rows.size


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


JOINT = FIRST[:, None] * SECOND


@pytest.mark.parametrize(
    "masses",
    [
        {1: np.array([0.0, 1.0])},
        {0: np.array([1.0, 0.0, 1.0])},
        {0: np.array([0.5, 0.0, 3.0]), 1: np.array([1.0, 0.2])},
    ],
    ids=["the last column", "the first column", "weights of both"],
)
def test_rows_under_a_condition_are_as_probable_as_they_are_under_it(masses: dict[int, np.ndarray]) -> None:
    expected = JOINT * masses.get(0, np.ones(3))[:, None] * masses.get(1, np.ones(2))
    expected /= expected.sum()
    rng, drawn = np.random.default_rng(0), []
    for _ in range(40):
        codes = draw_piece(Chain(2000), sizes=np.array([3, 2]), order=[0, 1], rows=2000, rng=rng, masses=masses)
        drawn.append(codes)
    rows = np.concatenate(drawn)
    counts = np.bincount(rows[:, 0] * 2 + rows[:, 1], minlength=6).reshape(3, 2)
    assert (counts[expected == 0] == 0).all()
    assert np.abs(counts / len(rows) - expected).max() < 0.005


@pytest.mark.parametrize(("likely", "copies"), [(1000, 1), (10, 10)])
def test_no_row_stays_twice_unless_very_few_would(likely: int, copies: int) -> None:
    class Numbered(Chain):
        kept = np.zeros(0, int)

        def probabilities(self, column: int) -> np.ndarray:
            chances = np.where(np.arange(self.rows) < likely, 1.0, 1e-9)
            return np.stack([1 - chances, chances], axis=1) if column else super().probabilities(column)

        def keep(self, rows: np.ndarray) -> None:
            super().keep(rows)
            self.kept = rows

    chain, rng = Numbered(6400), np.random.default_rng(0)
    masses = {1: np.array([0.0, 1.0])}
    codes = draw_piece(chain, sizes=np.array([3, 2]), order=[0, 1], rows=6400, rng=rng, masses=masses)
    assert len(codes) == max(likely, 6400 // MOST_WORK)
    assert (np.bincount(chain.kept)[:likely] == copies).all()


def test_a_condition_that_no_row_can_hold_is_refused() -> None:
    class Never(Chain):
        def probabilities(self, column: int) -> np.ndarray:
            return np.array([[1.0, 0.0]] * self.rows) if column else super().probabilities(column)

    with pytest.raises(UsageError, match="no probability"):
        draw_piece(
            Never(10), sizes=np.array([3, 2]), order=[0, 1], rows=10, rng=np.random.default_rng(0),
            masses={1: np.array([0.0, 1.0])},
        )  # fmt: skip
