"""Which simulated rows are kept: all, those that the weights of a hybrid pick, or those that meet a condition."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from synth_assets.errors import UsageError
from synth_assets.generator.cells.layout import Floats
from synth_assets.generator.condition import Condition
from synth_assets.generator.simulators.rendering import Rendering, World
from synth_assets.generator.simulators.tilt import Tilt

__all__ = ["Selection"]

LEAST_RENDERED, MOST_RENDERED = 1 << 12, 1 << 16
"""Rows that are rendered at once."""
MOST_TRIED = 1 << 20
"""Simulated rows of which one has to meet a condition."""
MOST_DRAWN = 40_000_000
"""Simulated rows for one sample; a rarer condition is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A simulator whose rows are kept by chances.

    Attributes:
        rendering: the simulator.
        tilt: of a hybrid.
        where: a condition on codes.
    """

    rendering: Rendering
    tilt: Tilt | None = None
    where: Condition | None = None

    def check(self, parameters: Floats) -> None:
        """Refuse a condition that no simulated row meets.

        Raises:
            UsageError: none of :data:`MOST_TRIED` rows does, or it is about an unknown column.
        """
        domain = self.rendering.domain
        for name in self.where.weights if self.where else ():
            if name not in domain.names:
                raise UsageError(f"the condition names unknown column {name!r}", hint="see the domain")
        rng = np.random.default_rng(0)
        for _ in range(0, MOST_TRIED, MOST_RENDERED):
            if self._kept(self.rendering.world(parameters, MOST_RENDERED, rng), rng).any():
                return
        raise UsageError(
            f"none of {MOST_TRIED:,} simulated rows meets `{self.where}`",
            hint="ask for something less rare, or set a parameter so that it happens more often",
        )

    def rows(self, parameters: Floats, rows: int, rng: np.random.Generator) -> pa.RecordBatch:
        """Return rows of a world, at least 1.

        Raises:
            UsageError: so many are too rare.
        """
        if self.tilt is None and self.where is None:
            return self.rendering.world(parameters, rows, rng).batch()
        pieces: list[pa.RecordBatch] = []
        kept = rendered = 0
        size = min(max(2 * rows, LEAST_RENDERED), MOST_RENDERED)
        while kept < rows:
            world = self.rendering.world(parameters, size, rng)
            pieces.append(world.batch(np.flatnonzero(self._kept(world, rng))))
            kept, rendered = kept + pieces[-1].num_rows, rendered + size
            if rendered >= MOST_TRIED and rendered * rows > kept * MOST_DRAWN:
                raise UsageError(
                    f"{kept:,} of {rendered:,} simulated rows meet `{self.where}`, which is too rare for {rows:,} rows",
                    hint=f"ask for at most {MOST_DRAWN * kept // rendered:,} rows, or set a parameter for more of them",
                )
        whole = pa.Table.from_batches(pieces).slice(0, rows).combine_chunks()
        return whole.to_batches()[0]

    def _kept(self, world: World, rng: np.random.Generator) -> np.ndarray:
        """Return which rows are kept, shape (rows,)."""
        chances = np.ones(world.codes[0].size) if self.tilt is None else self.tilt.chances(world.codes)
        for name, weights in self.where.weights.items() if self.where else ():
            factors = np.array(weights) / max(weights)
            chances = chances * factors[world.codes[world.domain.index(name)]]
        return rng.random(chances.size) < chances
