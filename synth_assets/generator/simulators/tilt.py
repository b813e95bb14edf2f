"""The hybrid: weights on simulated rows, so that their tables meet the released ones where the mechanism does not.

A row's weight is exp(sum over tables of a number for the cell that it is in). These numbers have a normal prior around
0, whose variance each table tells by itself: by what its gap from the simulator has beyond noise and sampling, relative
to the simulated shares. So a table that is explained moves nothing, and noise is not followed in the others; without
such a prior it would be, and the weights would not converge. Where few rows carry most of the weight, the prior is made
narrower until enough rows are effective, as the tolerance in evolution.

Rows are drawn by rejection: a row is kept with a chance of its weight over the largest that counts. So no row comes
twice and each is independent of the others; weights above the largest are cut, and how much that takes is known.

References:
    Dudik, Phillips and Schapire (2007), "Maximum Entropy Density Estimation with Generalized Regularization".
    Efron and Morris (1973), "Stein's Estimation Rule and Its Competitors": variances of a prior from the data.
    von Neumann (1951), "Various Techniques Used in Connection with Random Digits": rejection.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth_assets.generator.cells.layout import Floats
from synth_assets.generator.protocol import Progress
from synth_assets.generator.simulators.evolution import effective
from synth_assets.generator.simulators.tables import CellMap, Places, Tables

__all__ = ["Tilt", "learn_tilt", "rows_for"]

EFFECTIVE_SHARE = 0.15
"""Share of the simulated rows that is effective at least."""
MOST_CUT = 0.01
"""Share of the weight that may be cut, if that takes no more renderings than :data:`RENDERINGS` allows."""
RENDERINGS = 2, 4, 8, 16
"""Simulated rows per row that is kept."""
_ROWS = 1 << 17
_CELLS_AT_ONCE = 1 << 25
FEWEST_ROWS = 4
"""Simulated rows in a cell below which nothing is learnt of it."""
_UNTIL = {"maxiter": 200, "maxcor": 20, "ftol": 1e-7, "gtol": 1e-6}
"""When weights are near enough: a hundred-thousandth of what a row's surprise is worth."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tilt:
    """Weights of rows by the cells that they are in.

    Attributes:
        cells: the tables.
        logs: what the logarithm of the weight of a row in a cell is raised by, shape (cells,).
        largest: logarithm of the largest weight that counts.
        tolerance: what variances were multiplied by.
        effective: share of the simulated rows that is effective.
        cut: share of the weight that is above the largest.
    """

    cells: CellMap
    logs: Floats
    largest: float
    tolerance: float
    effective: float
    cut: float

    def chances(self, codes: Sequence[NDArray[Any]]) -> Floats:
        """Return the probability with which each row is kept, shape (rows,); ``codes`` are fine, one array a column."""
        return np.asarray(np.exp(np.minimum(_logs(self.logs, self.cells.places(codes)) - self.largest, 0.0)))


def rows_for(tables: Tables) -> int:
    """Return how many simulated rows weights are learnt from."""
    return min(_ROWS, _CELLS_AT_ONCE // len(tables.cells.attributes))


def learn_tilt(places: Places, tables: Tables, *, progress: Progress | None) -> Tilt:
    """Return weights of simulated rows that meet the tables; imports SciPy.

    Args:
        places: the cell of each simulated row in each table, shape (tables, rows).
        tables: the release.
        progress: told of each tolerance.
    """
    precision = _prior_precision(tables, tables.counted(places), rows=places.shape[1])
    tolerance, logs = 1.0, np.zeros(tables.shares.size)
    while True:
        logs = _least(places, tables, precision=tolerance * precision, start=logs)
        of_rows = _logs(logs, places)
        weights = np.exp(of_rows - of_rows.max())
        share = effective(weights) / weights.size
        if progress is not None:
            progress(f"weights on {weights.size:,} simulated rows: {share:.0%} effective, tolerance {tolerance:g}")
        if share >= EFFECTIVE_SHARE:
            break
        tolerance *= 2
    mean = float(weights.mean())
    cuts = {factor: float(np.maximum(weights - factor * mean, 0).sum() / weights.sum()) for factor in RENDERINGS}
    factor = next((factor for factor, cut in cuts.items() if cut <= MOST_CUT), RENDERINGS[-1])
    return Tilt(
        cells=tables.cells,
        logs=logs,
        largest=float(np.log(factor * mean) + of_rows.max()),
        tolerance=tolerance,
        effective=share,
        cut=cuts[factor],
    )


def _prior_precision(tables: Tables, simulated: Floats, *, rows: int) -> Floats:
    """Return the weight of the square of each cell's number, shape (cells,); infinite where it has to be 0.

    If the data has exp(l) times the simulated share p in a cell, with l of variance s^2 in its table, the gap has the
    variance p^2 s^2 + v. Its best linear estimate of l is that of least squares with p^2 / v + 1 / s^2; relative to p,
    which is the curvature of the dual, the prior counts v / (p s^2).
    """
    variance, starts = tables.variance(rows), tables.cells.starts[:-1]
    excess = np.add.reduceat((tables.shares - simulated) ** 2 - variance, starts)
    spread = np.maximum(excess, 0) / np.add.reduceat(simulated**2, starts)
    of_cells = simulated * np.repeat(spread, np.diff(tables.cells.starts))
    rendered = simulated * rows >= FEWEST_ROWS
    return np.where(rendered & (of_cells > 0), variance / np.where(of_cells > 0, of_cells, 1), np.inf)


def _least(places: Places, tables: Tables, *, precision: Floats, start: Floats) -> Floats:
    """Return the numbers of cells at which the regularised dual is least, shape (cells,)."""
    from scipy.optimize import minimize

    free, starts = np.isfinite(precision), tables.cells.starts
    scale = np.sqrt(tables.counted(places)[free] + precision[free])
    logs = np.zeros(free.size)

    def dual(scaled: Floats) -> tuple[float, Floats]:
        logs[free] = scaled / scale
        of_rows = _logs(logs, places)
        top = of_rows.max()
        weights = np.exp(of_rows - top)
        total = weights.sum()
        parts = [
            np.bincount(place - begin, weights=weights, minlength=int(end - begin))
            for place, begin, end in zip(places, starts[:-1], starts[1:], strict=True)
        ]
        pull = precision[free] * logs[free]
        value = top + np.log(total / weights.size) - logs @ tables.shares + pull @ logs[free] / 2
        gap = (np.concatenate(parts) / total - tables.shares)[free]
        return float(value), (gap + pull) / scale

    if free.any():
        least = minimize(dual, start[free] * scale, jac=True, method="L-BFGS-B", options=_UNTIL)
        logs[free] = least.x / scale
    return logs


def _logs(logs: Floats, places: Places) -> Floats:
    total = np.zeros(places.shape[1])
    for place in places:
        total += logs[place]
    return total
