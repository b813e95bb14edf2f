r"""Markdown as Dagster shows it: texts are shown as they are, and what is a link says so.

Purposes, names of accounts and categories are somebody's words. Nothing in them may
become a link, a picture or another cell. Dagster follows only links to http, https
and mail, and drops the others.

Example:
    >>> print(table(["city", "page"], [["a|b", Link(text="open", url="https://pages.example/a")]]))
    | city | page |
    |---|---|
    | a\|b | [open](https://pages.example/a) |
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from synth_assets.characters import visible

__all__ = ["Link", "literally", "table"]

_SIGNS = re.compile(r"[\\`*_{}\[\]()<>#!|~&:]")
"""What means something in Markdown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A cell that leads somewhere; the address is ours, the text is shown as it is."""

    text: str
    url: str

    def __str__(self) -> str:
        return f"[{literally(self.text)}]({self.url})"


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table whose cells are texts, numbers or links."""
    first, *others = ["| " + " | ".join(map(_cell, line)) + " |" for line in (head, *rows)]
    return "\n".join([first, "|" + "---|" * len(head), *others])


def literally(text: str) -> str:
    """Return Markdown that shows exactly this text."""
    return _SIGNS.sub(r"\\\g<0>", visible(text))


def _cell(cell: Any) -> str:
    return literally(cell) if isinstance(cell, str) else str(cell)
