"""The area under the curve by its linear part and a coarse table."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from synth_assets.errors import UsageError
from synth_assets.evaluation.estimate.centred import UNIT
from synth_assets.evaluation.estimate.planning import expected_tally, largest_norm, planned_scale
from synth_assets.evaluation.estimate.ranking import COARSE, area, area_of_table, exact_area, make_ranking

BINS = 100


def table(*, rows: int, drift: float = 0.0, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    label = (rng.random(rows) < 0.24).astype(np.int64)
    score = rng.normal(0, 1, rows) + np.where(label == 1, 1.9 - drift, drift)
    counts = np.zeros((2, BINS))
    np.add.at(counts, (label, np.clip((score * 12 + 45).astype(np.int64), 0, BINS - 1)), 1)
    return counts


def sums(real: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return expected_tally(real, rows=real.sum(), weights=weights)


def test_the_exact_area_is_that_of_scikit_learn() -> None:
    counts = table(rows=500)
    label = np.repeat([0, 1], BINS)
    bins = np.tile(np.arange(BINS), 2)
    expected = roc_auc_score(label, bins, sample_weight=counts.ravel())
    assert exact_area(counts) == pytest.approx(expected)


def test_no_cell_has_weights_longer_than_the_unit() -> None:
    weights = make_ranking(table(rows=5000)).weights
    assert weights.dtype == np.int64
    assert weights.shape == (2, BINS, 4 + 2 * COARSE)
    assert 0.99 * UNIT < largest_norm(weights) <= UNIT
    assert not weights[0, :, 2:4].any()
    assert not weights[1, :, :2].any()


def test_without_noise_the_synthetic_rows_have_their_own_area() -> None:
    synthetic = table(rows=5000)
    ranking = make_ranking(synthetic)
    figure = area(sums(synthetic, ranking.weights), ranking, scale=1e-3, beta=0.05)
    assert figure.value == pytest.approx(exact_area(synthetic), abs=2e-5)
    assert figure.high - figure.low < 1e-4


@pytest.mark.parametrize("drift", [-0.3, 0.1, 0.3])
def test_the_coarse_table_supplies_what_the_linear_part_misses(drift: float) -> None:
    real, synthetic = table(rows=20_000), table(rows=20_000, drift=drift, seed=1)
    ranking = make_ranking(synthetic)
    exact, totals = exact_area(real), sums(real, ranking.weights)
    linear = totals.copy()
    for label, rows in enumerate(real.sum(axis=1)):
        start = 4 + label * COARSE
        linear[start : start + COARSE] = rows * ranking.shares[label] * ranking.indicator
    without, with_it = (area(part, ranking, scale=1e-3, beta=0.05).value for part in (linear, totals))
    assert abs(with_it - exact) < 0.0015
    assert abs(with_it - exact) < 0.5 * abs(without - exact)


def test_the_deviation_is_the_area_over_the_rows_of_each_label() -> None:
    synthetic = table(rows=20_000)
    ranking = make_ranking(synthetic)
    scale = planned_scale(rho=0.0244, max_rows=1, norm=largest_norm(ranking.weights))
    figure = area(expected_tally(synthetic, rows=4885, weights=ranking.weights), ranking, scale=scale, beta=0.05)
    positives = 4885 * synthetic[1].sum() / synthetic.sum()
    best = figure.value * planned_scale(rho=0.0244, max_rows=1) * np.hypot(1 / positives, 1 / (4885 - positives))
    assert best < figure.deviation < 1.06 * best
    assert figure.deviation < 0.0042


def test_no_row_of_a_label_says_nothing() -> None:
    ranking = make_ranking(table(rows=5000))
    figure = area(np.zeros(4 + 2 * COARSE), ranking, scale=3e5, beta=0.05)
    assert (figure.low, figure.value, figure.high) == (0.0, 0.5, 1.0)


def test_a_table_has_the_area_of_its_bins_with_more_noise() -> None:
    fine = table(rows=5000)
    bins = fine.reshape(2, 20, 5).sum(axis=2)
    exact = area_of_table(bins, scale=1e-6, beta=0.05)
    assert (exact.low, exact.value, exact.high) == pytest.approx((exact_area(bins),) * 3, abs=1e-6)
    ranking, scale = make_ranking(fine), planned_scale(rho=0.0244, max_rows=1)
    linear = area(sums(fine, ranking.weights), ranking, scale=scale * largest_norm(ranking.weights), beta=0.05)
    noisy = area_of_table(bins, scale=scale, beta=0.05)
    assert noisy.value == pytest.approx(linear.value, abs=0.005)
    assert noisy.deviation > 1.3 * linear.deviation
    assert area_of_table(np.zeros((2, 4)), scale=1.0, beta=0.05).high == 1.0


def test_the_deviation_of_a_tables_area_is_that_of_its_noise() -> None:
    rng, bins = np.random.default_rng(0), table(rows=5000).reshape(2, 20, 5).sum(axis=2)
    figures = [area_of_table(bins + np.rint(rng.normal(0, 4.5, bins.shape)), scale=4.5, beta=0.05) for _ in range(300)]
    spread = np.std([figure.value for figure in figures])
    assert spread == pytest.approx(area_of_table(bins, scale=4.5, beta=0.05).deviation, rel=0.2)


@pytest.mark.parametrize("counts", [np.ones((3, 4)), np.ones(4), [[0, 0], [1, 2]], [[1, 2], [0, 0]]])
def test_counts_without_two_labels_are_refused(counts: object) -> None:
    with pytest.raises(UsageError, match=r"\(2, bins\)|each label"):
        make_ranking(counts)
