"""Calibration by evolution: parameters whose worlds look like the released tables survive, and are varied.

Each world is rendered with some thousand rows, all worlds of a generation with the same random numbers, so that they
differ by their parameters alone. Its distance is the chi-square of all released tables under the noise and the sampling
that are known. A world's weight is exp(-(distance - least) / 2T). T = 1 would be right if a simulator could match the
data exactly. None does, and then one world would carry all weight; so T is raised until the effective number of worlds
is a chosen share of them. All of it is arithmetic on released numbers: it costs no privacy.

Example:
    >>> weights, tolerance = tolerant_weights(np.array([10.0, 12.0, 900.0, 1000.0]), share=0.4)
    >>> weights.round(2).tolist(), tolerance
    ([0.73, 0.27, 0.0, 0.0], 1.0)

References:
    Beaumont, Zhang and Balding (2002), "Approximate Bayesian Computation in Population Genetics", Section 2.
    Toni et al. (2009), "Approximate Bayesian Computation Scheme for Parameter Inference and Model Selection".
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from synth_assets.errors import UsageError
from synth_assets.generator.cells.layout import Floats, Integers
from synth_assets.generator.protocol import Progress
from synth_assets.generator.rows import make_rng
from synth_assets.generator.simulators.rendering import Rendering
from synth_assets.generator.simulators.simulator import Parameter
from synth_assets.generator.simulators.tables import Places, Tables

__all__ = ["Worlds", "draw_parameters", "effective", "evolve", "tolerant_weights"]

POPULATION = 64
GENERATIONS = 8
ROWS = 3000
"""Rows of a world while parameters evolve."""
EFFECTIVE_SHARE = 0.25
"""Share of the population that is effective at least."""
FIRST_DEGREE, SHRINKING = 0.2, 0.65
"""How far survivors vary at first, and what that is multiplied by in each generation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worlds:
    """Worlds of a simulator beside the released tables.

    Attributes:
        rendering: the simulator.
        tables: the release.
        seed: of the fit.
    """

    rendering: Rendering
    tables: Tables
    seed: int

    @property
    def ranges(self) -> list[Parameter]:
        """The simulator's parameters, in their order."""
        return list(self.rendering.simulator.parameters.values())

    def places(self, parameters: Floats, *, rows: int, stream: int) -> Places:
        """Return the cells of the rows of a world; the same stream means the same random numbers."""
        rng = make_rng(self.seed, shard=stream, attempt=0)
        return self.tables.cells.places(self.rendering.world(parameters, rows, rng).codes)

    def shares(self, parameters: Floats, *, rows: int, stream: int) -> Floats:
        """Return the shares of a world's rows in all cells of the tables, shape (cells,)."""
        return self.tables.counted(self.places(parameters, rows=rows, stream=stream))

    def distance(self, parameters: Floats, *, rows: int, stream: int) -> float:
        """Return the chi-square of all tables, given a world's rows."""
        gap = self.tables.shares - self.shares(parameters, rows=rows, stream=stream)
        return float((gap**2 / self.tables.variance(rows)).sum())


def evolve(worlds: Worlds, *, progress: Progress | None) -> tuple[Floats, Floats]:
    """Return the last population, shape (population, parameters), and the weights of its worlds, shape (population,).

    Raises:
        UsageError: the simulator's own ``draw`` or ``vary`` gives no parameters.
    """
    simulator, rng = worlds.rendering.simulator, make_rng(worlds.seed, shard=GENERATIONS, attempt=0)
    population = draw_parameters(worlds.rendering, POPULATION, rng)
    for generation in range(GENERATIONS):
        distances = np.array([worlds.distance(one, rows=ROWS, stream=generation) for one in population])
        weights, tolerance = tolerant_weights(distances, share=EFFECTIVE_SHARE)
        if progress is not None:
            words = f"generation {generation + 1} of {GENERATIONS}: least distance {distances.min():,.0f}"
            progress(f"{words} over {worlds.tables.shares.size:,} cells, tolerance {tolerance:,.1f}")
        if generation == GENERATIONS - 1:
            break
        parents = population[_resampled(weights, rng)]
        degree = FIRST_DEGREE * SHRINKING**generation
        population = _asked(worlds.rendering, partial(simulator.vary, parents, degree, rng), rows=POPULATION)
    return population, weights


def draw_parameters(rendering: Rendering, count: int, rng: np.random.Generator) -> Floats:
    """Return parameters as a simulator draws them, shape (count, parameters).

    Raises:
        UsageError: its ``draw`` gives something else.
    """
    return _asked(rendering, partial(rendering.simulator.draw, count, rng), rows=count)


def tolerant_weights(distances: Floats, *, share: float) -> tuple[Floats, float]:
    """Return weights that add up to 1, of which a share is effective at least, and the least tolerance that gives it.

    Args:
        distances: chi-squares, shape (worlds,).
        share: above 0 and below 1.
    """
    low, high = 1.0, 1.0
    excess = distances - distances.min()
    while effective(np.exp(-excess / (2 * high))) < share * distances.size:
        low, high = high, 2 * high
    while high - low > 1e-3 * high:
        middle = (low + high) / 2
        enough = effective(np.exp(-excess / (2 * middle))) >= share * distances.size
        low, high = (low, middle) if enough else (middle, high)
    weights = np.exp(-excess / (2 * high))
    return weights / weights.sum(), high


def effective(weights: Floats) -> float:
    """Return the effective number of weighted worlds: (sum w)^2 / sum w^2 (Kish 1965, Section 11.7)."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def _resampled(weights: Floats, rng: np.random.Generator) -> Integers:
    """Return as many worlds as there are, each as often as its weight says, to the next whole number."""
    levels = (rng.random() + np.arange(weights.size)) / weights.size
    return np.minimum(np.searchsorted(np.cumsum(weights), levels), weights.size - 1)


def _asked(rendering: Rendering, ask: Callable[[], Any], *, rows: int) -> Floats:
    """Return the parameters that an author's own ``draw`` or ``vary`` gives, shape (rows, parameters)."""
    shape = rows, len(rendering.simulator.parameters)
    what = f"`draw` or `vary` of simulator {rendering.name!r}"
    hint = "leave both out: by default parameters are even in their ranges"
    try:
        parameters = np.asarray(ask(), dtype=np.float64)
    except (Exception, SystemExit) as error:
        raise UsageError(f"{what} failed: {type(error).__name__}: {error}", hint=hint) from error
    if parameters.shape != shape or not np.isfinite(parameters).all():
        raise UsageError(
            f"{what} gives an array of shape {parameters.shape}, or numbers that are not finite; it must be finite and "
            f"of shape {shape}",
            hint=hint,
        )
    return parameters
