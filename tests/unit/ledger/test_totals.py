"""Sums of trees of accounts: what is spent above, and what still fits below."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.ledger.totals import Node, Tree, room
from synth_assets.privacy import PrivacyLoss


def loss(rho: int, delta: int = 0) -> PrivacyLoss:
    return PrivacyLoss(nano_rho=rho, atto_delta=delta)


@st.composite
def trees(draw: st.DrawFn) -> list[Node]:
    """Up to eight accounts, each below an earlier one or at the top."""
    nodes: list[Node] = []
    for i in range(draw(st.integers(1, 8))):
        above = draw(st.sampled_from(nodes)) if nodes and draw(st.booleans()) else None
        amounts = [draw(st.integers(0, 30)) for _ in range(4)]
        node = Node(
            name=str(i),
            cap=loss(draw(st.integers(0, 150)), draw(st.integers(0, 150))),
            spent=loss(*amounts[:2]),
            reserved=loss(*amounts[2:]),
            parent=None if above is None else above.name,
            partitioned=draw(st.booleans()),
            part=draw(st.sampled_from("ab")) if above is not None and above.partitioned else None,
        )
        nodes.append(node)
    return nodes


def charged(nodes: list[Node], name: str, more: PrivacyLoss) -> Tree:
    changed = [
        Node(
            name=node.name,
            cap=node.cap,
            spent=node.spent,
            reserved=node.reserved + (more if node.name == name else loss(0)),
            parent=node.parent,
            partitioned=node.partitioned,
            part=node.part,
        )
        for node in nodes
    ]
    return Tree(changed)


@given(nodes=trees())
def test_the_room_is_exactly_what_still_fits_under_every_cap(nodes: list[Node]) -> None:
    for node in nodes:
        left = room(Tree(nodes), node.name)
        if Tree(nodes).frozen(node.name):
            assert left == loss(0)
            continue
        path = Tree(nodes).path(node.name)
        after = charged(nodes, node.name, left)
        assert all(after.total(above.name).fits(above.cap) for above in path)
        for more in (loss(left.nano_rho + 1, 0), loss(0, left.atto_delta + 1)):
            over = charged(nodes, node.name, more)
            assert any(not over.total(above.name).fits(above.cap) for above in path)


@given(nodes=trees())
def test_a_parallel_total_is_never_above_the_sum_nor_below_a_part(nodes: list[Node]) -> None:
    tree = Tree(nodes)
    for node in nodes:
        children = [child for child in nodes if child.parent == node.name]
        direct = node.spent + node.reserved
        total = tree.total(node.name)
        assert total.fits(sum((tree.total(child.name) for child in children), start=direct))
        assert all((direct + tree.total(child.name)).fits(total) for child in children)


def test_closing_a_parent_leaves_no_room_below() -> None:
    tree = Tree([Node(name="p", cap=loss(9), closed=True), Node(name="c", cap=loss(9), parent="p")])
    assert tree.closed("c")
    assert room(tree, "c") == loss(0)


def test_a_parent_over_its_cap_freezes_its_children() -> None:
    tree = Tree([Node(name="p", cap=loss(1), spent=loss(2)), Node(name="c", cap=loss(9), parent="p")])
    assert tree.frozen("c")
    assert room(tree, "c") == loss(0)


def test_what_is_reserved_is_not_spent() -> None:
    tree = Tree([Node(name="p", cap=loss(9), spent=loss(2), reserved=loss(3))])
    assert (tree.spent("p"), tree.total("p")) == (loss(2), loss(5))


@pytest.mark.parametrize(("part", "left"), [("a", 2), ("b", 7)])
def test_room_below_the_largest_part_is_free_for_the_parent(part: str, left: int) -> None:
    nodes = [
        Node(name="p", cap=loss(10), spent=loss(3), partitioned=True),
        Node(name="a", cap=loss(99), spent=loss(5), parent="p", part="a"),
        Node(name="b", cap=loss(99), parent="p", part="b"),
    ]
    assert room(Tree(nodes), part).nano_rho == left
