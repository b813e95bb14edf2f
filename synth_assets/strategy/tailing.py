"""What single codes do not say: a small share of the budget for the tails of columns, in a ladder of wide segments.

A range that was declared generously ends in many codes with few rows or none. A one-way table
has its own noise at each of them, so the sum of a hundred codes has the noise of ten. One
draw, after the one-way tables and before the pairs, counts the codes beyond each long tail's
beginning in a few segments, whose widths double outwards; each has the noise of one.

Where tails begin follows from noisy tables, which costs no privacy; nothing here sees an exact count.
"""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import TAILS_AND_ORDERS, Column, Domain
from synth_assets.generator.tails import SURE_RATE, body_of
from synth_assets.release import NoisyMarginal
from synth_assets.release.kinds.tails import NoisyTails, TailQuery
from synth_assets.strategy.measurer import Measurer, Request

__all__ = ["MOST_TAIL_SHARE", "TAIL_SHARE", "TailRound", "cuts_of"]

TAIL_SHARE, MOST_TAIL_SHARE = 0.005, 0.06
"""Share of rho for the table of one column, and for all of them together at most."""
LONG = 16
"""A tail of fewer codes has no segments of its own."""
FIRST, WIDEST = 16, 64
"""Codes of the segment next to the body; each is twice as wide as the one before it, up to the second number."""


class TailRound:
    """Implements ``SideRound``.

    Args:
        measurer: makes the draw.
        domain: the declared columns.
        rho: of the whole release.
    """

    since: ClassVar[int] = TAILS_AND_ORDERS

    def __init__(self, *, measurer: Measurer, domain: Domain, rho: float) -> None:
        self._measurer = measurer
        long = [column for column in domain.columns if column.numeric and column.regular > LONG]
        self._columns = long if len(domain.columns) > 1 else []  # without pairs nothing else takes what is left over
        self.rho = rho * min(MOST_TAIL_SHARE, TAIL_SHARE * len(self._columns))
        self.answers: tuple[NoisyTails, ...] = ()

    def measure(self, one_ways: Sequence[NoisyMarginal]) -> None:
        """Measure the long tails that one-way tables show; without any, draw nothing."""
        tables = {one_way.attributes[0]: one_way for one_way in one_ways}
        cuts = {column: cuts_of(column, tables[column.name]) for column in self._columns}
        queries = [TailQuery(column=column, cuts=chosen) for column, chosen in cuts.items() if chosen]
        if not queries:
            return
        part = min(self.rho, self._measurer.rho_left) / len(self._columns)
        # No more than the column's one-way table cost: at that price segments know more than enough.
        requests = [Request(query=query, rho=min(part, tables[query.column.name].rho)) for query in queries]
        self.answers = tuple(self._measurer.draw(requests))


def cuts_of(column: Column, one_way: NoisyMarginal) -> tuple[int, ...]:
    """Return the cuts of a column's long tails; none if it has none.

    What is between two tails is a segment too: it costs nothing, and nothing is made of it.

    Args:
        column: has an order.
        one_way: its noisy one-way table.
    """
    body = body_of(one_way.counts[: column.regular], scale=one_way.scale, error_rate=SURE_RATE)
    below, above = _ladder(body.start), _ladder(column.regular - body.stop)
    if not below.size and not above.size:
        return ()
    cuts = np.concatenate([(body.start - below)[::-1], body.stop + above])
    return tuple(np.unique(cuts).tolist())


def _ladder(codes: int) -> NDArray[np.int64]:
    """Return how far from the body each segment of a tail of so many codes begins or ends, ascending from 0."""
    if codes < LONG:
        return np.zeros(0, np.int64)
    ends, width = [0], FIRST
    while codes - ends[-1] > width + width // 2:
        ends.append(ends[-1] + width)
        width = min(2 * width, WIDEST)
    return np.array([*ends, codes])
