"""How fast a generator collapses when it is fitted to its own tables, again and again.

Generation 0 is a table drawn from the fitted generator. Each later one is drawn from a
generator of the same kind that was fitted to the exact tables of the generation before:
the same tables as in the release, with its scales, so that the fit follows the counts
as far as it would follow noisy ones. Without noise, what is lost is what the kind of
generator itself loses; with noise, each generation gets the noise of a release of its
own. All of it is made from public numbers and costs no budget.

The distance is that of ``checks.fidelity``. Every generation is a new sample of what the
one before had, so k generations are apart by k times the variance of one sample even if
a kind lost nothing. What is there beyond that is what the kind loses.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth_assets.checks.fidelity import TableDistance, distance_of, mean_excess
from synth_assets.contract import DatasetContract
from synth_assets.generator import Generator, Progress
from synth_assets.generator.simulation import draw_tables, simulated_release
from synth_assets.generator.store import fit_unsaved
from synth_assets.release import NoisyMarginal, Release

__all__ = ["GENERATIONS", "Generation", "generations"]

GENERATIONS = 5
Tables = Sequence[NDArray[np.int64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """How far one generation is from generation 0, over the released tables of two or more columns.

    Where a release has tables of one column alone, these are compared.

    Attributes:
        number: 1 for the first that is fitted to a synthetic table.
        distance: mean total variation.
        by_sampling: what so many samples in a row alone would make of it.
        excess: estimated bound on the total variation beyond sampling.
        sure_excess: what of that is there with 99% confidence.
    """

    number: int
    distance: float
    by_sampling: float
    excess: float
    sure_excess: float

    def as_json(self) -> dict[str, Any]:
        """Return the figures as plain JSON values."""
        return {
            "generation": self.number,
            "distance": round(self.distance, 6),
            "by_sampling": round(self.by_sampling, 6),
            "excess": round(self.excess, 6),
            "sure_excess": round(self.sure_excess, 6),
        }


def generations(  # noqa: PLR0913 - what decides the generations, by keyword
    contract: DatasetContract,
    release: Release,
    generator: Generator,
    *,
    count: int = GENERATIONS,
    noise: bool = False,
    seed: int = 0,
    progress: Progress | None = None,
) -> Iterator[Generation]:
    """Yield each generation when it is fitted and drawn; a fit each.

    Args:
        contract: names the kind of generator and its options.
        release: what the first generator was fitted to.
        generator: the first one.
        count: how many generations are fitted to synthetic tables.
        noise: whether each table is released with noise of the release's scales, or as it is.
        seed: determines noise, fits and samples.
        progress: called with the messages of each fit.
    """
    rows = max(2, round(release.total()))
    first = before = draw_tables(generator, release, rows=rows, seed=seed)
    for number in range(1, count + 1):
        rng = np.random.default_rng([seed, number]) if noise else None
        released = simulated_release(release, before, rng=rng)
        spec = contract.generator
        fitted = fit_unsaved(released, kind=spec.kind, options=spec.options, seed=seed + number, progress=progress)
        before = draw_tables(fitted, release, rows=rows, seed=seed + number)
        yield _generation(number, _distances(release, before, first, samples=number))


def _distances(release: Release, now: Tables, first: Tables, *, samples: int) -> list[TableDistance]:
    listed = list(zip(release.marginals, now, first, strict=True))
    several = [parts for parts in listed if len(parts[0].attributes) > 1]
    return [_distance(*parts, samples=samples) for parts in several or listed]


def _distance(
    marginal: NoisyMarginal, now: NDArray[np.int64], first: NDArray[np.int64], *, samples: int
) -> TableDistance:
    rows = int(first.sum())
    shares = first.ravel() / rows
    return distance_of(
        marginal.attributes,
        marginal.level,
        residual=now.ravel() / rows - shares,
        noise=np.zeros(shares.size),
        sampling=samples * shares * (1 - shares) / (rows - 1),
        weight=0.5 * shares + 0.5 / shares.size,
    )


def _generation(number: int, distances: Sequence[TableDistance]) -> Generation:
    excess, sure = mean_excess(distances)
    return Generation(
        number=number,
        distance=float(np.mean([table.distance for table in distances])),
        by_sampling=float(np.mean([table.explained for table in distances])),
        excess=excess,
        sure_excess=sure,
    )
