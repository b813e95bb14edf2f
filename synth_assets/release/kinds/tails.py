"""Noisy tables of tails: the rows of a few wide segments of one column's codes, where single codes hold noise alone.

Segments are consecutive runs of ordinary codes; the descriptor lists the cuts between them. A row
of a unit adds 1 to one segment at most, so the L2 bound is ``max_rows`` (``docs/privacy/tails.md``).

Example:
    >>> query = TailQuery(column=Column(name="paid", kind="integer", maximum=199), cuts=(40, 56, 88, 200))
    >>> query.descriptor(), query.shape()
    ({'column': 'paid', 'cuts': (40, 56, 88, 200)}, (3,))
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

from synth_assets.domain import Column, Domain
from synth_assets.privacy import PrivacyUnit
from synth_assets.privacy.noise import GaussianNoise, least_gaussian
from synth_assets.release.answers import Answer, Audited, Grids, require

__all__ = ["NoisyTails", "TailQuery"]

_FEWEST_CUTS = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TailQuery:
    """A query for the rows of segments of one column's codes.

    Attributes:
        column: has an order.
        cuts: first code of each segment, and the code after the last segment, ascending.
    """

    kind: ClassVar[str] = "tails"

    column: Column
    cuts: tuple[int, ...]

    def noise(self, *, unit: PrivacyUnit, rho: float, delta: float) -> GaussianNoise:
        """See ``Query``."""
        del delta
        return least_gaussian(d_in=unit.max_rows, rho=rho)

    def descriptor(self) -> dict[str, Any]:
        """Return what the values describe, see ``Answer``."""
        return {"column": self.column.name, "cuts": self.cuts}

    def shape(self) -> tuple[int, ...]:
        """See ``Query``."""
        return (len(self.cuts) - 1,)


class NoisyTails(Answer):
    """One released table: noisy rows of consecutive segments of a column's codes."""

    __slots__ = ()
    kind: ClassVar[str] = "tails"
    page: ClassVar[str] = "docs/privacy/tails.md"
    claim: ClassVar[str] = "tail maps"
    absent: ClassVar[str] = "no tail was measured: no number has a long one, or an earlier version measured"
    ask_for: ClassVar[str] = "new releases have them of numbers with long tails"

    @property
    def column(self) -> str:
        """Name of the column."""
        return str(self.descriptor["column"])

    @property
    def cuts(self) -> tuple[int, ...]:
        """First code of each segment, and the code after the last."""
        return tuple(self.descriptor["cuts"])

    def sensitivity(self, max_rows: int) -> int:
        """See ``Answer``."""
        return max_rows

    def check(self, domain: Domain, grids: Grids) -> None:
        """See ``Answer``."""
        del grids
        require(set(self.descriptor) == {"column", "cuts"}, "has a table of tails of another kind")
        require(self.descriptor["column"] in domain.names, "has tails of an unknown column")
        column, cuts = domain[self.column], self.descriptor["cuts"]
        require(column.numeric, "has tails of a column without an order")
        whole = isinstance(cuts, tuple) and all(type(cut) is int for cut in cuts)
        require(whole and len(cuts) >= _FEWEST_CUTS, "has segments that are not whole numbers")
        ascending = all(cut < later for cut, later in pairwise(cuts))
        require(ascending and cuts[0] >= 0 and cuts[-1] <= column.regular, "has segments of codes that do not exist")
        require(self.values.shape == (len(cuts) - 1,), "has a table of tails of odd shape")

    def label(self) -> str:
        """See ``Answer``."""
        return f"tails of {self.column!r}"

    @classmethod
    def verified(cls, answers: Sequence[Any], audited: Audited) -> str:
        """See ``Answer``."""
        return (
            f"{len(answers)} tables of tails, each map recomputed by OpenDP at d_in = {audited.max_rows} ({cls.page})"
        )
