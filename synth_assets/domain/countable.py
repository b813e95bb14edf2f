"""What a warehouse can count of a source of kind ``sql``: a public function of registered types and declared kinds.

SQL engines read texts as numbers and dates, and write reals as texts, each in its own way and none as
we do. A column that would need that is refused when a contract is checked, with what to do instead.

Example:
    >>> why_uncountable("paid", kind="float", registered="text")
    "'paid' is registered as text, which a warehouse does not read as a float as we do"
    >>> why_uncountable("paid", kind="float", registered="double") is None
    True
"""

from synth_assets.domain.kinds.registry import KINDS
from synth_assets.domain.times import WHOLE_SECONDS

__all__ = ["REGISTERED", "UNITS", "why_no_unit", "why_uncountable"]

REGISTERED = frozenset({"int64", "double", "text", "bool", *WHOLE_SECONDS})
"""All types that columns of databases are registered as."""
UNITS = frozenset({"int64", "text"})
"""Types of columns that can name a privacy unit in a warehouse."""


def why_uncountable(name: str, *, kind: str, registered: str) -> str | None:
    """Return why a warehouse cannot count a column, ``None`` if it can.

    Args:
        name: the column.
        kind: what a contract declares it as.
        registered: its type in the ledger.
    """
    if kind in KINDS and registered in KINDS[kind].in_warehouse:
        return None
    return f"{name!r} is registered as {registered}, which a warehouse does not read as a {kind} as we do"


def why_no_unit(name: str, *, registered: str) -> str | None:
    """Return why a warehouse cannot tell units apart by a column, ``None`` if it can."""
    if registered in UNITS:
        return None
    return f"{name!r} is registered as {registered}, which a warehouse does not write as an id as we do"
