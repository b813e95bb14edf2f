"""Distances of tables: exact without noise, bounded with it."""

import math

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from synth_assets.errors import UsageError
from synth_assets.evaluation.estimate.closeness import (
    correlation_difference,
    excess,
    expected_by_sampling,
    jensen_shannon,
    mean_total_variation,
    wasserstein,
)

REAL = np.array([400.0, 300, 200, 100, 0])
SYNTHETIC = np.array([30.0, 40, 20, 5, 5])
EXACT = 1e-6


def test_the_mean_total_variation_is_the_sum_over_twice_the_rows_of_all_tables() -> None:
    figure = mean_total_variation(600.0, tables=3, rows=1000, scale=EXACT, beta=0.05)
    assert (figure.low, figure.value, figure.high) == pytest.approx((0.1, 0.1, 0.1))


def test_rounded_shares_and_noisy_rows_widen_the_bounds() -> None:
    plain = mean_total_variation(600.0, tables=3, rows=1000, scale=4.5, beta=0.05)
    rounded = mean_total_variation(600.0, tables=3, rows=1000, scale=4.5, beta=0.05, rounding=6.0)
    noisy = mean_total_variation(600.0, tables=3, rows=1000, scale=4.5, beta=0.05, rows_deviation=5.0)
    assert (rounded.low, rounded.high) == pytest.approx((plain.low - 0.001, plain.high + 0.001))
    assert noisy.low < plain.low < plain.high < noisy.high
    assert noisy.deviation > plain.deviation == pytest.approx(4.5 / 6000)


def test_rows_that_are_not_surely_there_say_nothing() -> None:
    figure = mean_total_variation(60.0, tables=3, rows=4, scale=4.5, beta=0.05, rows_deviation=5.0)
    assert (figure.low, figure.high) == (0.0, 1.0)


@pytest.mark.parametrize("samples", [[2000], [2000, 500]])
def test_sampling_alone_makes_the_distance_that_is_expected(samples: list[int]) -> None:
    rng, share = np.random.default_rng(0), np.full(20, 0.05)
    drawn = [rng.multinomial(size, share, size=400) / size for size in samples]
    other = drawn[1] if len(samples) > 1 else share
    mean = np.abs(drawn[0] - other).sum(axis=1).mean() / 2
    assert expected_by_sampling([share * 7000], samples=samples) == pytest.approx(mean, rel=0.02)


def test_sampling_of_rare_cells_is_not_overstated() -> None:
    rng, share = np.random.default_rng(0), np.full(5000, 1 / 5000)
    mean = np.abs(rng.multinomial(500, share, size=100) / 500 - share).sum(axis=1).mean() / 2
    normal = math.sqrt(2 * share[0] / (math.pi * 500)) * 5000 / 2
    assert mean <= expected_by_sampling([share], samples=[500]) < min(1.15 * mean, normal)


def test_the_excess_is_what_sampling_does_not_explain() -> None:
    raw = mean_total_variation(600.0, tables=3, rows=1000, scale=4.5, beta=0.05)
    beyond = excess(raw, expected=0.04)
    assert (beyond.value, beyond.low, beyond.high) == pytest.approx((0.06, raw.low - 0.04, raw.high - 0.04))
    assert excess(raw, expected=0.5).high == 0.0
    assert expected_by_sampling([], samples=[5]) == 0.0


def test_the_wasserstein_distance_is_that_of_scipy_over_the_range() -> None:
    places = np.array([0.0, 1, 2, 10, 20])
    figure = wasserstein(REAL, SYNTHETIC, positions=places, scale=EXACT, beta=0.05)
    expected = wasserstein_distance(places, places, REAL, SYNTHETIC) / 20
    assert (figure.low, figure.value, figure.high) == pytest.approx((expected,) * 3, abs=1e-6)


def test_the_divergence_is_the_square_of_the_distance_of_scipy() -> None:
    expected = jensenshannon(REAL / REAL.sum(), SYNTHETIC / SYNTHETIC.sum(), base=2) ** 2
    figure = jensen_shannon(REAL, SYNTHETIC, scale=1e-9, beta=0.05)
    assert (figure.low, figure.value, figure.high) == pytest.approx((expected,) * 3, abs=1e-6)
    assert jensen_shannon([1000, 0], [0, 10], scale=EXACT, beta=0.05).value == pytest.approx(1.0, abs=1e-6)


def test_the_correlation_is_that_of_numpy() -> None:
    rng = np.random.default_rng(0)
    codes = [rng.multivariate_normal([3, 3], [[2, slope], [slope, 2]], size=4000) for slope in (1.2, 0.4)]
    tables = [np.histogram2d(*rows.T, bins=[np.arange(8), np.arange(7)])[0] for rows in codes]
    down, across = np.arange(7) ** 1.5, np.arange(6)
    one, other = np.meshgrid(down, across, indexing="ij")
    exact = [np.cov(one.ravel(), other.ravel(), fweights=table.ravel().astype(int)) for table in tables]
    real, synthetic = (matrix[0, 1] / math.sqrt(matrix[0, 0] * matrix[1, 1]) for matrix in exact)
    figure = correlation_difference(tables[0], tables[1], down=down, across=across, scale=EXACT, beta=0.05)
    assert (figure.low, figure.value, figure.high) == pytest.approx((abs(real - synthetic),) * 3, abs=1e-6)
    noisy = correlation_difference(tables[0], tables[1], down=down, across=across, scale=4.5, beta=0.05)
    assert noisy.low < figure.value < noisy.high


def test_too_few_rows_say_nothing() -> None:
    few = np.array([3.0, 2, 0, 1, 0])
    assert jensen_shannon(few, SYNTHETIC, scale=4.5, beta=0.05).high == 1.0
    assert wasserstein(few, SYNTHETIC, positions=np.arange(5), scale=4.5, beta=0.05).high == 1.0
    grid = np.ones((3, 3))
    vague = correlation_difference(grid, np.eye(3), down=[0, 1, 2], across=[0, 1, 2], scale=4.5, beta=0.05)
    assert (vague.low, vague.high) == pytest.approx((0.0, 2.0))


def test_histograms_that_do_not_fit_are_refused() -> None:
    with pytest.raises(UsageError, match="ascending"):
        wasserstein(REAL, SYNTHETIC, positions=[0, 1, 1, 2, 3], scale=1.0, beta=0.05)
    with pytest.raises(UsageError, match="must hold rows"):
        jensen_shannon(REAL, np.zeros(5), scale=1.0, beta=0.05)
    with pytest.raises(UsageError, match="no correlation"):
        correlation_difference(np.ones((1, 2)), np.ones((1, 2)), down=[1], across=[0, 1], scale=1.0, beta=0.05)
