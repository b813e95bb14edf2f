"""Differences between groups, as fairlearn defines them."""

import numpy as np
import pytest

from synth_assets.errors import UsageError
from synth_assets.evaluation.estimate.fairness import (
    demographic_parity_difference,
    equal_opportunity_difference,
    equalized_odds_difference,
)

TABLE = np.array([[[600, 200], [50, 150]], [[300, 60], [30, 110]], [[90, 60], [20, 30]]], dtype=float)
"""Group, label, decision."""
SELECTED = np.array([350 / 1000, 170 / 500, 90 / 200])
TRUE_POSITIVE = np.array([150 / 200, 110 / 140, 30 / 50])
FALSE_POSITIVE = np.array([200 / 800, 60 / 360, 60 / 150])
ALL = (demographic_parity_difference, equal_opportunity_difference, equalized_odds_difference)


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        (demographic_parity_difference, np.ptp(SELECTED)),
        (equal_opportunity_difference, np.ptp(TRUE_POSITIVE)),
        (equalized_odds_difference, np.ptp(FALSE_POSITIVE)),
    ],
)
def test_a_difference_is_the_largest_rate_minus_the_smallest(figure: object, expected: float) -> None:
    exact = figure(TABLE, scale=1e-6, beta=0.05)
    assert (exact.low, exact.value, exact.high) == pytest.approx((expected,) * 3, abs=1e-6)


def test_equalized_odds_takes_the_label_that_is_worse() -> None:
    assert np.ptp(TRUE_POSITIVE) < np.ptp(FALSE_POSITIVE)
    swapped = TABLE[:, ::-1]
    assert equalized_odds_difference(swapped, scale=1e-6, beta=0.05).value == pytest.approx(np.ptp(FALSE_POSITIVE))
    assert equal_opportunity_difference(swapped, scale=1e-6, beta=0.05).value == pytest.approx(np.ptp(FALSE_POSITIVE))


@pytest.mark.parametrize("figure", ALL)
def test_a_group_that_is_not_surely_there_says_nothing(figure: object) -> None:
    unsure = TABLE.copy()
    unsure[2] = [[3, 2], [1, 2]]
    vague = figure(unsure, scale=4.5, beta=0.05)
    assert (vague.high, vague.deviation) == (1.0, 1.0)


@pytest.mark.parametrize("figure", ALL)
def test_score_bins_are_cut_at_the_threshold(figure: object) -> None:
    bins = np.concatenate([TABLE[..., :1] / 2, TABLE[..., :1] / 2, TABLE[..., 1:]], axis=2)
    cut, whole = figure(bins, scale=1e-6, beta=0.05, first=2), figure(TABLE, scale=1e-6, beta=0.05)
    assert cut.value == pytest.approx(whole.value)


@pytest.mark.parametrize("figure", ALL)
def test_the_upper_bound_takes_the_whole_beta_and_the_lower_one_a_share(figure: object) -> None:
    wide = figure(10 * TABLE, scale=4.5, beta=0.05)
    assert wide.low < wide.value < wide.high
    assert wide.high - wide.value < wide.value - wide.low


@pytest.mark.parametrize("table", [np.ones((1, 2, 2)), np.ones((2, 3, 2)), np.ones((2, 2))])
def test_a_table_without_groups_is_refused(table: np.ndarray) -> None:
    with pytest.raises(UsageError, match=r"\(groups, 2, bins\)"):
        demographic_parity_difference(table, scale=1.0, beta=0.05)
