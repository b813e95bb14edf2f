"""Weights follow a table of heaps where it is clear, and stay even where noise explains it."""

import numpy as np
import pytest
from numpy.typing import NDArray

from synth_assets.domain import Column
from synth_assets.domain.heap_parts import Parts
from synth_assets.domain.heaping import FINER, Heaping
from synth_assets.domain.round_edges import round_edges
from synth_assets.generator.heap_weights import heap_weights

AMOUNT = Column(name="amount", kind="integer", maximum=200_000, edges=round_edges(0, 200_000))
RATE = Column(name="rate", kind="float", maximum=1.0, bins=64)


def amounts(rows: int) -> NDArray[np.float64]:
    random = np.random.default_rng(0)
    exact = np.exp(random.normal(8, 1, rows)).clip(1, 199_999)
    step = random.choice([1, 100, 500], rows, p=[0.5, 0.3, 0.2])
    return np.floor(exact / step) * step


def weighted_rows(column: Column, numbers: NDArray[np.float64], *, scale: float) -> tuple[NDArray[np.float64], ...]:
    """Return the rows of each heap that weights lead to, and the exact ones."""
    heaping, random = Heaping.of(column), np.random.default_rng(1)
    parts = Parts.of(heaping)
    exact = np.bincount(heaping.heaps_of(numbers), minlength=heaping.size)
    masses = np.bincount(column.kind_of.encode_typed(column, numbers), minlength=column.size).astype(float)
    noisy = exact + np.rint(random.normal(0, scale, exact.size)).astype(np.int64)
    weights = heap_weights(parts, masses=masses, counts=noisy, scale=scale)
    share = parts.counts * weights[parts.heaps]
    share /= np.bincount(parts.bins, weights=share, minlength=column.regular)[parts.bins]
    return np.bincount(parts.heaps, weights=share * masses[parts.bins], minlength=heaping.size), exact


@pytest.mark.parametrize(("scale", "most"), [(1.0, 0.02), (60.0, 0.12)])
def test_heaps_get_their_rows_within_the_noise(scale: float, most: float) -> None:
    rows, exact = weighted_rows(AMOUNT, amounts(20_000), scale=scale)
    assert np.abs(rows - exact).sum() / 2 < most * 20_000
    level = Heaping.of(AMOUNT).level
    hundreds = level >= 2
    assert abs(rows[hundreds].sum() - exact[hundreds].sum()) < 0.03 * 20_000


def test_noise_alone_leaves_even_values_nearly_even() -> None:
    even = np.floor(np.random.default_rng(2).uniform(0, 200_000, 20_000))
    rows, exact = weighted_rows(AMOUNT, even, scale=100.0)
    assert np.abs(rows - exact).sum() / 2 < 0.1 * 20_000


def test_digits_that_no_value_has_do_not_come_back() -> None:
    rates = np.random.default_rng(3).beta(2, 9, 20_000).round(3)
    rows, _ = weighted_rows(RATE, rates, scale=60.0)
    heaping = Heaping.of(RATE)
    assert rows[(heaping.level < 6) | (heaping.level == FINER)].sum() < 1


def test_digits_are_kept_where_the_noise_would_hide_them() -> None:
    rates = np.random.default_rng(3).beta(2, 9, 500)
    rows, _ = weighted_rows(RATE, rates, scale=200.0)
    assert rows[Heaping.of(RATE).level == FINER].sum() > 250


def test_bins_without_a_value_of_the_digits_that_are_left_get_the_roundest_that_they_have() -> None:
    column = Column(name="rate", kind="float", maximum=1.0, edges=(0.00011, 0.00013, 0.001, 0.5))
    rates = np.random.default_rng(3).beta(2, 9, 20_000).round(3)
    heaping = Heaping.of(column)
    parts = Parts.of(heaping)
    counts = np.bincount(heaping.heaps_of(rates), minlength=heaping.size)
    masses = np.bincount(column.kind_of.encode_typed(column, rates), minlength=column.size).astype(float)
    weights = heap_weights(parts, masses=masses, counts=counts, scale=10.0)
    share = (parts.counts * weights[parts.heaps])[parts.bins == 1]
    level = heaping.level[parts.heaps[parts.bins == 1]]
    assert share[level == level.max()].sum() > 0.9 * share.sum()
