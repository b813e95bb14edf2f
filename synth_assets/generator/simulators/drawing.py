"""Rows of a calibrated simulator: of its world, of what a hybrid has besides, and those that meet a condition.

A condition is met by waiting: rows are drawn until enough meet it. So a failure that one machine in ten thousand has
takes ten thousand rows per row, within a bound, and is as it is in the simulated world.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain.codes import encode_repeated
from synth_assets.errors import UsageError
from synth_assets.generator.cells.layout import Floats
from synth_assets.generator.condition import Condition
from synth_assets.generator.mixture.model import MixtureGenerator
from synth_assets.generator.simulators.rendering import Rendering

__all__ = ["Drawing"]

FEWEST, MOST = 1 << 12, 1 << 16
"""Rows that are drawn at once under a condition."""
MOST_TRIED = 1 << 20
"""Rows of which one has to meet a condition."""
MOST_DRAWN = 40_000_000
"""Rows that are drawn for one sample; a rarer condition is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What draws rows.

    Attributes:
        rendering: the simulator.
        parameters: of its world, shape (parameters,).
        share: of the rows that are simulated.
        residual: draws the other rows.
        where: a condition on codes.
    """

    rendering: Rendering
    parameters: Floats
    share: float = 1.0
    residual: MixtureGenerator | None = None
    where: Condition | None = None

    def check(self) -> None:
        """Refuse a condition that no row meets.

        Raises:
            UsageError: none of :data:`MOST_TRIED` rows does, or it is about an unknown column.
        """
        names = self.rendering.domain.names
        for name in self.where.weights if self.where else ():
            if name not in names:
                raise UsageError(f"the condition names unknown column {name!r}", hint="see the domain")
        rng = np.random.default_rng(0)
        for _ in range(0, MOST_TRIED, MOST):
            if self._kept(self._drawn(MOST, rng), rng).any():
                return
        raise UsageError(
            f"none of {MOST_TRIED:,} simulated rows meets `{self.where}`",
            hint="ask for something less rare, or set a parameter so that it happens more often",
        )

    def rows(self, rows: int, rng: np.random.Generator) -> pa.RecordBatch:
        """Return rows, at least 1.

        Raises:
            UsageError: so many that meet the condition are too rare.
        """
        if self.where is None:
            return self._drawn(rows, rng)
        pieces: list[pa.RecordBatch] = []
        kept = drawn = 0
        size = min(max(2 * rows, FEWEST), MOST)
        while kept < rows:
            batch = self._drawn(size, rng)
            pieces.append(batch.filter(pa.array(self._kept(batch, rng))))
            kept, drawn = kept + pieces[-1].num_rows, drawn + size
            if drawn >= MOST_TRIED and drawn * rows > kept * MOST_DRAWN:
                raise UsageError(
                    f"{kept:,} of {drawn:,} simulated rows meet `{self.where}`, which is too rare for {rows:,} rows",
                    hint=f"ask for at most {MOST_DRAWN * kept // drawn:,} rows, or set a parameter for more of them",
                )
        return pa.Table.from_batches(pieces).slice(0, rows).combine_chunks().to_batches()[0]

    def _drawn(self, rows: int, rng: np.random.Generator) -> pa.RecordBatch:
        """Return rows without a condition; which are simulated is drawn for each by itself."""
        if self.residual is None:
            return self.rendering.world(self.parameters, rows, rng).batch()
        simulated = rng.random(rows) < self.share
        count = int(simulated.sum())
        others = self.residual.sample(rows - count, seed=int(rng.integers(1 << 62)), shard=0)
        parts = [others] if count == 0 else [self.rendering.world(self.parameters, count, rng).batch(), others]
        order = np.argsort(np.argsort(~simulated, kind="stable"), kind="stable")
        return pa.Table.from_batches(parts).take(pa.array(order)).combine_chunks().to_batches()[0]

    def _kept(self, batch: pa.RecordBatch, rng: np.random.Generator) -> NDArray[np.bool_]:
        """Return which rows the condition keeps, each with its weight as the chance, shape (rows,)."""
        chances = np.ones(batch.num_rows)
        for name, weights in self.where.weights.items() if self.where else ():
            codes = encode_repeated(self.rendering.domain[name], pa.chunked_array([batch[name]]))
            chances *= np.array(weights)[codes] / max(weights)
        return rng.random(chances.size) < chances
