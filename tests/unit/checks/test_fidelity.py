"""The distance beyond noise and sampling: zero for the truth, the true distance for what differs."""

from dataclasses import replace

import numpy as np
import pytest
from kit.releases import MadeUp, made_up_codes, made_up_release, visits_contract
from numpy.typing import NDArray

from synth_assets.checks.fidelity import TableDistance, compare, mean_excess, noise_alone, table_distance, worst_column
from synth_assets.release import NoisyMarginal

PRIVATE, SYNTHETIC = 20_000, 10_000


def _distance(truth: NDArray[np.float64], model: NDArray[np.float64], *, scale: float, seed: int) -> TableDistance:
    """Compare a sample from ``model`` with a noisy release of a table distributed as ``truth``."""
    random = np.random.default_rng(seed)
    exact = np.rint(PRIVATE * truth).astype(np.int64)
    noisy = exact + np.rint(random.normal(0, scale, truth.size)).astype(np.int64)
    marginal = NoisyMarginal.of(attributes=("a",), level="fine", counts=noisy, scale=scale, rho=0.1, draw=0)
    return table_distance(marginal, random.multinomial(SYNTHETIC, model), rows=PRIVATE, rows_error=10.0)


def _skewed(cells: int) -> NDArray[np.float64]:
    shares = 1 / np.arange(1, cells + 1)
    return shares / shares.sum()


@pytest.mark.statistical
@pytest.mark.parametrize("scale", [0.5, 30.0, 500.0])
def test_the_estimate_is_unbiased_where_nothing_differs(scale: float) -> None:
    # The mean of 400 estimates, five of its own standard errors wide: fails once in 10^6.
    truth = _skewed(60)
    estimates = np.array([_distance(truth, truth, scale=scale, seed=seed).squared for seed in range(400)])
    assert abs(estimates.mean()) < 5 * estimates.std() / 20


@pytest.mark.statistical
@pytest.mark.parametrize("scale", [0.5, 30.0, 120.0])
def test_the_estimate_finds_the_true_distance_whatever_the_noise(scale: float) -> None:
    truth = _skewed(60)
    model = truth * np.where(np.arange(60) % 2, 1.3, 0.7)
    model /= model.sum()
    distances = [_distance(truth, model, scale=scale, seed=seed) for seed in range(200)]
    weight = 0.5 * model + 0.5 / 60
    wanted = ((truth - model) ** 2 / weight).sum()
    squared = np.array([distance.squared for distance in distances])
    # Sampled weights cost a few percent besides the standard error of the mean.
    assert abs(squared.mean() - wanted) < 5 * squared.std() / np.sqrt(200) + 0.05 * wanted


def test_the_bound_is_never_below_the_total_variation() -> None:
    truth, model = _skewed(60), _skewed(60)[::-1]
    distance = _distance(truth, model, scale=0.01, seed=1)
    assert 0.5 * np.abs(truth - model).sum() < distance.excess + 0.01


def test_the_plain_distance_contains_the_noise_and_states_how_much() -> None:
    truth = _skewed(200)
    distance = _distance(truth, truth, scale=200.0, seed=2)
    assert distance.distance == pytest.approx(distance.explained, rel=0.2)
    assert distance.explained > 0.5
    assert distance.sure_excess == 0.0


@pytest.mark.statistical
@pytest.mark.parametrize("scale", [0.5, 30.0, 500.0])
def test_standard_errors_are_those_that_are_observed_or_larger(scale: float) -> None:
    # The spread of 400 estimates is known to about 5%; the floor and the weights make ours up to a third larger.
    distances = [_distance(_skewed(60), _skewed(60), scale=scale, seed=seed) for seed in range(400)]
    stated = np.mean([distance.noise_error + distance.sampling_error for distance in distances])
    observed = np.std([distance.squared for distance in distances])
    assert 0.85 * observed < stated < 1.4 * observed


