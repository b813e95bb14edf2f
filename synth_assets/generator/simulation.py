"""Releases of made-up tables: what a release would say if its table were one that a generator drew.

The tables, the levels and the scales are those of a real release. The noise is a
rounded normal by NumPy: it is not a privacy mechanism and need not be one, because
tables, model and scales are public. Nothing here costs budget.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.generator.protocol import Generator
from synth_assets.release import Answer, NoisyMarginal, Release
from synth_assets.release.tabulate import Tabulation

__all__ = ["draw_tables", "simulated_release"]

_PIECE = 1 << 17
"""Rows that are drawn and counted at once."""


def draw_tables(generator: Generator, release: Release, *, rows: int, seed: int) -> tuple[NDArray[np.int64], ...]:
    """Draw rows and return their counts in each table of the release; rules and derived columns play no part."""
    tabulation = Tabulation(release)
    for shard, start in enumerate(range(0, rows, _PIECE)):
        batch = generator.sample(min(_PIECE, rows - start), seed=seed, shard=shard)
        tabulation.add(pa.Table.from_batches([batch]))
    return tabulation.tables()


def simulated_release(
    release: Release,
    exact: Iterable[NDArray[np.int64] | NDArray[np.float64]],
    *,
    rng: np.random.Generator | None,
    factor: float = 1.0,
) -> Release:
    """Return a release of other tables.

    Args:
        release: gives attributes, levels and scales; answers that are not tables stay as they are.
        exact: the counts of each table, in the release's order.
        rng: draws the noise; ``None`` adds none, and the scales still say how far the counts may be followed.
        factor: what the scales are multiplied by.
    """
    tables = iter(exact)

    def simulated(answer: Answer) -> Answer:
        if not isinstance(answer, NoisyMarginal):
            return answer
        counts, scale = next(tables), factor * answer.scale
        noisy = counts if rng is None else counts + rng.normal(0, scale, counts.shape)
        return replace(answer, values=np.rint(noisy).astype(np.int64), scale=scale)

    return replace(release, answers=tuple(map(simulated, release.answers)), digest="")
