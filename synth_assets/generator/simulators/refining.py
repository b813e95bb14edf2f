"""The last step of a calibration: least squares on the released tables, from where evolution ended.

How tables change with a parameter is estimated by worlds on both sides of a point. Then the parameters move to where
the tables, weighted by their precision, are nearest. A step that does not lead nearer is shortened, so a simulator that
jumps ends no farther than evolution did.

A hybrid asks for less: that the simulator explains a *share* of the rows. Then cells that are far off count little, as
in robust regression, because rows of another kind are in some cells and not in others. That share is a little
less than the largest at which the simulated rows leave no fewer rows in any clear cells than noise could.

References:
    Gourieroux, Monfort and Renault (1993), "Indirect Inference", Section 2.
    Geman and McClure (1987), "Statistical Methods for Tomographic Image Reconstruction": their loss.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.generator.cells.layout import Floats
from synth_assets.generator.protocol import Progress
from synth_assets.generator.simulators.evolution import GENERATIONS, Worlds
from synth_assets.generator.simulators.simulator import from_unit, to_unit, unit_slopes

__all__ = ["Calibration", "refine"]

ROUGH, FINE = 10_000, 30_000
"""Rows of a world on a side: first, and where it ends."""
LEAST_SQUARES = (np.inf, ROUGH), (np.inf, FINE), (np.inf, FINE), (np.inf, FINE)
"""Standard deviations beyond which a gap counts less, and rows on a side, in each round with slopes of its own."""
ROBUST = (100.0, ROUGH), (20.0, ROUGH), (8.0, ROUGH), (4.0, ROUGH), (3.0, FINE), (3.0, FINE)
"""The same of a hybrid: narrower and narrower, so that it does not end at the nearest of many minima."""
STEPS = 3
"""Steps by the same slopes."""
ENOUGH = 1.0
"""Gain in distance below which rounds end: less than a parameter changes it by chance."""
HALF_WIDTH = 0.06
"""How far worlds on both sides are away, as a share of each parameter's range."""
LONGEST_STEP = 0.15
ROWS_AT = 100_000
"""Rows of a world in the middle."""
EVEN_PRECISION = 12.0
"""One over the variance of a number that is even between 0 and 1: what is known of a parameter without any table."""
_STREAM = GENERATIONS + 1
"""The first stream of random numbers; those before are the evolution's."""
CLEAR = 3.0
"""Standard deviations of its gap above which a cell's simulated share is clear."""
WHOLE = 0.98
"""Share from which on the simulator is taken to explain all rows: the rest would be noise."""
FIRST_SHARE, LEAST_SHARE = 0.9, 0.05
ROOM = 0.92
"""Part of the largest share that is simulated: what parameters are off by must not leave cells that are negative."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calibration:
    """What the tables say of the parameters.

    Attributes:
        estimates: shape (parameters,).
        spreads: standard errors by noise and sampling, in the units of the parameters; shape (parameters,).
        share: of the rows that the simulator explains; 1 unless it was asked for.
    """

    estimates: Floats
    spreads: Floats
    share: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Point:
    """Parameters beside the release.

    Attributes:
        unknowns: where parameters are in their ranges, and the share of the rows; shape (parameters + 1,).
        simulated: shares of simulated rows, shape (cells,).
        gap: what they leave of the released ones, in standard deviations, shape (cells,).
    """

    unknowns: Floats
    simulated: Floats
    gap: Floats

    @classmethod
    def at(cls, worlds: Worlds, unknowns: Floats) -> Self:
        simulated = worlds.shares(_parameters(worlds, unknowns), rows=ROWS_AT, stream=_STREAM + 2)
        gap = (worlds.tables.shares - unknowns[-1] * simulated) / np.sqrt(worlds.tables.variance(ROWS_AT))
        return cls(unknowns=unknowns, simulated=simulated, gap=gap)

    def loss(self, cut: float) -> float:
        return float((self.gap**2 / (1 + (self.gap / cut) ** 2)).sum())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Slopes:
    """How tables change with the unknowns near a point: two independent estimates, shape (unknowns, cells) each."""

    first: Floats
    second: Floats

    @classmethod
    def at(cls, worlds: Worlds, point: _Point, *, rows: int) -> Self:
        deviation, share = np.sqrt(worlds.tables.variance(ROWS_AT)), point.unknowns[-1]
        halves = (_slopes(worlds, point.unknowns[:-1], rows=rows, stream=_STREAM + half) for half in range(2))
        first, second = (np.vstack([share * half, point.simulated]) / deviation for half in halves)
        return cls(first=first, second=second)

    def curvature(self, counts: Floats) -> Floats:
        """Return that of half the loss, with the even prior; in the product of two estimates sampling averages out."""
        product = (self.first * counts) @ self.second.T
        sizes, ways = np.linalg.eigh((product + product.T) / 2)
        return np.asarray((ways * (np.maximum(sizes, 0) + EVEN_PRECISION)) @ ways.T)

    def weighted(self, counts: Floats) -> Floats:
        """Return the mean slopes times what each cell counts."""
        return (self.first + self.second) / 2 * counts


def refine(
    worlds: Worlds, population: Floats, weights: Floats, *, of_a_share: bool, progress: Progress | None
) -> Calibration:
    """Return the parameters of the nearest world, from a weighted population, shape (worlds, parameters).

    Args:
        worlds: of the simulator.
        population: parameters, shape (worlds, parameters).
        weights: of the worlds.
        of_a_share: whether the simulator is only to explain a share of the rows.
        progress: told of each round.
    """
    start = weights @ np.clip(to_unit(worlds.ranges, population), 0, 1)
    free = np.append(np.ones(start.size, dtype=bool), of_a_share)
    best = _Point.at(worlds, np.append(start, FIRST_SHARE if of_a_share else 1.0))
    for cut, rows in ROBUST if of_a_share else LEAST_SQUARES:
        slopes, before = _Slopes.at(worlds, best, rows=rows), best.loss(cut)
        best = _nearer(worlds, best, slopes, cut=cut, free=free)
        if progress is not None:
            progress(f"nearest world: distance {(best.gap**2).sum():,.0f} over {best.gap.size:,} cells")
        if np.isinf(cut) and before - best.loss(cut) < ENOUGH:
            break
    spreads = _spread(worlds, best, slopes, cut=cut, free=free)[: start.size]
    estimates = _parameters(worlds, best.unknowns)
    return Calibration(
        estimates=estimates,
        spreads=spreads * unit_slopes(worlds.ranges, estimates),
        share=_simulated_share(worlds, best.simulated) if of_a_share else 1.0,
    )


def _parameters(worlds: Worlds, unknowns: Floats) -> Floats:
    return from_unit(worlds.ranges, unknowns[:-1])


def _counts(point: _Point, cut: float) -> Floats:
    """Return how much each cell counts, from 0 to 1, shape (cells,)."""
    return np.asarray(1 / (1 + (point.gap / cut) ** 2) ** 2)


def _nearer(worlds: Worlds, best: _Point, slopes: _Slopes, *, cut: float, free: NDArray[np.bool_]) -> _Point:
    length = 1.0
    for _ in range(STEPS):
        counts = _counts(best, cut)
        step = np.zeros(free.size)
        curvature = slopes.curvature(counts)[np.ix_(free, free)]
        step[free] = np.linalg.solve(curvature, (slopes.weighted(counts) @ best.gap)[free])
        unknowns = best.unknowns + length * step / max(1.0, np.abs(step).max() / LONGEST_STEP)
        unknowns = np.append(np.clip(unknowns[:-1], 0, 1), np.clip(unknowns[-1], LEAST_SHARE, 1))
        point = _Point.at(worlds, unknowns)
        if point.loss(cut) < best.loss(cut):
            best = point
        else:
            length /= 3
    return best


def _simulated_share(worlds: Worlds, simulated: Floats) -> float:
    """Return the share of the rows that are to be simulated: what they leave is negative by noise only.

    Half of the squares of standard normal gaps are of negative ones, with variance 5/4.
    """
    tables = worlds.tables
    sampling = 1 / tables.rows + 1 / ROWS_AT
    clear = simulated > CLEAR * np.sqrt(tables.noise + simulated * sampling)
    simulated, shares, noise = simulated[clear], tables.shares[clear], tables.noise[clear]

    def too_large(share: float) -> bool:
        gap = (shares - share * simulated) / np.sqrt(noise + share * simulated * sampling)
        return bool((np.minimum(gap, 0) ** 2).sum() > gap.size / 2 + np.sqrt(1.25 * gap.size))

    low, high = 0.0, 1.0
    for _ in range(20 if too_large(high) else 0):
        middle = (low + high) / 2
        low, high = (low, middle) if too_large(middle) else (middle, high)
    return 1.0 if high >= WHOLE else ROOM * low


def _slopes(worlds: Worlds, unit: Floats, *, rows: int, stream: int) -> Floats:
    """Return how much each cell changes over the range of each parameter, shape (parameters, cells).

    One parameter changes at a time, with the same random numbers on both sides: rows that it does not touch then
    cancel, so that one that few rows depend on, such as what a rare failure costs, is not drowned by the others.
    """
    centre = np.clip(unit, HALF_WIDTH, 1 - HALF_WIDTH)

    def beside(side: Floats) -> Floats:
        return worlds.shares(from_unit(worlds.ranges, centre + side), rows=rows, stream=stream)

    return np.stack([(beside(side) - beside(-side)) / (2 * HALF_WIDTH) for side in HALF_WIDTH * np.eye(centre.size)])


def _spread(worlds: Worlds, point: _Point, slopes: _Slopes, *, cut: float, free: NDArray[np.bool_]) -> Floats:
    """Return the standard errors of the free unknowns, shape (unknowns,).

    Noise is independent between cells. A row is in one cell of each table, so its part in all of them counts at once.
    """
    tables, counts = worlds.tables, _counts(point, cut)
    pull = slopes.weighted(counts)[free] / np.sqrt(tables.variance(ROWS_AT))
    places = worlds.places(_parameters(worlds, point.unknowns), rows=FINE, stream=_STREAM)
    of_rows = sum((pull[:, place] for place in places), np.zeros((len(pull), places.shape[1])))
    sampled = np.atleast_2d(np.cov(of_rows)) * (1 / tables.rows + 1 / ROWS_AT)
    inverse = np.linalg.inv(slopes.curvature(counts)[np.ix_(free, free)])
    prior = EVEN_PRECISION * np.eye(len(inverse))  # what no table depends on is as uncertain as before
    covariance = inverse @ ((pull * tables.noise) @ pull.T + sampled + prior) @ inverse
    return np.asarray(np.sqrt(np.clip(np.diag(covariance), 0, None)))
