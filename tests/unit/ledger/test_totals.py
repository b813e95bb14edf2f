"""Sums of trees of accounts: what is spent above, and what still fits below."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.ledger.totals import Charges, Node, Tree, largest, room
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
            parts=draw(st.sampled_from([{}, {"x": Charges(spent=loss(9, 2)), "y": Charges(reserved=loss(4, 7))}])),
        )
        nodes.append(node)
    return nodes


def charged(nodes: list[Node], name: str, more: PrivacyLoss, *, part: str | None = None) -> Tree:
    return Tree(with_charge(node, more, part=part) if node.name == name else node for node in nodes)


def with_charge(node: Node, more: PrivacyLoss, *, part: str | None) -> Node:
    if part is None:
        return replace(node, reserved=node.reserved + more)
    before = node.parts[part]
    return replace(node, parts={**node.parts, part: replace(before, reserved=before.reserved + more)})


def places(nodes: list[Node]) -> list[tuple[Node, str | None]]:
    """Return everything that can be charged: accounts, and the parts of those that are split."""
    return [(node, part) for node in nodes for part in (None, *node.parts)]


@given(nodes=trees())
def test_the_room_is_exactly_what_still_fits_under_every_cap(nodes: list[Node]) -> None:
    for node, part in places(nodes):
        left = room(Tree(nodes), node.name, part=part)
        if Tree(nodes).frozen(node.name):
            assert left == loss(0)
            continue
        path = Tree(nodes).path(node.name)
        after = charged(nodes, node.name, left, part=part)
        assert all(after.total(above.name).fits(above.cap) for above in path)
        for more in (loss(left.nano_rho + 1, 0), loss(0, left.atto_delta + 1)):
            over = charged(nodes, node.name, more, part=part)
            assert any(not over.total(above.name).fits(above.cap) for above in path)


@given(nodes=trees())
def test_a_parallel_total_is_never_above_the_sum_nor_below_a_part(nodes: list[Node]) -> None:
    tree = Tree(nodes)
    for node in nodes:
        children = [child for child in nodes if child.parent == node.name]
        direct = node.spent + node.reserved + largest(charges.total for charges in node.parts.values())
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


def test_an_account_pays_the_larger_part_beside_what_all_units_were_charged() -> None:
    parts = {"measured": Charges(spent=loss(5, 1)), "held_out": Charges(spent=loss(2, 4), reserved=loss(1))}
    tree = Tree([Node(name="p", cap=loss(10, 9), spent=loss(1, 1), parts=parts)])
    assert (tree.spent("p"), tree.total("p")) == (loss(6, 5), loss(6, 5))
    assert room(tree, "p", part="measured") == loss(4, 7)
    assert room(tree, "p", part="held_out") == loss(6, 4)
    assert room(tree, "p") == loss(4, 4)
