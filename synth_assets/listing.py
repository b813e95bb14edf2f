"""Long lists in messages: the first few entries and the number of the others.

Example:
    >>> some_of(["a", "b", "c", "d"], most=2)
    'a, b and 2 more'
    >>> some_of(["a", "b"], most=2)
    'a, b'
"""

from collections.abc import Sequence

__all__ = ["some_of"]


def some_of(texts: Sequence[str], *, most: int, separator: str = ", ") -> str:
    """Join at most ``most`` texts by ``separator``, followed by the number of the others."""
    rest = len(texts) - most
    return separator.join(texts[:most]) + (f" and {rest:,} more" if rest > 0 else "")
