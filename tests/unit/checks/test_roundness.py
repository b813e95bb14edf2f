"""Shares of listed values and of round numbers that are surely off are told from noise and sampling."""

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from spending import ROWS, spending_release, spending_values

from synth_assets.checks.roundness import RoundnessCounter, heaps, listed_values, sums_of
from synth_assets.domain.heaping import Heaping
from synth_assets.release import Release


@pytest.fixture(scope="module")
def release() -> Release:
    return spending_release(_payments(seed=0))


def _payments(*, seed: int) -> dict[str, Any]:
    """Return amounts of which half are multiples of 10, and one in twenty is 500."""
    values, random = spending_values(seed=seed), np.random.default_rng(seed + 20)
    amount = np.where(random.random(ROWS) < 0.5, np.round(values["amount"], -1), values["amount"])
    values["amount"] = np.where(random.random(ROWS) < 0.05, 500.0, amount)
    return values


def _counts(release: Release, values: dict[str, Any]) -> Any:
    counter = RoundnessCounter(release)
    for part in np.array_split(np.arange(ROWS), 3):
        counter.add(pa.table({"amount": values["amount"][part]}))
    return counter.figures()


def test_other_rows_of_the_same_table_are_surely_off_in_nothing(release: Release) -> None:
    counts = _counts(release, _payments(seed=1))
    assert sum(counts["amount"]) == ROWS
    for figures in (listed_values(release, counts), heaps(release, counts)):
        assert figures
        assert max(figure.sure for figure in figures) == 0


def test_counts_of_parts_are_merged(release: Release) -> None:
    values, merged = _payments(seed=1), RoundnessCounter(release)
    for rows in np.array_split(np.arange(ROWS), 3):
        part = RoundnessCounter(release)
        part.add(pa.table({"amount": values["amount"][rows]}))
        merged.merge(part.counted())
    assert merged.figures() == _counts(release, values)


def test_a_value_that_the_release_counts_and_synthetic_rows_lack_is_missed(release: Release) -> None:
    values = _payments(seed=1)
    values["amount"] = np.where(values["amount"] == 500, 501.0, values["amount"])
    figure = max(listed_values(release, _counts(release, values)), key=lambda one: one.sure)
    assert (figure.column, figure.value, figure.share) == ("amount", 500.0, 0.0)
    assert 0.03 < figure.sure < figure.released < 0.07


def test_a_value_that_too_many_synthetic_rows_have_is_too_frequent(release: Release) -> None:
    values = _payments(seed=1)
    values["amount"] = np.where(np.arange(ROWS) % 10 == 0, 2_000.0, values["amount"])
    figure = max(listed_values(release, _counts(release, values)), key=lambda one: one.sure)
    assert figure.value == 2_000.0
    assert figure.share == pytest.approx(0.1, abs=0.01)
    assert figure.sure > 0.07


def test_round_numbers_that_lost_their_zeros_are_named_by_their_sum(release: Release) -> None:
    values = _payments(seed=1)
    values["amount"] = values["amount"] * 1.0000123
    figures = {one.what: one for one in heaps(release, _counts(release, values))}
    column = Heaping.of(release.domain["amount"])
    digits = int(np.log10(column.grid.last(np.array([10.0]))[0]))  # zeros at the end of ten, in units
    figure = figures[f"at least {digits} zeros"]
    assert figure.share < 0.02
    assert figure.sure > 0.1


def test_listed_values_are_in_their_heaps_too(release: Release) -> None:
    counts = _counts(release, _payments(seed=1))
    digits = {one.what: one for one in heaps(release, counts)}
    assert sum(counts["amount"][Heaping.of(release.domain["amount"]).size :]) > 0.05 * ROWS
    for one in digits.values():
        assert one.share == pytest.approx(one.released, abs=0.05)


def test_every_heap_with_digits_is_compared_by_itself_and_no_sum_is_empty(release: Release) -> None:
    heaping = Heaping.of(release.domain["amount"])
    sums = sums_of(heaping)
    assert all(one.members.any() for one in sums)
    assert sum(one.members.sum() == 1 for one in sums) >= heaping.size - 2


def test_a_release_without_such_tables_has_nothing_to_compare() -> None:
    bare = spending_release(spending_values(seed=0))
    bare = replace(bare, answers=tuple(bare.marginals))
    assert RoundnessCounter(bare).figures() == {}
    assert listed_values(bare, {}) == heaps(bare, {}) == []


@pytest.mark.statistical
@pytest.mark.parametrize("scale", [5.0, 60.0])
def test_noise_and_sampling_alone_are_rarely_sure(scale: float) -> None:
    # Each kind is wrong once in a hundred draws at most; more than 4 of 40 happen less than once in 10^4.
    wrong = [0, 0]
    for seed in range(40):
        noisy = spending_release(_payments(seed=0), scale=scale, seed=seed)
        counts = _counts(noisy, _payments(seed=seed + 1))
        for kind, figures in enumerate((listed_values(noisy, counts), heaps(noisy, counts))):
            wrong[kind] += any(one.sure > 0 for one in figures)
    assert max(wrong) <= 4
