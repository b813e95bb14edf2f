"""A hierarchy is a tree of the declared categories, each once, kept as the parent of each node."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.domain.hierarchy import check_leaves, check_size, leaves_of, parents_of

TREE: dict[str, Any] = {"A": ["a", "b"], "B": {"C": ["c"], "D": {"E": ["d", "e"]}}}


@st.composite
def trees(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a tree whose leaves are 0, 1, 2, ..."""
    count = [0]

    def grow(levels: int) -> Any:
        if levels == 0 or draw(st.booleans()):
            size = draw(st.integers(1, 3))
            count[0] += size
            return list(range(count[0] - size, count[0]))
        return {str(n): grow(levels - 1) for n in range(draw(st.integers(1, 3)))}

    return {str(n): grow(3) for n in range(draw(st.integers(1, 3)))}


def test_leaves_come_in_the_order_in_which_they_are_written() -> None:
    assert leaves_of(TREE) == ["a", "b", "c", "d", "e"]
    assert leaves_of(5) == leaves_of(None) == []


def test_a_tree_that_holds_itself_has_an_end() -> None:
    endless: dict[str, Any] = {"A": ["a"]}
    endless["B"] = endless
    assert set(leaves_of(endless)) == {"a"}


@given(trees(), st.randoms(use_true_random=False))
def test_parents_show_which_leaves_belong_together(tree: dict[str, Any], shuffle: Any) -> None:
    order = leaves_of(tree)
    shuffle.shuffle(order)
    parents = parents_of(tree, order=order)
    root = len(parents)
    assert all(node < parent <= root for node, parent in enumerate(parents))

    def below(node: int) -> list[int]:
        if node < len(order):
            return [order[node]]
        return sorted(leaf for child, parent in enumerate(parents) if parent == node for leaf in below(child))

    def branches(branch: Any) -> list[list[int]]:
        inner = (
            [leaves for subtree in branch.values() for leaves in branches(subtree)] if isinstance(branch, dict) else []
        )
        return [*inner, sorted(leaves_of(branch))]

    assert sorted(below(node) for node in range(len(order), root + 1)) == sorted(branches(tree))


@pytest.mark.parametrize(
    ("tree", "declared", "message"),
    [
        (TREE, "abcdef", "hierarchy has no 'f': put it into a group"),
        (TREE, "abcd", "hierarchy has 'e', which is not declared"),
        (TREE | {"F": {"G": ["a"]}}, "abcde", "hierarchy has 'a' in A and F/G: keep one"),
        ({"A": ["a", "a"]}, "a", "hierarchy has 'a' in A and A: keep one"),
    ],
)
def test_each_category_stands_exactly_once(tree: dict[str, Any], declared: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_leaves(tree, list(declared))


def test_a_sound_hierarchy_is_not_refused() -> None:
    check_leaves(TREE, list("abcde"))
    check_leaves(TREE, list("edcba"))


def test_a_tree_that_stands_for_too_much_is_refused_before_anything_walks_through_it() -> None:
    tree: Any = ["a"]
    for _ in range(30):
        tree = {"x": tree, "y": tree}
    with pytest.raises(ValueError, match="more than 16,384 groups and categories"):
        check_size(tree)
    check_size({"g": [str(code) for code in range(4096)]})


def test_a_tree_that_holds_itself_once_is_left_to_the_reader() -> None:
    tree: dict[str, Any] = {}
    tree["again"] = tree
    check_size(tree)
