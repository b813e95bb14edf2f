"""Which of two amounts of a row is larger: one noisy vector with two numbers per pair of comparable columns.

Two values in one bin are drawn apart, so tables of bins do not say that a payment is at most the
bill, or equals it in a third of the rows. Which columns are comparable is public. Those pairs are
asked whose values would share a bin now and then if the columns were independent, by noisy one-way
tables, and of too many those most often. Nothing here sees an exact count.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import TAILS_AND_ORDERS, Column, Domain
from synth_assets.domain.amounts import comparable_pairs, several
from synth_assets.release import NoisyMarginal
from synth_assets.release.kinds.orders import MOST_PAIRS, NoisyOrders, OrderQuery
from synth_assets.strategy.measurer import Measurer, Request

__all__ = ["MOST_ORDER_SHARE", "ORDER_SHARE", "OrderRound", "nearest_pairs"]

Floats = NDArray[np.float64]
Pair = tuple[str, str]

ORDER_SHARE, MOST_ORDER_SHARE = 0.0005, 0.03
"""Share of rho per pair, which keeps the noise of a count the same for any number of them, and at most."""
LEAST_CHANCE = 0.0005
"""Share of rows whose values would share a bin, at least, of a pair that is asked."""


class OrderRound:
    """Implements ``SideRound``.

    Args:
        measurer: makes the draw.
        domain: the declared columns.
        rho: of the whole release.
    """

    since: ClassVar[int] = TAILS_AND_ORDERS

    def __init__(self, *, measurer: Measurer, domain: Domain, rho: float) -> None:
        self._measurer, self._domain, self._whole = measurer, domain, rho
        self._pairs = comparable_pairs(domain)
        self.rho = self._part(self._pairs)
        self.answers: tuple[NoisyOrders, ...] = ()

    def measure(self, one_ways: Sequence[NoisyMarginal]) -> None:
        """Measure the orders of comparable columns; without two that are near each other draw nothing."""
        counts = {one_way.attributes[0]: one_way.counts for one_way in one_ways}
        pairs = nearest_pairs(self._pairs, self._domain, counts=counts)
        if not pairs:
            return
        query = OrderQuery(pairs=tuple(pairs), domain=self._domain)
        rho = min(self._part(pairs), self._measurer.rho_left)
        self.answers = tuple(self._measurer.draw([Request(query=query, rho=rho)]))

    def _part(self, pairs: Sequence[Pair]) -> float:
        return self._whole * min(MOST_ORDER_SHARE, ORDER_SHARE * len(pairs))


def nearest_pairs(pairs: Sequence[Pair], domain: Domain, *, counts: Mapping[str, NDArray[np.int64]]) -> list[Pair]:
    """Return at most :data:`MOST_PAIRS` of the pairs, in their order: those whose values share a bin most often.

    Pairs whose values hardly ever do are left out, because tables of pairs decide their order.

    Args:
        pairs: names of comparable columns.
        domain: the columns.
        counts: noisy rows of each code, by column.
    """
    near = np.array([_chance(domain[a], domain[b], counts[a], counts[b]) for a, b in pairs])
    kept = np.argsort(-near, kind="stable")[:MOST_PAIRS]
    return [pairs[index] for index in sorted(kept.tolist()) if near[index] >= LEAST_CHANCE]


def _chance(a: Column, b: Column, first: NDArray[np.int64], second: NDArray[np.int64]) -> float:
    """Return how often independent values of two columns lie between the same two bounds of either."""
    edges = np.unique(np.concatenate([a.bounds(), b.bounds()]))
    return float(np.diff(_below(a, first, edges)) @ np.diff(_below(b, second, edges)))


def _below(column: Column, counts: NDArray[np.int64], edges: Floats) -> Floats:
    """Return the share of rows that is compared and lies below each edge, evenly spread inside bins."""
    held = np.where(several(column), np.maximum(counts, 0), 0)[: column.regular]
    sums = np.concatenate([[0.0], np.cumsum(held)]) / max(1.0, float(np.maximum(counts, 0).sum()))
    return np.interp(edges, column.bounds(), sums)
