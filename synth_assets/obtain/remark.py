"""One fault or warning about a contract, before anything is paid.

Example:
    >>> nearest("REGION", ["region_name", "region"])
    'region'
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Remark", "nearest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One fault or warning about a contract.

    Attributes:
        where: the key of the contract that it concerns.
        refused: whether it is a fault, so that a measurement is refused before charging.
        message: the given value and the rule that it breaks.
        hint: what to do.
    """

    where: tuple[str, ...]
    refused: bool
    message: str
    hint: str


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that was probably meant; wrong case is the most common mistake."""
    names = list(known)
    same = [candidate for candidate in names if candidate.casefold() == name.casefold()]
    close = same or difflib.get_close_matches(name, names, n=1)
    return close[0] if close else None
