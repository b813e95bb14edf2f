"""Grouping and shares follow from noisy counts and public sizes alone."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.domain import Column
from synth_assets.release import NoisyMarginal
from synth_assets.strategy.allocation import (
    MOST_PAIRS,
    choose_pairs,
    dependent_first,
    group_codes,
    groups_for,
    noisy_total,
    shares_by_size,
    weights_of,
)

WIDE = Column(name="wide", kind="integer", minimum=0, maximum=999, specials=(-1.0, -2.0), nullable=True)
MANY = Column(name="many", kind="categorical", categories=tuple(f"c{i}" for i in range(200)), nullable=True)


@pytest.mark.slow
def test_the_target_and_the_focus_keep_their_pairs_when_there_are_too_many() -> None:
    names = [f"c{number}" for number in range(240)]
    pairs = choose_pairs(names, focus=["c3", "c30"], target="c39")
    assert len(pairs) == MOST_PAIRS
    assert sum("c39" in pair for pair in pairs) == 239
    assert sum("c3" in pair for pair in pairs) == 239
    assert {name for pair in pairs for name in pair} == set(names)


def test_a_column_in_the_focus_counts_once_more() -> None:
    pairs = [("a", "b"), ("a", "c"), ("b", "c")]
    assert dependent_first(pairs, [0.3, 0.2, 0.1], focus=()) == pairs
    assert dependent_first(pairs, [0.3, 0.2, 0.11], focus=("b", "c"))[1] == ("a", "c")
    assert dependent_first(pairs, [0.3, 0.2, 0.21], focus=("c",)) == [pairs[2], pairs[1], pairs[0]]


RELATED = replace(MANY, name="related", parents=(*(200 + code // 20 for code in range(200)), *[210] * 10))
CODES = Column(
    name="codes",
    kind="integer",
    minimum=0,
    maximum=4095,
    values=tuple(range(4096)),
    parents=(*(4096 + code // 16 for code in range(4096)), *(4352 + node // 16 for node in range(256)), *[4368] * 16),
)


@pytest.mark.slow
@pytest.mark.parametrize("column", [WIDE, MANY, RELATED], ids=["number", "category", "hierarchy"])
@given(data=st.data())
def test_groups_are_whole_and_leave_special_codes_alone(column: Column, data: st.DataObject) -> None:
    counts = np.array(data.draw(st.lists(st.integers(-50, 500), min_size=column.size, max_size=column.size)))
    most, least = data.draw(st.integers(4, 40)), data.draw(st.sampled_from([0.0, 100.0, 1e9]))
    groups = group_codes(column, counts, most=most, least=least)
    assert groups.shape == (column.size,)
    assert sorted(set(groups.tolist())) == list(range(int(groups.max()) + 1))
    special = groups[column.regular :]
    assert len(set(special.tolist())) == column.size - column.regular
    assert not set(special.tolist()) & set(groups[: column.regular].tolist())
    if column.numeric:
        assert (np.diff(groups[: column.regular]) >= 0).all()
        assert groups[: column.regular].max() < most


def test_groups_of_a_number_have_about_equal_mass() -> None:
    counts = np.concatenate([np.full(900, 1), np.full(100, 50), np.zeros(3)]).astype(np.int64)
    groups = group_codes(WIDE, counts, most=10)
    mass = np.bincount(groups[: WIDE.regular], weights=counts[: WIDE.regular])
    assert mass.max() < 1.5 * mass.mean()


def test_a_value_that_most_rows_share_leaves_groups_for_the_others() -> None:
    counts = np.full(WIDE.size, 10)
    counts[0] = 100_000
    groups = group_codes(WIDE, counts, most=20)[: WIDE.regular]
    assert (groups == 0).sum() == 1
    assert groups.max() >= 15


def test_no_group_is_smaller_than_what_the_noise_hides() -> None:
    counts = np.full(WIDE.size, 10)
    groups = group_codes(WIDE, counts, most=40, least=2000.0)[: WIDE.regular]
    assert groups.max() + 1 == 5


def test_rare_categories_share_one_group() -> None:
    groups = group_codes(MANY, np.arange(201), most=10)
    assert groups.max() == 64
    assert len(set(groups[137:200].tolist())) == 63
    assert set(groups[:137].tolist()) == {63}
    assert group_codes(MANY, np.arange(201), most=10, least=190.0)[:200].max() == 10


def test_rare_categories_with_a_hierarchy_share_a_group_with_their_relatives() -> None:
    counts = np.concatenate([np.tile([400, *[5] * 19], 10), [0]])
    groups = group_codes(RELATED, counts, most=40, least=90.0)
    for first in range(0, 200, 20):
        assert len(set(groups[first : first + 20].tolist())) == 2
        assert len(set(groups[first + 1 : first + 20].tolist())) == 1
    assert groups.max() + 1 == 21
    few = group_codes(RELATED, counts, most=5, least=90.0)
    assert few.max() + 1 <= 2 * 5 + 1


def test_numbers_with_a_hierarchy_are_grouped_by_it_and_not_by_their_order() -> None:
    counts = np.full(4096, 2)
    groups = group_codes(CODES, counts, most=40, least=100.0)
    assert groups.tolist() == (np.arange(4096) // 256).tolist()


def test_the_largest_domain_has_few_groups_whatever_the_noise() -> None:
    random = np.random.default_rng(0)
    rows = np.bincount(np.minimum(random.geometric(0.003, 10_000) - 1, 4095), minlength=4096)
    noisy = rows + np.rint(random.normal(0, 10, 4096)).astype(np.int64)
    groups = group_codes(CODES, noisy, most=20, least=30.0, scale=10.0)
    assert 4 <= groups.max() + 1 <= 40
    assert groups.shape == (4096,)


def test_shares_follow_sizes_and_add_up() -> None:
    shares = shares_by_size([WIDE, MANY])
    assert shares.sum() == pytest.approx(1)
    assert shares[0] / shares[1] == pytest.approx((WIDE.size / MANY.size) ** (2 / 3))


def test_less_noise_allows_more_groups_within_bounds() -> None:
    counts = [groups_for(50_000, scale=scale) for scale in (1e9, 100.0, 10.0, 1e-3)]
    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (4, 40)


def test_the_total_trusts_precise_tables_more() -> None:
    def table(count: int, scale: float) -> NoisyMarginal:
        return NoisyMarginal.of(attributes=("a",), level="fine", counts=np.array([count]), scale=scale, rho=1, draw=1)

    assert noisy_total([table(100, 1.0), table(200, 10.0)]) == pytest.approx(100.99, abs=0.01)
    assert noisy_total([table(-100, 1.0)]) == 1


def test_tables_with_the_focus_get_eight_times_the_share() -> None:
    weights = weights_of([("a", "b"), ("a", "c"), ("c", "d")], focus=("b",))
    assert weights == pytest.approx([0.8, 0.1, 0.1])


def test_a_number_that_has_few_values_in_truth_keeps_each() -> None:
    rng = np.random.default_rng(0)
    counts = np.rint(rng.normal(0, 5, WIDE.size)).astype(np.int64)
    counts[50:1000:50] += 400
    groups = group_codes(WIDE, counts, most=12, least=100.0, scale=5.0)[: WIDE.regular]
    assert np.unique(groups[50:1000:50]).size == 19
