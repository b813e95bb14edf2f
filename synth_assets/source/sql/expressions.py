r"""Short words for sqlglot's expressions. Each is a new tree, so that none has two parents.

Example:
    >>> case([(equal(column("a"), text("x'")), number(1))], default=number(0)).sql("postgres")
    'CASE WHEN "a" = \'x\'\'\' THEN 1 ELSE 0 END'
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

from sqlglot import exp

__all__ = [
    "Tree",
    "all_of",
    "any_of",
    "between",
    "call",
    "case",
    "column",
    "equal",
    "joined",
    "number",
    "parameter",
    "text",
]

Tree: TypeAlias = Any
"""An expression of sqlglot, whose base class has other names in other versions."""


def column(name: str, *, of: str | None = None) -> Tree:
    """Return a column by its exact name, of a table if that is named."""
    return exp.column(name, table=of, quoted=True)


def text(value: str) -> Tree:
    """Return a literal text."""
    return exp.Literal.string(value)


def number(value: int) -> Tree:
    """Return a literal integer."""
    return exp.Literal.number(value)


def parameter(name: str) -> Tree:
    """Return a bound parameter that is a text."""
    return exp.cast(exp.Placeholder(this=name), "TEXT")


def call(function: str, *arguments: Tree) -> Tree:
    """Return a call of a function that all engines in question have by this name."""
    return exp.Anonymous(this=function, expressions=[argument.copy() for argument in arguments])


def case(branches: Sequence[tuple[Tree, Tree]], *, default: Tree | None = None) -> Tree:
    """Return the value of the first branch whose condition holds, or the default, or null."""
    ifs = [exp.If(this=condition.copy(), true=value.copy()) for condition, value in branches]
    return exp.Case(ifs=ifs, default=None if default is None else default.copy())


def equal(a: Tree, b: Tree) -> Tree:
    """Return whether two values are equal."""
    return exp.EQ(this=a.copy(), expression=b.copy())


def between(value: Tree, low: Tree, high: Tree) -> Tree:
    """Return whether a value is in a closed interval."""
    return exp.Between(this=value.copy(), low=low.copy(), high=high.copy())


def all_of(*conditions: Tree) -> Tree:
    """Return whether all conditions hold."""
    return exp.and_(*conditions)


def any_of(*conditions: Tree) -> Tree:
    """Return whether one condition holds."""
    return exp.or_(*conditions)


def joined(*parts: Tree) -> Tree:
    """Return texts one after another, as a balanced tree, because engines limit the depth; null if one is null."""
    if len(parts) == 1:
        return parts[0].copy()
    middle = (len(parts) + 1) // 2
    rest = joined(*parts[middle:])
    return exp.DPipe(this=joined(*parts[:middle]), expression=exp.paren(rest) if len(parts) - middle > 1 else rest)
