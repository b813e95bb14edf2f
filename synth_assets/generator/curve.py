"""What more or less privacy budget would buy: a curve of error over epsilon, simulated around a release.

The fitted generator stands for the private table: a table is drawn from it, released
again in the same tables with the noise of another epsilon, and the generator is fitted
to that and drawn from. So the truth is known, and the error of each column and pair is
what it is. It is a simulation from the release: free, and as good as the generator is
like the private table. A real release of another epsilon would choose its own tables,
so with more budget it would do somewhat better than this.

Scales are those of the release times the root of the ratio of rho, which is what
OpenDP's search finds up to its last digits.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synth_assets.contract import DatasetContract
from synth_assets.errors import UsageError
from synth_assets.generator.protocol import Generator, Progress
from synth_assets.generator.simulation import draw_tables, simulated_release
from synth_assets.generator.store import fit_unsaved
from synth_assets.release import Release

__all__ = ["CurvePoint", "TableError", "budget_curve"]

Tables = Sequence[NDArray[np.int64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableError:
    """The expected error of one table, as total variations between 0 and 1.

    Attributes:
        attributes: the columns.
        released: of the noisy table as it is, by the noise alone; at most 1.
        synthetic: of the synthetic table, its sampling included; ``None`` without a fit.
    """

    attributes: tuple[str, ...]
    released: float
    synthetic: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """What one epsilon would buy.

    Attributes:
        epsilon: at the contract's delta.
        factor: scales of the noise, to those of the release.
        tables: the error of each released table.
    """

    epsilon: float
    factor: float
    tables: tuple[TableError, ...]

    def mean(self, ways: int, *, synthetic: bool) -> float | None:
        """Return the mean error of the tables of so many columns; ``None`` where it is not known."""
        chosen = [table for table in self.tables if len(table.attributes) == ways]
        errors = [table.synthetic if synthetic else table.released for table in chosen]
        known = [error for error in errors if error is not None]
        return float(np.mean(known)) if known else None


def budget_curve(  # noqa: PLR0913 - what decides a simulation, by keyword
    contract: DatasetContract,
    release: Release,
    generator: Generator,
    *,
    epsilons: Sequence[float],
    draws: int = 1,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[CurvePoint]:
    """Simulate releases of several epsilons around a release; a fit per epsilon and draw.

    Args:
        contract: names delta and the kind of generator.
        release: what was measured.
        generator: fitted to it; stands for the private table.
        epsilons: the caps to simulate, at the contract's delta.
        draws: how often the noise is drawn for each; 0 looks at the released tables alone and fits nothing.
        seed: determines table, noise, fits and samples.
        progress: called with a message after each fit.

    Raises:
        UsageError: an epsilon is not above 0.
    """
    rows = max(1, round(release.total()))
    exact = draw_tables(generator, release, rows=rows, seed=seed)
    points = []
    for number, epsilon in enumerate(epsilons):
        factor = _factor(contract, epsilon)
        simulate = _Simulation(contract=contract, release=release, exact=exact, factor=factor, rows=rows)
        errors = []
        for draw in range(draws):
            errors.append(simulate.errors(seed=seed + 1 + draw))
            if progress is not None:
                progress(f"epsilon {epsilon:g}: fit {number * draws + draw + 1} of {draws * len(epsilons)}")
        synthetic = np.mean(errors, axis=0).tolist() if errors else [None] * len(exact)
        points.append(CurvePoint(epsilon=epsilon, factor=factor, tables=simulate.tables(synthetic)))
    return points


def _factor(contract: DatasetContract, epsilon: float) -> float:
    """Return what the scales of another epsilon are to those of the contract's."""
    if not epsilon > 0:
        raise UsageError(f"epsilon={epsilon:g} must be above 0", hint="such as half or twice the contract's")
    cap = contract.cap()
    return math.sqrt(cap.loss().nano_rho / replace(cap, epsilon=epsilon).loss().nano_rho)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Simulation:
    """One epsilon: the exact tables of the made-up table, and how noisy they would be."""

    contract: DatasetContract
    release: Release
    exact: Tables
    factor: float
    rows: int

    def errors(self, *, seed: int) -> list[float]:
        """Release once, fit, draw; return the error of each table."""
        noisy = simulated_release(self.release, self.exact, rng=np.random.default_rng(seed), factor=self.factor)
        spec = self.contract.generator
        generator = fit_unsaved(noisy, kind=spec.kind, options=spec.options, seed=seed)
        drawn = draw_tables(generator, self.release, rows=self.rows, seed=seed)
        return [
            float(0.5 * np.abs(synthetic - exact).sum() / self.rows)
            for synthetic, exact in zip(drawn, self.exact, strict=True)
        ]

    def tables(self, synthetic: Sequence[float | None]) -> tuple[TableError, ...]:
        spread = self.factor / (
            math.sqrt(2 * math.pi) * self.rows
        )  # half the mean size of a normal variable, of all rows
        return tuple(
            TableError(
                attributes=marginal.attributes,
                released=min(1.0, float(marginal.counts.size * marginal.scale * spread)),
                synthetic=error,
            )
            for marginal, error in zip(self.release.marginals, synthetic, strict=True)
        )
