"""Amounts get the orders that are wanted; groups stay in their rows, and columns keep the counts of their codes."""

from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synth_assets.domain import Column, Domain
from synth_assets.domain.codes import encode
from synth_assets.domain.heaping import Heaping
from synth_assets.generator.cells.arranging import BLOCK_ROWS, Arranger, arranged
from synth_assets.generator.cells.layout import Layout
from synth_assets.generator.cells.ordering import Order

NAMES = ("due", "paid", "left")
EDGES = tuple(range(20, 1_000, 20))
DOMAIN = Domain(
    columns=(
        *(Column(name=name, kind="integer", maximum=999, edges=EDGES, specials=(0,), layout=2) for name in NAMES),
        Column(name="later", kind="float", minimum=-100, maximum=1_500, bins=40, step=0.5, nullable=True),
    )
)
GRIDS = {
    "later": np.concatenate([np.arange(40) // 8, [5]]),
    **{name: np.concatenate([np.arange(50) // 10, [5]]) for name in NAMES},
}
LAYOUT = Layout.of(DOMAIN, GRIDS)


def rows(count: int = 6_000, *, seed: int = 0) -> tuple[list[np.ndarray], dict[str, np.ndarray]]:
    """Independent amounts, half of them multiples of ten."""
    rng, numbers = np.random.default_rng(seed), {}
    for column in DOMAIN.columns:
        values = np.floor(rng.gamma(2, 150, count)).clip(1, 999)
        values = np.where(rng.random(count) < 0.5, np.maximum(values // 10 * 10, 10), values)
        numbers[column.name] = np.where(rng.random(count) < 0.1, 0.0, values)
    return [encode(column, numbers[column.name]) for column in DOMAIN.columns], numbers


def arrange(
    orders: list[Order], *, count: int = 6_000, **changes: Any
) -> tuple[list[np.ndarray], dict[str, np.ndarray]]:
    codes, numbers = rows(count)
    Arranger(LAYOUT, orders).arrange(codes, numbers, rng=np.random.default_rng(1), **changes)
    return codes, numbers


def shares(codes: list[np.ndarray], numbers: dict[str, np.ndarray], a: str, b: str) -> tuple[float, float]:
    """Return the shares of open rows with a < b and a = b, by values and groups alone."""
    first, second = (GRIDS[name][codes[DOMAIN.index(name)]] for name in (a, b))
    is_open = (first == second) & (first < 5)
    return tuple(float(compare(numbers[a], numbers[b])[is_open].mean()) for compare in (np.less, np.equal))


def test_rows_get_the_orders_that_are_wanted() -> None:
    wanted = [Order("due", "paid", 0.1, 0.6), Order("due", "left", 0.6, 0.1), Order("paid", "left", 0.6, 0.1)]
    codes, numbers = arrange(wanted)
    for order in wanted:
        assert shares(codes, numbers, order.a, order.b) == pytest.approx((order.less, order.equal), abs=0.03)


def test_codes_say_what_values_are_groups_stay_and_columns_keep_their_counts() -> None:
    before, _ = rows()
    orders = [Order(a, b, 0.2, 0.4) for a, b in combinations(DOMAIN.names, 2)]
    codes, numbers = arrange(orders)
    for column, old, new in zip(DOMAIN.columns, before, codes, strict=True):
        assert np.array_equal(encode(column, numbers[column.name]), new)
        assert np.array_equal(GRIDS[column.name][old], GRIDS[column.name][new])
        assert np.array_equal(np.bincount(old, minlength=column.size), np.bincount(new, minlength=column.size))
        assert (old != new).any()


def test_values_stay_as_round_as_they_were() -> None:
    _, before = rows()
    _, after = arrange([Order("due", "paid", 0.3, 0.4)])
    heaping = Heaping.of(DOMAIN["paid"])
    counts = [np.bincount(heaping.heaps_of(numbers["paid"]), minlength=heaping.size) for numbers in (before, after)]
    assert np.abs(counts[0] - counts[1]).sum() < 0.01 * 6_000


def test_the_same_randomness_gives_the_same_rows_in_any_number_of_blocks() -> None:
    orders = [Order("due", "paid", 0.1, 0.5), Order("due", "later", 0.5, 0.1)]
    first, again = arrange(orders, count=BLOCK_ROWS + 500), arrange(orders, count=BLOCK_ROWS + 500)
    for name in DOMAIN.names:
        assert np.array_equal(first[1][name], again[1][name])


def test_no_exchange_is_made_that_may_not_be() -> None:
    asked = []

    def allowed(column: int, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        asked.append(column)
        return np.zeros(first.size, dtype=bool)

    before, numbers = rows()
    codes, after = arrange([Order("due", "paid", 0.1, 0.6)], allowed=allowed)
    assert set(asked) == {0, 1}
    assert all(np.array_equal(old, new) for old, new in zip(before, codes, strict=True))
    changed = numbers["paid"] != after["paid"]
    assert np.array_equal(after["paid"][changed], after["due"][changed])  # in the bin in which it was


def test_few_rows_or_none_are_arranged() -> None:
    for count in (0, 1, 2):
        codes, _ = arrange([Order("due", "paid", 0.1, 0.6)], count=count)
        assert codes[0].size == count


def test_arrays_keep_their_types_nulls_and_special_values() -> None:
    codes, numbers = rows(2_000)
    codes[3][:300] = DOMAIN["later"].null_code
    numbers["later"][:300] = np.nan
    values = [pa.array(numbers[name].astype(int)) for name in NAMES] + [pa.array(numbers["later"], from_pandas=True)]
    orders = [Order("due", "later", 0.9, 0.05)]
    moved = arranged(LAYOUT, orders, codes, values, rng=np.random.default_rng(0))
    assert [array.type for array in moved] == [array.type for array in values]
    assert moved[3].null_count == 300
    assert moved[1] is values[1]
    assert (moved[0].to_numpy() == 0).tolist() == (numbers["due"] == 0).tolist()
