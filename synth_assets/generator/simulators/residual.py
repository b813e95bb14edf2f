"""The hybrid's other part: a mixture that is fitted to what the simulator leaves of the released tables.

If a share s of the rows is the simulator's, the released tables are s times its tables plus those of the other rows. So
these are the released counts less s times the simulated ones, with the noise that the released ones have, and a mixture
is fitted to them as to any release. What a release has beside tables is about all rows and stays out.
"""

from dataclasses import replace

import numpy as np
import pyarrow as pa

from synth_assets.generator.cells.layout import Floats
from synth_assets.generator.mixture.model import MixtureGenerator
from synth_assets.generator.protocol import Progress
from synth_assets.generator.simulators.rendering import Rendering
from synth_assets.release import Release
from synth_assets.release.tabulate import Tabulation

__all__ = ["fit_residual", "residual_release"]

PIECES, PIECE = 4, 1 << 16
"""Simulated rows that are counted, and how many at once."""


def residual_release(
    release: Release, rendering: Rendering, parameters: Floats, *, share: float, rng: np.random.Generator
) -> Release:
    """Return the tables of a release less those of a share of simulated rows.

    Args:
        release: the paid answers.
        rendering: the simulator.
        parameters: of its world, shape (parameters,).
        share: of the rows that are the simulator's, below 1.
        rng: draws the simulated rows.
    """
    tabulation = Tabulation(release)
    for _ in range(PIECES):
        tabulation.add(pa.Table.from_batches([rendering.world(parameters, PIECE, rng).batch()]))
    factor = share * release.total() / (PIECES * PIECE)
    answers = tuple(
        replace(table, values=table.counts - np.rint(factor * counts).astype(np.int64))
        for table, counts in zip(release.marginals, tabulation.tables(), strict=True)
    )
    return replace(release, answers=answers, digest="")


def fit_residual(rest: Release, *, seed: int, progress: Progress | None) -> MixtureGenerator:
    """Return a mixture that is fitted to what a simulator leaves; imports torch."""
    mixture = MixtureGenerator()
    mixture.fit(rest, seed=seed, progress=progress)
    return mixture
