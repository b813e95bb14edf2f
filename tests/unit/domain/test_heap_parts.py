"""Parts number all values of a bin without listing them, each once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth_assets.domain import Column
from synth_assets.domain.heap_parts import Parts
from synth_assets.domain.heaping import FINER, Heaping

AMOUNT = Column(
    name="amount",
    kind="integer",
    minimum=-500,
    maximum=9_999,
    edges=(-100, -3, 100, 1_000),
    specials=(999, 0, 25, 1250),
    layout=2,
)
PRICE = Column(name="price", kind="float", minimum=-3, maximum=50, edges=(1, 2.005, 10), step=0.01)
RATE = Column(name="rate", kind="float", minimum=-1, maximum=1, bins=50, specials=(0,), layout=2)


def listed(parts: Parts) -> list[float]:
    """Return all values of all parts."""
    part = np.repeat(np.arange(parts.bins.size), parts.counts.astype(int))
    first = np.concatenate([np.arange(count) for count in parts.counts])
    return parts.values(part, (first + 0.5) / parts.counts[part]).tolist()


@pytest.mark.parametrize(
    ("column", "values"),
    [
        (AMOUNT, set(range(-500, 10_000)) - {999, 0, 25, 1250}),
        (PRICE, {cents / 100 for cents in range(-300, 5_001)}),
    ],
    ids=["whole", "steps"],
)
def test_every_value_of_the_column_is_in_one_part_and_special_values_are_in_none(
    column: Column, values: set[float]
) -> None:
    every = listed(Parts.of(Heaping.of(column)))
    assert len(every) == len(set(every))
    assert set(every) == values


@settings(max_examples=30)
@given(st.integers(-10_000, 0), st.integers(1, 10_000), st.lists(st.integers(1, 999), max_size=4, unique=True))
def test_a_value_of_a_part_has_its_heap_and_lies_in_its_bin(low: int, high: int, cuts: list[int]) -> None:
    edges = tuple(sorted({low + 1 + cut * (high - low - 1) // 1000 for cut in cuts} - {low}))
    column = Column(name="a", kind="integer", minimum=low, maximum=high, edges=edges)
    parts = Parts.of(Heaping.of(column))
    part = np.arange(parts.bins.size)
    for share in (0.0, 0.5, 1 - 1e-9):
        values = parts.values(part, np.full(part.size, share))
        assert (np.searchsorted(column.bounds(), values, side="right") - 1 == parts.bins).all()
        assert (parts.heaping.heaps_inside(values) == parts.heaps).all()


def test_reals_that_are_finer_than_units_lie_in_their_bins_and_beside_special_values() -> None:
    parts = Parts.of(Heaping.of(RATE))
    finer = np.flatnonzero(parts.heaping.level[parts.heaps] == FINER)
    assert parts.counts[finer].sum() > 0.8 * parts.counts.sum()
    random = np.random.default_rng(0)
    part = random.choice(finer, 5_000)
    values = parts.values(part, random.random(5_000))
    assert (np.searchsorted(RATE.bounds(), values, side="right") - 1 == parts.bins[part]).all()
    assert (values != 0).all()
