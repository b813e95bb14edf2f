"""Measured people against held-out ones."""

import math
from functools import partial

import numpy as np
import pytest

from synth_assets.errors import UsageError
from synth_assets.evaluation.estimate.leakage import largest_advantage, nearer, share_difference

exactly = {"measured_scale": 1e-6, "held_out_scale": 1e-6, "beta": 0.05}
noisily = {"measured_scale": 4.5, "held_out_scale": 4.5, "beta": 0.05}


def test_the_leak_is_the_difference_of_two_shares() -> None:
    figure = share_difference([400, 600], [60, 40], **exactly)
    assert (figure.low, figure.value, figure.high) == pytest.approx((0.2, 0.2, 0.2), abs=1e-6)
    assert share_difference([60, 40], [400, 600], **exactly).value == pytest.approx(-0.2)


def test_the_smaller_part_decides_the_noise() -> None:
    figure = share_difference([40_000, 60_000], [600, 400], **noisily)
    assert figure.deviation == pytest.approx(4.5 * math.hypot(0.6, 0.4) / 1000, rel=0.01)


def test_the_bounds_cover_who_was_held_out() -> None:
    """Without any leak, random groups of the same people differ by more than noise alone reaches; bounds do not fail.

    False failure: below 1e-9, for 400 splits each of which fails with a probability of at most .05.
    """
    rng = np.random.default_rng(3)
    outside = {0: 0, 1: 0}
    for _ in range(400):
        groups = [rng.binomial(rows, 0.3) for rows in (4000, 1000)]
        tallies = [[rows - hits, hits] for rows, hits in zip((4000, 1000), groups, strict=True)]
        for max_rows in outside:
            figure = share_difference(*tallies, measured_scale=1.0, held_out_scale=1.0, beta=0.05, max_rows=max_rows)
            outside[max_rows] += figure.low > 0
    assert outside[1] < 50
    assert outside[0] > 100


def test_sampling_and_noise_are_one_deviation() -> None:
    alone = share_difference([600, 400], [300, 200], **noisily)
    both = share_difference([600, 400], [300, 200], **noisily, max_rows=2)
    sampling = math.sqrt(2 * 0.4 * 0.6 * (1 / 1000 + 1 / 500))
    assert both.deviation == pytest.approx(math.hypot(alone.deviation, sampling), rel=0.01)
    assert alone.high < both.high < alone.high + 2 * sampling
    rare = share_difference([1000, 0], [500, 0], **exactly, max_rows=1)
    assert rare.low < -0.001 < 0.001 < rare.high
    assert nearer([600, 400], [300, 200], **noisily, max_rows=2).high > nearer([600, 400], [300, 200], **noisily).high


def test_a_part_that_may_be_empty_says_nothing() -> None:
    figure = share_difference([400, 600], [4, 3], **noisily)
    assert (figure.low, figure.high) == (-1.0, 1.0)


def test_nearer_is_the_largest_difference_of_distribution_functions() -> None:
    measured, held_out = [500, 300, 200, 0], [20, 50, 20, 10]
    assert nearer(measured, held_out, **exactly).value == pytest.approx(0.3)
    assert nearer(held_out, measured, **exactly).value == 0.0


def test_the_band_holds_for_all_distances_at_once() -> None:
    two = nearer([5000, 5000], [500, 500], **noisily)
    many = nearer([5000, *[0] * 8, 5000], [500, *[0] * 8, 500], **noisily)
    assert many.low <= two.low <= two.high < many.high


def test_the_advantage_is_bounded_by_the_loss() -> None:
    assert largest_advantage(0.0) == 0.0
    assert largest_advantage(0.0244) == pytest.approx(0.1105, abs=1e-3)
    assert largest_advantage(5.0) == pytest.approx(math.sqrt(1 - math.exp(-5)))
    # The Gaussian mechanism itself has an advantage of 2 Phi(sqrt(2 rho) / 2) - 1, which must be below the bound.
    for rho in (0.001, 0.1, 0.5, 1.0, 3.0):
        assert math.erf(math.sqrt(2 * rho) / 2 / math.sqrt(2)) < largest_advantage(rho) < 1


@pytest.mark.parametrize(
    "wrong",
    [
        partial(largest_advantage, -1.0),
        partial(nearer, [1, 2], [1, 2, 3], **noisily),
        partial(nearer, [1], [1], **noisily),
    ],
)
def test_what_has_no_answer_is_refused(wrong: partial) -> None:
    with pytest.raises(UsageError):
        wrong()


def test_two_scales_are_kept_apart() -> None:
    loud = share_difference(np.array([500, 500]), [500, 500], measured_scale=40.0, held_out_scale=4.5, beta=0.05)
    quiet = share_difference(np.array([500, 500]), [500, 500], **noisily)
    assert loud.deviation > 5 * quiet.deviation
