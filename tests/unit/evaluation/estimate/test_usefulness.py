"""Accuracy, Brier score and calibration error of tallies."""

import numpy as np
import pytest

from synth_assets.errors import UsageError
from synth_assets.evaluation.estimate.planning import expected_tally, largest_norm
from synth_assets.evaluation.estimate.usefulness import (
    accuracy,
    balanced_accuracy,
    calibration_error,
    make_brier,
    mean_value,
    share_right,
    without_noise,
)

TABLE = np.array([[500.0, 200, 80, 20], [10, 30, 60, 100]])
SCORES = np.array([0.1, 0.3, 0.6, 0.9])
EXACT = 1e-6


def test_the_share_of_right_guesses_is_that_of_the_second_place() -> None:
    assert share_right([150, 850], scale=EXACT, beta=0.05).value == pytest.approx(0.85)


@pytest.mark.parametrize(("first", "right"), [(0, 200), (2, 860), (4, 800)])
def test_accuracy_counts_what_a_threshold_gets_right(first: int, right: int) -> None:
    assert accuracy(TABLE, first=first, scale=EXACT, beta=0.05).value == pytest.approx(right / 1000)


def test_balanced_accuracy_is_the_mean_over_labels() -> None:
    expected = (700 / 800 + 160 / 200) / 2
    assert balanced_accuracy(TABLE, first=2, scale=EXACT, beta=0.05).value == pytest.approx(expected)


def test_two_places_are_less_noisy_than_a_table_of_bins() -> None:
    places, bins = share_right([140, 860], scale=4.5, beta=0.05), accuracy(TABLE, first=2, scale=4.5, beta=0.05)
    assert places.value == pytest.approx(bins.value)
    assert bins.deviation == pytest.approx(2 * places.deviation)
    assert places.deviation == pytest.approx(4.5 * np.hypot(0.86, 0.14) / 1000)


def test_the_brier_score_is_the_mean_squared_distance() -> None:
    weights = make_brier(SCORES, expected=0.1)
    assert weights.weights.shape == (8, 2)
    totals = expected_tally(TABLE.ravel(), rows=1000, weights=weights.weights)
    expected = (TABLE[0] @ SCORES**2 + TABLE[1] @ (1 - SCORES) ** 2) / 1000
    figure = mean_value(totals, weights, scale=EXACT, beta=0.05)
    assert figure.value == pytest.approx(expected, abs=1e-4)
    noisy = mean_value(totals, weights, scale=4.5 * largest_norm(weights.weights), beta=0.05)
    assert noisy.low < expected < noisy.high
    # The largest squared distance is .81, and it is as far from the mean as any.
    assert noisy.deviation == pytest.approx((0.81 - expected) * 4.5 / 1000, rel=0.02)


def test_the_calibration_error_is_the_distance_of_scores_and_shares() -> None:
    expected = np.abs(SCORES * TABLE.sum(axis=0) - TABLE[1]).sum() / 1000
    figure = calibration_error(TABLE, SCORES, scale=EXACT, beta=0.05)
    assert figure.value == pytest.approx(expected)
    assert (figure.low, figure.high) == pytest.approx((expected, expected), abs=1e-6)


def test_noise_does_not_raise_the_calibration_error_of_a_calibrated_score() -> None:
    rng, counts = np.random.default_rng(0), np.full(20, 250.0)
    scores = (np.arange(20) + 0.5) / 20
    exact = np.stack([counts * (1 - scores), counts * scores])
    figures = [
        calibration_error(exact + np.rint(rng.normal(0, 4.5, exact.shape)), scores, scale=4.5, beta=0.05)
        for _ in range(50)
    ]
    plain = 4.5 * np.sqrt(2 / np.pi * (scores**2 + (1 - scores) ** 2)).sum() / 5000
    assert np.mean([figure.value for figure in figures]) < plain / 2
    assert sum(figure.low > 0 for figure in figures) <= 6  # 2.5 are expected at most


def test_sizes_far_above_the_noise_are_left_as_they_are() -> None:
    assert without_noise(np.array([-1000.0, 500.0]), np.full(2, 3.0)) == pytest.approx(1500)
    assert without_noise(np.array([1.0, -1.0]), np.full(2, 3.0)) == 0.0


def test_a_table_of_another_shape_is_refused() -> None:
    with pytest.raises(UsageError, match=r"\(2, bins\)"):
        accuracy(TABLE.T, scale=1.0, beta=0.05)
    with pytest.raises(UsageError, match="first=5"):
        accuracy(TABLE, first=5, scale=1.0, beta=0.05)
    with pytest.raises(UsageError, match="3 scores"):
        calibration_error(TABLE, SCORES[:3], scale=1.0, beta=0.05)
    with pytest.raises(UsageError, match="between 0 and 1"):
        make_brier([0.1, 1.1], expected=0.1)
