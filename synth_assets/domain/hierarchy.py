"""Hierarchies of categories, such as sectors of industries: a tree whose leaves are the categories.

In a contract a tree is a nested mapping of a group's name to its categories or
to further groups. What decides a release is its shape, kept as one number a
node: leaves first, in the order of the column's codes, then groups, each after
its members, and the root last. Every node but the root says its parent.

Example:
    >>> tree = {"Land": ["a", "b"], "Services": {"Health": ["c"], "Education": ["e", "d"]}}
    >>> leaves_of(tree)
    ['a', 'b', 'c', 'e', 'd']
    >>> parents_of(tree, order=["a", "b", "c", "d", "e"])
    (5, 5, 6, 7, 7, 9, 8, 8, 9)
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Discriminator, Field, StrictInt, StrictStr, Tag
from typing_extensions import TypeAliasType

__all__ = ["NumberTree", "TextTree", "check_leaves", "check_size", "leaves_of", "parents_of"]

_DEEPEST = 32  # an alias in YAML may hold itself
_MOST = 1 << 14  # as many groups as categories, and more
_SOME = Field(min_length=1)
_GROUPS = Tag("groups")
_TEXTS = Annotated[list[StrictStr], _SOME, Tag("members")]
_NUMBERS = Annotated[list[StrictInt], _SOME, Tag("members")]
_BY_SHAPE = Discriminator(lambda value: "groups" if isinstance(value, dict) else "members")

if TYPE_CHECKING:
    TextTree = dict[str, Any]
    NumberTree = dict[str, Any]
else:  # pydantic reads recursive types from texts
    TextTree = TypeAliasType(
        "TextTree", "Annotated[dict[str, Annotated[Annotated[TextTree, _GROUPS] | _TEXTS, _BY_SHAPE]], _SOME]"
    )
    NumberTree = TypeAliasType(
        "NumberTree", "Annotated[dict[str, Annotated[Annotated[NumberTree, _GROUPS] | _NUMBERS, _BY_SHAPE]], _SOME]"
    )


def check_size(tree: Any) -> None:
    """Refuse a hierarchy of more groups and categories than any table has, before anything walks through it.

    Aliases of YAML hold one another, so that a short text can stand for more than fits in memory.

    Raises:
        ValueError: it has too many.
    """
    waiting, visited = [(tree, _DEEPEST)], 0
    while waiting:
        branch, levels = waiting.pop()
        if isinstance(branch, Mapping | list | tuple):
            visited += len(branch)
        if isinstance(branch, Mapping) and levels:
            waiting += ((inner, levels - 1) for inner in branch.values())
        if visited > _MOST:
            raise ValueError(f"hierarchy has more than {_MOST:,} groups and categories: write fewer, without aliases")


def leaves_of(tree: Any, *, levels: int = _DEEPEST) -> list[Any]:
    """Return the leaves in the order in which they are written; what is not a tree, or is too deep, has none."""
    if isinstance(tree, Mapping) and levels:
        return [leaf for branch in tree.values() for leaf in leaves_of(branch, levels=levels - 1)]
    return list(tree) if isinstance(tree, list | tuple) else []


def check_leaves(tree: Any, declared: Sequence[Any]) -> None:
    """Refuse a hierarchy that does not hold each declared category exactly once.

    Raises:
        ValueError: names the first leaf that is wrong, and where it stands.
    """
    leaves = leaves_of(tree)
    twice = [leaf for leaf, times in Counter(leaves).items() if times > 1]
    if twice:
        places = " and ".join(path for path, leaf in _paths(tree) if leaf == twice[0])
        raise ValueError(f"hierarchy has {twice[0]!r} in {places}: keep one")
    held, known = set(leaves), set(declared)
    missing = [leaf for leaf in declared if leaf not in held]
    if missing:
        raise ValueError(f"hierarchy has no {missing[0]!r}: put it into a group, a group of its own if need be")
    unknown = [leaf for leaf in leaves if leaf not in known]
    if unknown:
        raise ValueError(f"hierarchy has {unknown[0]!r}, which is not declared: list it, or leave the list out")


def _paths(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    for name, branch in tree.items():
        inner = f"{path}/{name}" if path else name
        if isinstance(branch, Mapping):
            yield from _paths(branch, inner)
        else:
            yield from ((inner, leaf) for leaf in branch)


def parents_of(tree: Mapping[str, Any], *, order: Sequence[Any]) -> tuple[int, ...]:
    """Return the parent of each leaf and group; the root, which has none, is the node that comes next.

    Args:
        tree: well-formed.
        order: the leaves in the order of their codes, each once.
    """
    code = {leaf: index for index, leaf in enumerate(order)}
    groups = list(_groups_upwards(tree))
    number = {id(group): len(code) + index for index, group in enumerate(groups)}
    parents = [0] * (len(code) + len(groups) - 1)
    for group in groups:
        inner = isinstance(group, Mapping)
        for member in group.values() if inner else group:
            parents[number[id(member)] if inner else code[member]] = number[id(group)]
    return tuple(parents)


def _groups_upwards(branch: Any) -> Iterator[Any]:
    """Yield a branch's groups, each after the groups in it."""
    if isinstance(branch, Mapping):
        for inner in branch.values():
            yield from _groups_upwards(inner)
    yield branch
