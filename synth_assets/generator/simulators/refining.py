"""The last step of a calibration: least squares on the released tables, from where evolution ended.

How tables change with the parameters is estimated by worlds on both sides of a point, where all parameters change at
once by a balanced design. Then the parameters move to where the tables, weighted by their precision, are nearest. A
step that does not lead nearer is halved, so a simulator that jumps ends no farther than evolution did.

References:
    Gourieroux, Monfort and Renault (1993), "Indirect Inference", Section 2.
    Plackett and Burman (1946), "The Design of Optimum Multifactorial Experiments".
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from synth_assets.generator.cells.layout import Floats
from synth_assets.generator.protocol import Progress
from synth_assets.generator.simulators.evolution import GENERATIONS, Worlds
from synth_assets.generator.simulators.simulator import from_unit, to_unit

__all__ = ["Calibration", "refine"]

ROUNDS, STEPS = 4, 3
"""How often slopes are estimated, and steps by the same slopes."""
ENOUGH = 1.0
"""Gain in distance below which rounds end: less than a parameter changes it by chance."""
HALF_WIDTH = 0.06
"""How far worlds on both sides are away, as a share of each parameter's range."""
LONGEST_STEP = 0.15
ROWS_BESIDE, ROWS_AT = 10_000, 100_000
"""Rows of a world on a side, and of one in the middle."""
EVEN_PRECISION = 12.0
"""One over the variance of a number that is even between 0 and 1: what is known of a parameter without any table."""
_STREAM = GENERATIONS + 1
"""The first stream of random numbers; those before are the evolution's."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calibration:
    """What the tables say of the parameters.

    Attributes:
        estimates: shape (parameters,).
        spreads: standard errors by noise and sampling, on each parameter's own scale: of its logarithm if it varies by
            factors; shape (parameters,).
    """

    estimates: Floats
    spreads: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Slopes:
    """How tables change over the ranges of parameters, near a point.

    Attributes:
        weighted: slopes over the variance of each cell, shape (parameters, cells).
        curvature: of half the distance, with that of the even prior, shape (parameters, parameters).
    """

    weighted: Floats
    curvature: Floats

    @classmethod
    def at(cls, worlds: Worlds, point: Floats) -> Self:
        """Estimate slopes twice, with other random numbers: in their product sampling has no part on average."""
        first, second = (_slopes(worlds, point, stream=_STREAM + half) for half in range(2))
        variance = worlds.tables.variance(ROWS_AT)
        product = (first / variance) @ second.T
        sizes, ways = np.linalg.eigh((product + product.T) / 2)
        curvature = (ways * (np.maximum(sizes, 0) + EVEN_PRECISION)) @ ways.T
        return cls(weighted=(first + second) / (2 * variance), curvature=curvature)


def refine(worlds: Worlds, population: Floats, weights: Floats, *, progress: Progress | None) -> Calibration:
    """Return the parameters of the nearest world, from a weighted population, shape (worlds, parameters)."""
    ranges = list(worlds.rendering.simulator.parameters.values())
    variance = worlds.tables.variance(ROWS_AT)

    def gap_at(point: Floats) -> tuple[Floats, float]:
        shares = worlds.shares(from_unit(ranges, point), rows=ROWS_AT, stream=_STREAM + 2)
        gap = worlds.tables.shares - shares
        return gap, float((gap**2 / variance).sum())

    best = weights @ np.clip(to_unit(ranges, population), 0, 1)
    gap, least = gap_at(best)
    for _ in range(ROUNDS):
        slopes, share, before = _Slopes.at(worlds, best), 1.0, least
        for _ in range(STEPS):
            step = np.linalg.solve(slopes.curvature, slopes.weighted @ gap)
            point = np.clip(best + share * step / max(1.0, np.abs(step).max() / LONGEST_STEP), 0, 1)
            there, distance = gap_at(point)
            if distance < least:
                best, gap, least = point, there, distance
            else:
                share /= 3
        if progress is not None:
            progress(f"nearest world: distance {least:,.0f} over {gap.size:,} cells")
        if before - least < ENOUGH:
            break
    spreads = _spread(worlds, from_unit(ranges, best), slopes)
    widths = np.array([np.log(one.high / one.low) if one.log else one.high - one.low for one in ranges])
    return Calibration(estimates=from_unit(ranges, best), spreads=spreads * widths)


def _slopes(worlds: Worlds, point: Floats, *, stream: int) -> Floats:
    """Return how much each cell changes over the range of each parameter, shape (parameters, cells)."""
    ranges = list(worlds.rendering.simulator.parameters.values())
    centre = np.clip(point, HALF_WIDTH, 1 - HALF_WIDTH)
    sides = _balanced(centre.size)
    slopes = np.zeros((centre.size, worlds.tables.shares.size))
    for side in sides:
        beside = from_unit(ranges, centre + HALF_WIDTH * side)
        slopes += np.outer(side, worlds.shares(beside, rows=ROWS_BESIDE, stream=stream))
    return slopes / (len(sides) * HALF_WIDTH)


def _balanced(parameters: int) -> Floats:
    """Return sides, 1 or -1, of runs in which any two parameters change alike half the time, (runs, parameters).

    Each run comes with its opposite, so that curvature does not count as a slope.
    """
    matrix = np.ones((1, 1))
    while matrix.shape[0] <= parameters:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return np.concatenate([matrix[:, 1 : parameters + 1], -matrix[:, 1 : parameters + 1]])


def _spread(worlds: Worlds, estimates: Floats, slopes: _Slopes) -> Floats:
    """Return the standard errors as shares of the ranges, shape (parameters,).

    Noise is independent between cells. A row is in one cell of each table, so its part in all of them counts at once.
    """
    tables = worlds.tables
    places = worlds.places(estimates, rows=ROWS_BESIDE, stream=_STREAM)
    pulls = sum((slopes.weighted[:, place] for place in places), np.zeros((estimates.size, places.shape[1])))
    sampled = np.atleast_2d(np.cov(pulls)) * (1 / tables.rows + 1 / ROWS_AT)
    inverse = np.linalg.inv(slopes.curvature)
    covariance = inverse @ ((slopes.weighted * tables.noise) @ slopes.weighted.T + sampled) @ inverse
    return np.asarray(np.sqrt(np.clip(np.diag(covariance), 0, None)))
