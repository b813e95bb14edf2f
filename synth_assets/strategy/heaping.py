"""What bins do not say: a small share of the budget for how round numbers are, and for masses at single values.

One draw, after the one-way tables and before all others, has two tables of a column of
numbers in bins. The first is of its heaps, and which columns have any is public. The second
is of single values in bins that stand out among their neighbours: a cap, a code such as 999, a
usual price. The first and the last value of such a bin are listed, and all multiples of the finest
power of ten of which the bin does not have too many.

Nothing here sees an exact count. Choosing by noisy tables is post-processing.
"""

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import NEW_ROUNDS, Column, Domain
from synth_assets.domain.heaping import Heaping, has_heaps
from synth_assets.domain.kinds.grid import GridBins
from synth_assets.release import NoisyMarginal
from synth_assets.release.kinds.heaping import MOST_LISTED, HeapingQuery, NoisyHeaping, Runs
from synth_assets.strategy.measurer import Measurer, Request

__all__ = ["HEAPING_SHARE", "HeapRound", "runs_of_values"]

Floats = NDArray[np.float64]

HEAPING_SHARE = 0.04
"""Share of rho for all these tables together."""
SINGLE_WEIGHT = 0.5
"""Share of rho of a table of single values, relative to one of heaps."""
STANDS_OUT = 4.0
"""Standard deviations of its noise by which a bin has more rows than its neighbours, if it stands out."""
LEAST_EXCESS = 0.1
"""Share of its rows by which it has more at least: the top of a bell curve has less."""
NEIGHBOURS = 2
"""Bins on either side whose median density is the usual one."""
FEWEST_LISTED = 8
"""Values that each bin that stands out may list, at least."""


class HeapRound:
    """Implements ``SideRound``.

    Args:
        measurer: makes the draw.
        domain: the declared columns.
        rho: of the whole release.
    """

    since: ClassVar[int] = NEW_ROUNDS

    def __init__(self, *, measurer: Measurer, domain: Domain, rho: float) -> None:
        self._measurer = measurer
        self._columns = [column for column in domain.columns if has_heaps(column)]
        self.rho = rho * HEAPING_SHARE if self._columns else 0.0
        self.answers: tuple[NoisyHeaping, ...] = ()

    def measure(self, one_ways: Sequence[NoisyMarginal]) -> None:
        """Measure all heaps, and the values that stand out in one-way tables; without such a column draw nothing."""
        if not self._columns:
            return
        tables = {one_way.attributes[0]: one_way for one_way in one_ways}
        per_weight = self.rho / ((1 + SINGLE_WEIGHT) * len(self._columns))
        singles = [_singles(column, tables[column.name], rho=per_weight * SINGLE_WEIGHT) for column in self._columns]
        asked = [(HeapingQuery(column=column), 1.0) for column in self._columns]
        asked += [(query, SINGLE_WEIGHT) for query in singles if query.runs]
        part = min(self.rho, self._measurer.rho_left) / sum(weight for _, weight in asked)
        self.answers = tuple(self._measurer.draw([Request(query=query, rho=part * weight) for query, weight in asked]))


def _singles(column: Column, one_way: NoisyMarginal, *, rho: float) -> HeapingQuery:
    # An approximation that decides what is asked: the scale that is used comes from OpenDP's search.
    noise = one_way.scale * math.sqrt(one_way.rho / rho)
    counts = one_way.counts[: column.regular].astype(np.float64)
    return HeapingQuery(column=column, runs=runs_of_values(column, counts, scale=one_way.scale, noise=noise))


def runs_of_values(column: Column, counts: Floats, *, scale: float, noise: float) -> Runs:
    """Return runs of the values of a column that may have a mass of their own.

    Args:
        column: has heaps.
        counts: noisy rows of each regular code, shape (regular,).
        scale: standard deviation of their noise.
        noise: that of a single value's rows, if it is listed.
    """
    heaping, bounds = Heaping.of(column), column.bounds()
    unit = heaping.grid.numerator / heaping.grid.denominator
    bins = GridBins.of(bounds, step=unit, closed=not column.kind_of.whole)
    excess = counts - _usual(counts, np.diff(bounds))
    clear = np.maximum(STANDS_OUT * max(scale * math.sqrt(1 + 1 / NEIGHBOURS), noise), LEAST_EXCESS * counts)
    chosen = [code for code in np.argsort(-excess, kind="stable").tolist() if excess[code] > clear[code]]
    chosen = chosen[: MOST_LISTED // FEWEST_LISTED]
    most = MOST_LISTED // max(1, len(chosen))
    runs = [run for code in chosen for run in _inside(int(bins.first[code]), int(bins.end[code]), most=most)]
    return tuple(sorted(runs))


def _usual(counts: Floats, widths: Floats) -> Floats:
    """Return the rows that each bin would have with the median density of its neighbours."""
    density = np.divide(counts, widths, out=np.zeros_like(counts), where=widths > 0)
    padded = np.pad(density, NEIGHBOURS, mode="reflect" if counts.size > NEIGHBOURS else "edge")
    shifts = [shift for shift in range(2 * NEIGHBOURS + 1) if shift != NEIGHBOURS]
    neighbours = np.stack([padded[shift : shift + counts.size] for shift in shifts])
    return np.asarray(widths * np.maximum(np.median(neighbours, axis=0), 0))


def _inside(first: int, end: int, *, most: int) -> list[tuple[int, int, int]]:
    """Return runs of at most ``most`` counts from ``first`` to before ``end``: multiples of ten's power, both ends."""
    power = 1
    while (end - 1) // power - -(-first // power) + 1 > most - 2:
        power *= 10
    start, stop = -(-first // power), (end - 1) // power + 1
    multiples = [(start * power, power, stop - start)] if stop > start else []
    ends = {count for count in (first, end - 1) if count % power} if end > first else set()
    return [*multiples, *((count, 1, 1) for count in sorted(ends))]
