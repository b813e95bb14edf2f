"""What an attacker shows is bounded from below: rarely too much, and enough to be of use."""

import math

import numpy as np
import pytest

from synth_assets.assurance.bounds import MISTAKE, at_least, shown_by, shown_epsilon


@pytest.mark.parametrize(("successes", "trials"), [(1, 100), (50, 100), (999, 1000), (1000, 1000)])
def test_a_probability_below_the_bound_would_have_been_a_rare_surprise(successes: int, trials: int) -> None:
    least = at_least(successes, trials)
    so_many = sum(
        math.exp(
            math.lgamma(trials + 1)
            - math.lgamma(k + 1)
            - math.lgamma(trials - k + 1)
            + k * math.log(least)
            + (trials - k) * math.log1p(-least)
        )
        for k in range(successes, trials + 1)
    )
    assert so_many <= MISTAKE * (1 + 1e-6)
    assert 0 < least < successes / trials


def test_what_never_happened_shows_nothing() -> None:
    assert at_least(0, 100) == 0
    assert shown_by((0, 100), (50, 100), delta=0.0) == 0


def test_an_event_of_one_table_alone_shows_much_and_delta_takes_some_of_it() -> None:
    sure, forgiven = (shown_by((5000, 5000), (0, 5000), delta=delta) for delta in (0.0, 0.5))
    assert sure > 5
    assert forgiven == pytest.approx(sure + math.log((at_least(5000, 5000) - 0.5) / at_least(5000, 5000)))


def test_the_event_may_be_on_either_side_and_on_either_table() -> None:
    low, high = np.zeros(4000, dtype=np.int64), np.ones(4000, dtype=np.int64)
    assert shown_epsilon(low, high, delta=0.0) == shown_epsilon(high, low, delta=0.0) > 4
    assert shown_epsilon(low, low, delta=0.0) == 0
