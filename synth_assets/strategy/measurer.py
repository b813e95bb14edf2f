"""What a strategy may use: paid, journaled draws, without access to rows.

One call of :meth:`Measurer.draw` is one draw: it is charged, announced and recorded as a
whole, and its queries are of one kind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from synth_assets.release.answers import Query

__all__ = ["Measurer", "Request"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Request:
    """One query and the most that its answer may cost.

    Attributes:
        query: public facts only.
        rho: zCDP loss, at most.
        delta: for kinds that need one, such as thresholds.
    """

    query: Query
    rho: float
    delta: float = 0.0


class Measurer(Protocol):
    """Every call is one paid, journaled draw."""

    @property
    def rho_left(self) -> float:
        """Rho that the reservation still covers, rounded down."""
        ...

    def draw(self, requests: Sequence[Request]) -> list[Any]:
        """Return one answer per request, of the class that its kind has.

        Raises:
            Fault: the remaining budget does not cover them, there is no request, they are of several
                kinds, or a query would break its stability bound.
        """
        ...
