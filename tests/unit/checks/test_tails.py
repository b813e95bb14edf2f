"""Tails that are surely too heavy or too light are told from noise and sampling, whatever the noise."""

from typing import Any

import numpy as np
import pytest
from spending import ROWS, spending_counts, spending_release, spending_values

from synth_assets.checks.tails import Tail, light_tails, tails
from synth_assets.release import Release


@pytest.fixture(scope="module")
def release() -> Release:
    return spending_release(spending_values(seed=0))


def _tail(release: Release, values: dict[str, Any]) -> Tail:
    return next(one for one in tails(release, spending_counts(release, values).tables) if one.column == "amount")


def _light(release: Release, values: dict[str, Any], *, end: str = "upper") -> Tail:
    ends = light_tails(release, spending_counts(release, values).tables)
    return next(one for one in ends if (one.column, one.end) == ("amount", end))


def _sparse(*, seed: int) -> dict[str, Any]:
    """Return values of which 91% are zero."""
    values = spending_values(seed=seed)
    positive = np.random.default_rng(seed + 50).random(ROWS) < 0.09
    amount = np.minimum(np.random.default_rng(seed + 60).lognormal(4, 1.5, ROWS), 90_000)
    values["amount"] = np.where(positive, amount, 0.0)
    return values


def _cut(values: dict[str, Any]) -> dict[str, Any]:
    """Draw the outer half of the positive amounts inwards."""
    amount = values["amount"]
    most = np.quantile(amount[amount > 0], 0.5)
    inwards = np.random.default_rng(3).uniform(most / 2, most, amount.size)
    return {**values, "amount": np.where(amount > most, inwards, amount)}


def test_other_rows_of_the_same_table_have_neither_too_many_nor_too_few(release: Release) -> None:
    tables = spending_counts(release, spending_values(seed=1)).tables
    for figures in (tails(release, tables), light_tails(release, tables)):
        assert figures
        assert max(figure.sure for figure in figures) == 0


@pytest.mark.parametrize("share", [0.02, 0.05])
def test_a_tail_that_is_spread_evenly_over_a_long_range_is_too_heavy(release: Release, share: float) -> None:
    values = spending_values(seed=1)
    far = np.random.default_rng(2).random(ROWS) < share
    values["amount"] = np.where(far, np.random.default_rng(3).uniform(30_000, 100_000, ROWS), values["amount"])
    figure = _tail(release, values)
    assert figure.sure > share / 4
    assert figure.share > figure.released + share / 2
    synthetic, at_most = figure.quantiles[0.01]
    assert synthetic > at_most


def test_quantiles_that_noise_hides_are_not_claimed() -> None:
    noisy = spending_release(spending_values(seed=0), scale=40.0)
    assert _tail(noisy, spending_values(seed=1)).quantiles[0.001][1] is None


def test_lower_ends_are_looked_at_too() -> None:
    values = spending_values(seed=1)
    values["rate"] = np.round(1 - values["rate"], 2)
    turned = spending_release(values)
    ends = {one.end for one in tails(turned, spending_counts(turned, values).tables) if one.column == "rate"}
    assert "lower" in ends


@pytest.mark.parametrize("scale", [5.0, 15.0])
def test_a_tail_that_was_cut_of_a_column_that_is_mostly_zero_is_too_light(scale: float) -> None:
    noisy = spending_release(_sparse(seed=0), scale=scale)
    whole, cut = _sparse(seed=1), _cut(_sparse(seed=1))
    assert _light(noisy, whole).sure == 0
    figure = _light(noisy, cut)
    assert figure.sure > 0.002
    assert figure.sure < figure.released - figure.share
    synthetic, at_least = figure.quantiles[0.01]
    assert synthetic <= at_least if scale < 10 else synthetic < 100


def test_a_tail_that_is_light_at_its_lower_end_is_seen_there() -> None:
    values, cut = spending_values(seed=1), spending_values(seed=1)
    for table in (values, cut):
        table["rate"] = np.round(1 - table["rate"], 2)
    noisy = spending_release(values)
    cut["rate"] = np.maximum(cut["rate"], 0.6)
    by_end = {
        one.end: one.sure for one in light_tails(noisy, spending_counts(noisy, cut).tables) if one.column == "rate"
    }
    assert by_end["lower"] > 0.05
    assert by_end["upper"] == 0


def test_the_body_of_a_column_is_not_its_tail(release: Release) -> None:
    values = spending_values(seed=1)
    share = np.sort(values["share"])
    values["share"] = np.where(share < 0.5, share * 0.9, share)  # moved inside the lower half, tails as they were
    ends = light_tails(release, spending_counts(release, values).tables)
    assert max(one.sure for one in ends if one.column == "share" and one.end == "upper") == 0


@pytest.mark.statistical
@pytest.mark.parametrize("scale", [5.0, 30.0])
def test_noise_and_sampling_alone_rarely_make_a_tail_too_light(scale: float) -> None:
    # Wrong once in a hundred draws at most; more than 4 of 40 happen less than once in 10^4.
    wrong = 0
    for seed in range(40):
        noisy = spending_release(_sparse(seed=0), scale=scale, seed=seed)
        tables = spending_counts(noisy, _sparse(seed=1 + seed)).tables
        wrong += any(one.sure > 0 for one in light_tails(noisy, tables))
    assert wrong <= 4


@pytest.mark.statistical
def test_noise_and_sampling_alone_rarely_make_a_tail_too_heavy() -> None:
    real, wrong = spending_values(seed=0), 0
    for seed in range(60):
        noisy = spending_release(real, scale=30.0, seed=seed)
        wrong += any(one.sure > 0 for one in tails(noisy, spending_counts(noisy, spending_values(seed=1)).tables))
    assert wrong <= 5
