"""Noisy counts of rows in which an amount is less than another, and in which the two are equal, as one vector.

A row of a unit adds 1 to at most one of the two numbers of each pair, so a unit changes a vector of q pairs
by at most ``max_rows * sqrt(q)`` in L2 (``docs/privacy/orders.md``). Which values are compared, and as
which numbers, follows from the columns, see ``domain.amounts``.

Example:
    >>> from synth_assets.domain import Column
    >>> columns = tuple(Column(name=name, kind="integer", maximum=9_999, bins=9) for name in ("paid", "due"))
    >>> query = OrderQuery(pairs=(("paid", "due"),), domain=Domain(columns=columns))
    >>> query.descriptor(), query.shape()
    ({'pairs': (('paid', 'due'),), 'coding': 1}, (1, 2))
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from synth_assets.domain import Domain
from synth_assets.domain.amounts import comparable
from synth_assets.errors import Fault
from synth_assets.privacy import PrivacyUnit
from synth_assets.privacy.noise import GaussianNoise, least_gaussian
from synth_assets.release.answers import Answer, Audited, Grids, l2_sensitivity, require

__all__ = ["MOST_PAIRS", "NoisyOrders", "OrderQuery"]

CODING = 1
"""Of values into numbers that are compared; what ``domain.amounts`` does."""
MOST_PAIRS = 200
"""Pairs of one vector."""
_TWO = 2
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OrderQuery:
    """A query for one vector.

    Attributes:
        pairs: of comparable columns, each once.
        domain: the columns.
    """

    kind: ClassVar[str] = "orders"

    pairs: tuple[Pair, ...]
    domain: Domain

    def noise(self, *, unit: PrivacyUnit, rho: float, delta: float) -> GaussianNoise:
        """See ``Query``; without a pair there is nothing to ask.

        Raises:
            Fault: a pair is there twice, or none is.
        """
        del delta
        if not self.pairs or len({frozenset(pair) for pair in self.pairs}) < len(self.pairs):
            raise Fault("orders are of some pairs, each once", hint="check the strategy")
        return least_gaussian(d_in=l2_sensitivity(squares=len(self.pairs), max_rows=unit.max_rows), rho=rho)

    def descriptor(self) -> dict[str, Any]:
        """Return what the values describe, see ``Answer``."""
        return {"pairs": self.pairs, "coding": CODING}

    def shape(self) -> tuple[int, ...]:
        """See ``Query``."""
        return (len(self.pairs), _TWO)


class NoisyOrders(Answer):
    """One released vector: noisy rows with a < b and with a = b of each pair, shape (pairs, 2)."""

    __slots__ = ()
    kind: ClassVar[str] = "orders"
    page: ClassVar[str] = "docs/privacy/orders.md"
    claim: ClassVar[str] = "order maps"
    absent: ClassVar[str] = "no orders were measured: no two amounts are comparable, or an earlier version measured"
    ask_for: ClassVar[str] = "new releases have them of two numbers that lie in bins"

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The pairs of columns."""
        return tuple((a, b) for a, b in self.descriptor["pairs"])

    def sensitivity(self, max_rows: int) -> int:
        """See ``Answer``."""
        return l2_sensitivity(squares=len(self.pairs), max_rows=max_rows)

    def check(self, domain: Domain, grids: Grids) -> None:
        """See ``Answer``."""
        del grids
        require(set(self.descriptor) == {"pairs", "coding"}, "has orders of another kind")
        coding, pairs = self.descriptor["coding"], self.descriptor["pairs"]
        require(type(coding) is int and coding == CODING, "has unknown orders")
        require(isinstance(pairs, tuple) and 0 < len(pairs) <= MOST_PAIRS, "has orders of no pairs, or of too many")
        texts = (
            isinstance(pair, tuple) and len(pair) == _TWO and all(isinstance(name, str) for name in pair)
            for pair in pairs
        )
        require(all(texts), "has orders of what are not pairs")
        require(len({frozenset(pair) for pair in pairs}) == len(pairs), "has orders of a pair twice")
        names = set(domain.names)
        fits = (a != b and {a, b} <= names and comparable(domain[a], domain[b]) for a, b in pairs)
        require(all(fits), "has orders of columns that are not comparable")
        require(self.values.shape == (len(pairs), _TWO), "has orders of odd shape")

    def label(self) -> str:
        """See ``Answer``."""
        return f"orders of {len(self.descriptor['pairs'])} pairs"

    @classmethod
    def verified(cls, answers: Sequence[Any], audited: Audited) -> str:
        """See ``Answer``."""
        del audited
        count = sum(len(answer.pairs) for answer in answers)
        return f"orders of {count} pairs, the map of their vector recomputed by OpenDP ({cls.page})"

    @classmethod
    def mechanisms(cls, answers: Sequence[Any], *, max_rows: int) -> list[dict[str, Any]]:
        """See ``Answer``; d_in is the L2 sensitivity of the vector, and the pairs are in the release."""
        stated = super().mechanisms(answers, max_rows=max_rows)
        return [
            {**mechanism, "orders": {"pairs": len(answer.pairs)}}
            for mechanism, answer in zip(stated, answers, strict=True)
        ]
