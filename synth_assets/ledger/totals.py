"""Compute what a tree of accounts has spent: sums, or the largest part where units are in one part each.

Pure arithmetic on integers. A child's charge counts in its parent, and so on
upwards. Charges add up, except below a parent whose declared partition puts every
privacy unit in exactly one part: there the largest part counts (parallel composition),
for rho and delta separately, which can only overstate the loss. The same holds within an
account that is split into measured and held-out units: what was charged to one part adds
up in that part, and the account pays the larger one beside what was charged to both.

Example:
    >>> loss = PrivacyLoss(nano_rho=5)
    >>> nodes = [Node(name="all", cap=PrivacyLoss(nano_rho=9)), Node(name="a", parent="all", cap=loss, spent=loss)]
    >>> room(Tree(nodes), "a"), Tree(nodes).total("all").nano_rho
    (PrivacyLoss(nano_rho=0, atto_delta=0), 5)

References:
    McSherry (2009), "Privacy integrated queries", theorem 4 (parallel
    composition), for zCDP: Bun and Steinke (2016), lemma 2.3.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from synth_assets.privacy import PrivacyLoss, compose

__all__ = ["ZERO", "Charges", "Node", "Tree", "largest", "less", "room", "slack_of_part"]

ZERO = PrivacyLoss(nano_rho=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charges:
    """What was charged to something.

    Attributes:
        spent: charged permanently.
        reserved: held for reservations that were not opened.
    """

    spent: PrivacyLoss = ZERO
    reserved: PrivacyLoss = ZERO

    @property
    def total(self) -> PrivacyLoss:
        """Both."""
        return self.spent + self.reserved


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One account: its own charges, without its children's.

    Attributes:
        name: its name.
        cap: the most that it and its children may spend.
        spent: charged permanently, to all of its units.
        reserved: held for reservations that were not opened, for all of its units.
        parts: charges to the parts of its own split alone, if it has one.
        parent: the account that is charged too.
        partitioned: its children are parts and every privacy unit is in exactly one part.
        part: which part of such a parent it is.
        closed: nothing more may be charged.
    """

    name: str
    cap: PrivacyLoss
    spent: PrivacyLoss = ZERO
    reserved: PrivacyLoss = ZERO
    parts: Mapping[str, Charges] = field(default_factory=dict)
    parent: str | None = None
    partitioned: bool = False
    part: str | None = None
    closed: bool = False


class Tree:
    """All accounts of a ledger, with totals by name."""

    __slots__ = ("_children", "nodes")

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.nodes = {node.name: node for node in nodes}
        self._children: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            if node.parent is not None:
                self._children.setdefault(node.parent, []).append(node)

    def path(self, name: str) -> tuple[Node, ...]:
        """Return an account and all accounts that are charged with it, upwards."""
        path = [self.nodes[name]]
        while (parent := path[-1].parent) is not None:
            path.append(self.nodes[parent])
        return tuple(path)

    def spent(self, name: str) -> PrivacyLoss:
        """Return what is charged permanently, children included."""
        return self._sum(name, reserved=False)

    def total(self, name: str) -> PrivacyLoss:
        """Return what is charged or reserved, children included."""
        return self._sum(name, reserved=True)

    def frozen(self, name: str) -> bool:
        """Tell whether this account or one above it exceeds its cap."""
        return any(not self.total(node.name).fits(node.cap) for node in self.path(name))

    def closed(self, name: str) -> bool:
        """Tell whether this account or one above it is closed."""
        return any(node.closed for node in self.path(name))

    def slack(self, parent: Node, child: Node) -> PrivacyLoss:
        """Return what may be added to the child's part before the parent's total grows."""
        if not parent.partitioned:
            return ZERO
        parts = self._parts(parent.name, reserved=True)
        return less(largest(parts.values()), parts[child.part])

    def _sum(self, name: str, *, reserved: bool) -> PrivacyLoss:
        node = self.nodes[name]
        own = node.spent + node.reserved if reserved else node.spent
        split = largest(charges.total if reserved else charges.spent for charges in node.parts.values())
        parts = self._parts(name, reserved=reserved)
        return own + split + (largest(parts.values()) if node.partitioned else compose(parts.values()))

    def _parts(self, name: str, *, reserved: bool) -> dict[str | None, PrivacyLoss]:
        parts: dict[str | None, PrivacyLoss] = {}
        for child in self._children.get(name, ()):
            parts[child.part] = parts.get(child.part, ZERO) + self._sum(child.name, reserved=reserved)
        return parts


def room(tree: Tree, name: str, *, part: str | None = None) -> PrivacyLoss:
    """Return the largest loss that still fits the caps of an account and of every account above it.

    Going up, ``slack`` is what may be added below before the total of this
    level begins to grow: nothing where charges add up, the distance to the
    largest part where they do not.

    Args:
        tree: all accounts.
        name: the account to charge.
        part: the part of its split to charge; ``None`` for all of its units.
    """
    path = tree.path(name)
    slack = slack_of_part(path[0].parts, part)
    remaining = less(path[0].cap, tree.total(name)) + slack
    for child, parent in pairwise(path):
        slack = slack + tree.slack(parent, child)
        left = less(parent.cap, tree.total(parent.name)) + slack if tree.total(parent.name).fits(parent.cap) else ZERO
        remaining = _smaller(remaining, left)
    return remaining if not tree.frozen(name) and not tree.closed(name) else ZERO


def less(left: PrivacyLoss, right: PrivacyLoss) -> PrivacyLoss:
    """Subtract part by part, not below zero."""
    return PrivacyLoss(
        nano_rho=max(left.nano_rho - right.nano_rho, 0), atto_delta=max(left.atto_delta - right.atto_delta, 0)
    )


def _smaller(left: PrivacyLoss, right: PrivacyLoss) -> PrivacyLoss:
    return PrivacyLoss(nano_rho=min(left.nano_rho, right.nano_rho), atto_delta=min(left.atto_delta, right.atto_delta))


def slack_of_part(parts: Mapping[str, Charges], part: str | None) -> PrivacyLoss:
    """Return what may be added to a part of a split before the account's total grows; nothing to all of its units."""
    if part is None:
        return ZERO
    totals = {name: charges.total for name, charges in parts.items()}
    return less(largest(totals.values()), totals.get(part, ZERO))


def largest(losses: Iterable[PrivacyLoss]) -> PrivacyLoss:
    """Return the largest of some losses, for rho and delta separately; nothing if there is none."""
    known = [ZERO, *losses]
    return PrivacyLoss(nano_rho=max(loss.nano_rho for loss in known), atto_delta=max(loss.atto_delta for loss in known))