def test_noise_averages_out_over_tables() -> None:
    single = _distance(_skewed(60), _skewed(60), scale=100.0, seed=3)
    _, sure = mean_excess([_distance(_skewed(60), _skewed(60)[::-1], scale=800.0, seed=seed) for seed in range(100)])
    _, alone = mean_excess([_distance(_skewed(60), _skewed(60)[::-1], scale=800.0, seed=0)])
    assert sure > alone
    assert single.noise_error > 0


@pytest.mark.statistical
@pytest.mark.parametrize("scale", [0.5, 30.0, 5000.0])
@pytest.mark.parametrize("cells", [2, 60])
def test_the_bound_for_all_columns_at_once_holds_for_all_of_them(scale: float, cells: int) -> None:
    # 1% for each group of 20 columns; 20 or more of 500 groups would be one in 10^6.
    truth = _skewed(cells)
    distances = [_distance(truth, truth, scale=scale, seed=seed) for seed in range(10_000)]
    groups = [max(distance.sure_among(20) for distance in distances[at : at + 20]) for at in range(0, 10_000, 20)]
    assert np.count_nonzero(groups) < 20


def test_one_wrong_column_among_many_is_found() -> None:
    good = [_distance(_skewed(60), _skewed(60), scale=30.0, seed=seed) for seed in range(200)]
    shifted = _skewed(60) * 0.85
    shifted[-1] += 0.15
    bad = replace(_distance(_skewed(60), shifted, scale=30.0, seed=1), attributes=("bad",))
    assert mean_excess([*good, bad])[1] < 0.05 < worst_column([*good, bad])[0]
    assert worst_column([*good, bad])[1] == "bad"


def test_without_one_way_tables_there_is_no_worst_column() -> None:
    pair = replace(_distance(_skewed(4), _skewed(4)[::-1], scale=1.0, seed=0), attributes=("a", "b"))
    assert worst_column([pair]) == (0.0, "")


def test_one_empty_synthetic_cell_in_a_full_table_is_far() -> None:
    truth = np.array([0.5, 0.5])
    assert _distance(truth, np.array([1.0, 0.0]), scale=5.0, seed=0).sure_excess > 0.4


def test_a_single_cell_is_not_a_special_case() -> None:
    distance = _distance(np.array([1.0]), np.array([1.0]), scale=5.0, seed=0)
    assert distance.distance < 0.01


def test_an_empty_source_does_not_divide_by_zero() -> None:
    marginal = NoisyMarginal.of(attributes=("a",), level="fine", counts=np.array([3, -4]), scale=5.0, rho=0.1, draw=0)
    distance = table_distance(marginal, np.array([1, 0]), rows=0.0, rows_error=4.0)
    assert np.isfinite([distance.squared, distance.distance, distance.explained]).all()
    assert distance.sure_excess == 0.0


def test_distances_are_json() -> None:
    distance = _distance(_skewed(4), _skewed(4), scale=5.0, seed=0)
    assert distance.as_json()["attributes"] == ["a"]
    assert set(distance.as_json()) >= {"cells", "distance", "excess", "explained_by_noise_and_sampling", "sure_excess"}


def test_noise_alone_is_what_noise_does_to_the_private_table() -> None:
    contract = visits_contract()
    codes = made_up_codes(contract.domain(), rows=4000, dependence=0.5, seed=4)
    exact = made_up_release(contract, codes, scale=1e-3)
    noisy = made_up_release(contract, codes, scale=40.0)
    gaps = [
        0.5 * np.abs(first.counts - second.counts).sum() / 4000
        for first, second in zip(exact.marginals, noisy.marginals, strict=True)
    ]
    assert noise_alone(noisy.marginals, rows=4000) == pytest.approx(np.mean(gaps), rel=0.1)
    assert noise_alone([], rows=0) == 0.0


def test_every_released_table_is_compared(visits: MadeUp) -> None:
    tables = [marginal.counts for marginal in visits.release.marginals]
    distances = compare(visits.release, tables)
    assert [(distance.attributes, distance.level) for distance in distances] == [
        (marginal.attributes, marginal.level) for marginal in visits.release.marginals
    ]
