"""Rare categories share a group with their nearest relatives, by noisy counts alone."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from synth_assets.domain.hierarchy import leaves_of, parents_of
from synth_assets.strategy.relatives import group_relatives

TREE = {
    "land": ["wheat", "cattle", "fish"],
    "services": {"health": ["doctors", "hospitals"], "school": ["primary", "secondary"]},
}
LEAVES = leaves_of(TREE)
PARENTS = parents_of(TREE, order=LEAVES)


def groups_of(counts: list[int], *, least: float, scale: float = 1.0, fewest: int = 1, most: int = 64) -> set[str]:
    """Return the groups, each as its members in order."""
    groups = group_relatives(np.array(counts), PARENTS, least=least, scale=scale, fewest=fewest, most=most)
    return {
        " ".join(leaf for leaf, group in zip(LEAVES, groups, strict=True) if group == number) for number in set(groups)
    }


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([50, 50, 50, 50, 50, 50, 50], set(LEAVES)),
        ([90, 20, 25, 50, 50, 50, 50], {"wheat", "cattle fish", "doctors", "hospitals", "primary", "secondary"}),
        ([90, 40, 40, 30, 20, 22, 20], {"wheat", "cattle", "fish", "doctors hospitals", "primary secondary"}),
        ([90, 40, 40, 10, 10, 15, 15], {"wheat", "cattle", "fish", "doctors hospitals primary secondary"}),
        ([90, 1, 1, 10, 10, 8, 8], {"wheat", "cattle fish doctors hospitals primary secondary"}),
        ([0, 0, 0, 0, 0, 0, 0], {" ".join(LEAVES)}),
    ],
)
def test_what_is_rare_joins_its_nearest_relatives(counts: list[int], expected: set[str]) -> None:
    assert groups_of(counts, least=40) == expected


def test_too_many_groups_are_pooled_and_too_few_are_parted() -> None:
    counts = [50, 60, 70, 80, 90, 100, 110]
    assert len(groups_of(counts, least=1, most=3)) <= 3
    assert len(groups_of(counts, least=10_000, fewest=4)) >= 4
    assert len(groups_of([100, 0, 0, 0, 0, 0, 0], least=10_000, fewest=4)) == 2


def test_noise_alone_makes_no_group_of_many_empty_leaves() -> None:
    tree = {"common": ["a"], "empty": [str(n) for n in range(900)], "bare": [str(n) for n in range(900, 1000)]}
    order = leaves_of(tree)
    counts = np.concatenate([[5000], np.full(1000, 1)])
    groups = group_relatives(counts, parents_of(tree, order=order), least=100, scale=40, fewest=1, most=64)
    assert groups.tolist() == [0] + [1] * 1000


@given(
    st.lists(st.integers(-50, 500), min_size=7, max_size=7),
    st.floats(0, 1000),
    st.floats(0.1, 100),
    st.integers(2, 8),
)
@example([0, 0, 1, 0, 0, 0, 1], 0.0, 1.0, 2)  # one group at any higher limit, three at this one
def test_groups_are_numbered_densely_and_bounded(counts: list[int], least: float, scale: float, most: int) -> None:
    groups = group_relatives(np.array(counts), PARENTS, least=least, scale=scale, fewest=2, most=most)
    assert groups.shape == (7,)
    assert sorted(set(groups.tolist())) == list(range(groups.max() + 1))
    assert groups.max() < most
    assert groups[0] == 0


def test_the_order_of_the_codes_does_not_matter_to_what_is_pooled() -> None:
    order = sorted(LEAVES)
    counts = {"wheat": 90, "cattle": 20, "fish": 25, "doctors": 5, "hospitals": 6, "primary": 50, "secondary": 1}
    groups = group_relatives(
        np.array([counts[leaf] for leaf in order]),
        parents_of(TREE, order=order),
        least=40,
        scale=1,
        fewest=1,
        most=64,
    )
    together = dict(zip(order, groups.tolist(), strict=True))
    assert together["cattle"] == together["fish"] != together["wheat"]
    assert together["doctors"] == together["hospitals"] == together["secondary"] != together["primary"]
