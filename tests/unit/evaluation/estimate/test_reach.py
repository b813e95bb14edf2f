"""Noise is beyond its reach with the stated probability at most, by the probabilities of discrete Gaussians."""

import math

import numpy as np
import pytest

from synth_assets.errors import UsageError
from synth_assets.evaluation.estimate.reach import NoisyCells, Size, norm, normal_quantile, reach, reaches


def discrete_gaussian(scale: float) -> tuple[np.ndarray, np.ndarray]:
    support = np.arange(-math.ceil(12 * scale), math.ceil(12 * scale) + 1)
    weights = np.exp(-(support**2) / (2 * scale**2))
    return support, weights / weights.sum()


@pytest.mark.parametrize("scale", [0.4, 1.0, 2.0, 4.5, 14.3])
@pytest.mark.parametrize("beta", [0.3, 0.05, 0.01, 1e-4, 1e-7])
def test_one_cell_is_beyond_its_reach_with_a_probability_of_at_most_beta(scale: float, beta: float) -> None:
    support, probabilities = discrete_gaussian(scale)
    far = reach(np.ones(1), scale=np.array([scale]), beta=beta)
    assert probabilities[support > far].sum() <= beta


@pytest.mark.parametrize("weights", [(1.0, -0.85), (0.15, -0.85), (1.0, 1.0), (1.0, -math.pi / 4)])
@pytest.mark.parametrize("beta", [0.05, 0.01, 1e-4])
def test_a_form_of_two_cells_is_beyond_its_reach_with_a_probability_of_at_most_beta(
    weights: tuple[float, float], beta: float
) -> None:
    support, probabilities = discrete_gaussian(4.5)
    sums = weights[0] * support[:, None] + weights[1] * support
    far = reach(np.array(weights), scale=np.full(2, 4.5), beta=beta)
    beyond = np.outer(probabilities, probabilities)[sums > far].sum()
    assert 0.15 * beta < beyond <= beta


def test_for_large_scales_the_reach_is_the_normal_quantile() -> None:
    assert reach(np.ones(1), scale=np.array([3e5]), beta=0.01) == pytest.approx(3e5 * normal_quantile(0.01), rel=1e-4)
    assert normal_quantile(0.01) == pytest.approx(2.3263, abs=1e-4)


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0, -0.1, math.nan])
def test_a_beta_that_is_not_small_is_refused(beta: float) -> None:
    with pytest.raises(UsageError, match="beta="):
        normal_quantile(beta)


@pytest.mark.parametrize("scale", [0.0, -1.0, math.inf, math.nan])
def test_a_scale_that_is_not_above_zero_is_refused(scale: float) -> None:
    with pytest.raises(UsageError, match="scale="):
        NoisyCells.of([1, 2], scale=scale)


def test_a_tally_that_is_not_finite_is_refused() -> None:
    with pytest.raises(UsageError, match="finite"):
        NoisyCells.of([1, math.nan], scale=1.0)


def test_two_draws_keep_their_own_scales() -> None:
    cells = NoisyCells.of([1, 2], scale=1.0) + NoisyCells.of([3], scale=2.0)
    assert cells.values.tolist() == [1, 2, 3]
    assert cells.scale.tolist() == [1, 1, 2]


def test_a_sum_of_many_cells_is_beyond_its_reach_with_a_probability_of_at_most_beta() -> None:
    cells, beta = 40, 0.05
    _, one = discrete_gaussian(4.5)
    whole = np.ones(1)
    for _ in range(cells):
        whole = np.convolve(whole, one)
    support = np.arange(whole.size) - whole.size // 2
    far = reach(np.ones(cells), scale=np.full(cells, 4.5), beta=beta)
    assert 0.4 * beta < whole[support > far].sum() <= beta


def test_small_scales_take_the_bound_that_holds_for_all() -> None:
    assert len(reaches(0.05, least=1.9)) == 1
    assert reach(np.ones(1), scale=np.array([0.5]), beta=0.05) == pytest.approx(0.5 * math.sqrt(2 * math.log(20)))


def test_the_size_of_a_form_is_that_of_its_weights() -> None:
    size = Size.of(np.array([3.0, 4.0]), np.array([2.0, 2.0]))
    assert (size.spread, size.length) == (10.0, 5.0) == (2 * norm(np.array([3.0, 4.0])), 5.0)
