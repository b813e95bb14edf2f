"""What a figure's noise will be, before anything is paid."""

import math

import numpy as np
import pytest

from synth_assets.errors import UsageError
from synth_assets.evaluation.estimate.fairness import demographic_parity_difference
from synth_assets.evaluation.estimate.planning import expected_tally, largest_norm, plan, planned_scale
from synth_assets.evaluation.estimate.usefulness import share_right
from synth_assets.evaluation.figure import Figure
from synth_assets.privacy.noise import least_gaussian


@pytest.mark.parametrize(("max_rows", "rho"), [(1, 0.0244), (5, 0.1)])
def test_the_planned_scale_is_that_of_the_draw(max_rows: int, rho: float) -> None:
    assert planned_scale(rho=rho, max_rows=max_rows) == pytest.approx(least_gaussian(d_in=max_rows, rho=rho).scale)


def test_the_norm_is_the_longest_row_of_weights() -> None:
    assert largest_norm([[3, 4], [0, 1]]) == 5
    assert planned_scale(rho=0.5, max_rows=2, norm=5) == 10


def test_the_expected_tally_has_the_shares_of_the_synthetic_table() -> None:
    synthetic = np.array([[10, 30], [40, 20]])
    assert expected_tally(synthetic, rows=1000).tolist() == [[100, 300], [400, 200]]
    weights = np.array([[[1, 0], [0, 1]], [[2, 0], [0, 3]]])
    assert expected_tally(synthetic, rows=1000, weights=weights).tolist() == [900, 900]


def test_a_plan_is_what_noise_makes_of_a_figure() -> None:
    tally = expected_tally([150, 850], rows=5000)
    share = plan(lambda counts: share_right(counts, scale=4.5, beta=0.01), tally, scale=4.5, truth=0.85)
    deviation = 4.5 * math.hypot(0.85, 0.15) / 5000
    assert share.deviation == pytest.approx(deviation, rel=0.2)
    # A bound is 2.33 deviations and a little away, and one draw in ten is 1.28 farther.
    assert 3.4 * deviation < share.below < 4.4 * deviation
    assert 3.4 * deviation < share.above < 4.4 * deviation


def test_a_small_group_leaves_a_figure_no_bound_in_any_draw() -> None:
    def difference(counts: np.ndarray) -> Figure:
        return demographic_parity_difference(counts, scale=4.5, beta=0.01)

    large = np.full((2, 2, 2), 1000.0)
    small = np.stack([large[0], np.full((2, 2), 1.0)])
    outlooks = [plan(difference, groups, scale=4.5, truth=0.0, draws=50).luckiest for groups in (large, small)]
    assert [outlook is not None and outlook.high > 0.9 for outlook in outlooks] == [False, True]


def test_the_same_seed_gives_the_same_plan() -> None:
    def figure(counts: np.ndarray) -> Figure:
        return share_right(counts, scale=4.5, beta=0.01)

    plans = [plan(figure, [150.0, 850.0], scale=4.5, truth=0.85, draws=20, seed=seed) for seed in (1, 1, 2)]
    assert plans[0] == plans[1] != plans[2]


def test_each_part_has_its_own_noise() -> None:
    drawn: list[np.ndarray] = []

    def figure(counts: np.ndarray) -> Figure:
        drawn.append(counts)
        return share_right(counts[0], scale=4.5, beta=0.01)

    plan(figure, np.full((2, 2), 500.0), scale=[[4.5], [1e-9]], truth=0.5, draws=10)
    assert np.ptp([counts[0] for counts in drawn]) > 0
    assert all((counts[1] == 500).all() for counts in drawn)


def test_nothing_to_expect_is_refused() -> None:
    with pytest.raises(UsageError, match="must be > 0"):
        expected_tally([0, 0], rows=10)
    with pytest.raises(UsageError, match="must be > 0"):
        expected_tally([1, 2], rows=0)
    with pytest.raises(UsageError, match="rho=0"):
        planned_scale(rho=0, max_rows=1)
