"""The kinds of columns that there are, by the name that contracts and releases use.

Example:
    >>> kind_named("date").numeric, str(kind_named("date").arrow)
    (True, 'date32[day]')
"""

from synth_assets.domain.kinds.boolean import Boolean
from synth_assets.domain.kinds.category import Categorical
from synth_assets.domain.kinds.kind import ColumnKind
from synth_assets.domain.kinds.number import Float, Integer
from synth_assets.domain.kinds.temporal import Date, Datetime

__all__ = ["KINDS", "kind_named"]

KINDS: dict[str, ColumnKind] = {
    kind.name: kind for kind in (Integer(), Float(), Categorical(), Boolean(), Date(), Datetime())
}
"""One line per kind; the order is that of messages."""


def kind_named(name: str) -> ColumnKind:
    """Return the kind of a name.

    Raises:
        ValueError: there is none; a release or a model may come from anybody.
    """
    try:
        return KINDS[name]
    except KeyError:
        raise ValueError(f"kind {name!r} must be one of {', '.join(KINDS)}") from None
