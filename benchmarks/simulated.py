"""Releases with simulated noise, in this process: for comparing strategies on rows that a script owns.

Queries, scales and rounds are those of a real release; the noise is a rounded normal
by NumPy, which protects nobody, and nothing is registered, paid or written. A run
takes seconds less than :mod:`whole_run`, which is what the tables of accuracy are made by.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from cases import Case, code_rows, text_rows
from numpy.typing import NDArray

from synth_assets.domain import NEWEST_LAYOUT, Column
from synth_assets.generator import Generator
from synth_assets.generator.store import fit_unsaved
from synth_assets.privacy import NANO, PrivacyUnit
from synth_assets.release import NoisyMarginal, NoisyScores, Release
from synth_assets.release.kinds.marginals import MarginalQuery
from synth_assets.release.kinds.scores import ScoreQuery
from synth_assets.release.kinds.tails import NoisyTails, TailQuery
from synth_assets.strategy.allocation import shares_by_size
from synth_assets.strategy.heaping import HEAPING_SHARE
from synth_assets.strategy.measurer import Measurer, Request
from synth_assets.strategy.ordering import OrderRound
from synth_assets.strategy.plan import Outcome
from synth_assets.strategy.rounds import measure_in_rounds
from synth_assets.strategy.tailing import TailRound

__all__ = ["Plan", "SimulatedMeasurer", "drawn_rows", "independent_columns", "our_rounds", "simulated"]

Plan = Callable[[Case, float, Measurer], Outcome]


class SimulatedMeasurer:
    """Counts rows of codes, by column, and adds rounded normal noise of the scale that rho would buy."""

    def __init__(
        self, codes: Mapping[str, NDArray[np.int64]], *, unit: PrivacyUnit, rho: float, rng: np.random.Generator
    ) -> None:
        self._codes, self._unit, self._rng, self._draws = codes, unit, rng, 0
        self.rho_left = rho

    def draw(self, requests: Sequence[Request]) -> list[Any]:
        """See ``Measurer``."""
        self._draws += 1
        return [self._answer(request) for request in requests]

    def _answer(self, request: Request) -> Any:
        query: Any = request.query
        noise = query.noise(unit=self._unit, rho=request.rho, delta=0.0)
        exact = self._exact(query)
        values = exact + np.rint(self._rng.normal(0, noise.scale, exact.shape)).astype(np.int64)
        self.rho_left -= noise.rho
        paid = {"scale": noise.scale, "rho": noise.rho, "draw": self._draws}
        if isinstance(query, TailQuery):
            return NoisyTails(descriptor=query.descriptor(), values=values, d_in=noise.d_in, **paid)
        if isinstance(query, ScoreQuery):
            return NoisyScores.of(cliques=query.cliques, scores=values.tolist(), d_in=noise.d_in, **paid)
        return NoisyMarginal.of(attributes=query.attributes, level=query.level, counts=values, **paid)

    def _exact(self, query: MarginalQuery | ScoreQuery | TailQuery) -> NDArray[np.int64]:
        if isinstance(query, TailQuery):
            codes = np.bincount(self._codes[query.column.name], minlength=query.column.size + 1)
            return np.add.reduceat(codes, query.cuts)[:-1]
        return self._distances(query) if isinstance(query, ScoreQuery) else self._table(query)

    def _table(self, query: MarginalQuery) -> NDArray[np.int64]:
        shape, fine = query.shape(), [self._codes[name] for name in query.attributes]
        grids = [query.grids[name] for name in query.attributes] if query.level == "coarse" else None
        codes = fine if grids is None else [grid[code] for grid, code in zip(grids, fine, strict=True)]
        flat = np.ravel_multi_index(codes, shape)
        return np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape)

    def _distances(self, query: ScoreQuery) -> NDArray[np.int64]:
        pairs = zip(query.cliques, query.expected, strict=True)
        tables = (
            (MarginalQuery(attributes=clique, level="coarse", domain=query.domain, grids=query.grids), expected)
            for clique, expected in pairs
        )
        return np.array([np.abs(self._table(table) - expected).sum() for table, expected in tables], dtype=np.int64)


def our_rounds(case: Case, epsilon: float, measurer: Measurer) -> Outcome:
    """Measure as a release of ours does, but for what is inside bins, which codes do not tell."""
    contract = case.contract(epsilon)
    domain, rho = contract.domain(), (1 - HEAPING_SHARE) * measurer.rho_left
    orders, tails = (kind(measurer=measurer, domain=domain, rho=measurer.rho_left) for kind in (OrderRound, TailRound))
    grids, marginals, scores = measure_in_rounds(
        measurer,
        domain=domain,
        focus=contract.focus,
        target=contract.target,
        rho=rho - orders.rho - tails.rho,
        layout=NEWEST_LAYOUT,
        beside=[tails],
    )
    return Outcome(domain=domain, grids=grids, answers=(*scores, *marginals, *tails.answers))


def independent_columns(case: Case, epsilon: float, measurer: Measurer) -> Outcome:
    """Spend all of rho on a table per column, in the proportions in which ours divides the part for these.

    All ordinary values of a number are one group, so that its smoothed table alone says how they are spread.
    """
    domain = case.contract(epsilon).domain()
    parts = (1 - 2.0**-40) * measurer.rho_left * shares_by_size(domain.columns)
    queries = [MarginalQuery(attributes=(name,), level="fine", domain=domain, grids={}) for name in domain.names]
    answers = measurer.draw([Request(query=q, rho=float(rho)) for q, rho in zip(queries, parts, strict=True)])
    grids = {column.name: _one_group(column) for column in domain.columns}
    return Outcome(domain=domain, grids=grids, answers=tuple(answers))


def _one_group(column: Column) -> NDArray[np.int64]:
    return np.maximum(np.arange(column.size) - (column.regular - 1 if column.numeric else 0), 0)


def simulated(case: Case, epsilon: float, plan: Plan, *, seed: int) -> Release:
    """Return a release of a case's rows by a plan, with noise by NumPy."""
    contract = case.contract(epsilon)
    codes = {str(name): column.to_numpy(np.int64) for name, column in code_rows(contract.domain(), case.real).items()}
    rho, rng = contract.release_loss().nano_rho / NANO, np.random.default_rng(seed)
    outcome = plan(case, epsilon, SimulatedMeasurer(codes, unit=contract.unit(), rho=rho, rng=rng))
    return Release(
        dataset=contract.name,
        source=contract.source,
        version="1",
        fingerprint=contract.fingerprint(),
        reservation="simulated",
        domain=outcome.domain,
        grids=outcome.grids,
        answers=outcome.answers,
        privacy={"unit": contract.unit().as_json()},
        target=contract.target,
        focus=contract.focus,
    )


def drawn_rows(release: Release, *, rows: int, seed: int) -> pd.DataFrame:
    """Fit a mixture to a release and return rows of it as text, null as ``N``."""
    generator: Generator = fit_unsaved(release, kind="mixture", seed=seed)
    return text_rows(generator.sample(rows, seed=seed, shard=0).to_pandas())
