"""Made-up codes, noisy tables of them, and two small real generators, for tests that need no ledger.

No row here was ever anybody's: the "private" table is drawn from a chain of
columns whose dependence a test chooses, and its release gets rounded normal noise.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.candidate import Candidate, Order, Sampler, draw_candidate
from synth_assets.contract import DatasetContract
from synth_assets.domain import Domain
from synth_assets.domain.codes import decode
from synth_assets.release import Level, NoisyMarginal, Release, write_release

VISITS: dict[str, Any] = {
    "name": "visits",
    "purpose": "Tests of this package.",
    "source": "clinic",
    "privacy": {"unit": "rows", "spend": {"epsilon": 2.0, "delta": 1e-7}},
    "columns": {
        "region": {"type": "categorical", "categories": ["north", "south", "west"], "domain_source": "law"},
        "age": {"type": "integer", "min": 0, "max": 9, "nullable": True, "domain_source": "definition"},
        "score": {"type": "float", "min": -1.0, "max": 1.0, "bins": 8, "special_values": [-9.0], "domain_source": "x"},
        "smokes": {"type": "boolean", "nullable": True, "domain_source": "definition"},
        "day": {"type": "date", "min": "2026-01-01", "max": "2026-01-12", "domain_source": "definition"},
        "wave": {"type": "integer", "values": [1994, 1996, 2000], "domain_source": "definition"},
        "seen": {
            "type": "datetime",
            "min": "2026-01-01T00:00:00",
            "max": "2026-01-02T23:00:00",
            "resolution": "hour",
            "bins": 8,
            "nullable": True,
            "domain_source": "definition",
        },
    },
    "derived": {"old": "age >= 7", "elder": "CASE WHEN old THEN 1 ELSE 0 END"},
    "rules": {"known_region": "region IN ('north', 'south', 'west')"},
}


def visits_contract(**changes: Any) -> DatasetContract:
    """Return the made-up contract with some keys replaced."""
    return DatasetContract.model_validate(VISITS | changes)


@dataclass(frozen=True, kw_only=True)
class ResampledRows:
    """A generator that draws whole rows, with replacement, from a table of codes, shape (rows, columns)."""

    domain: Domain
    codes: NDArray[np.int64]

    def sample(self, rows: int, *, seed: int, shard: int, attempt: int = 0, where: Any = None) -> pa.RecordBatch:
        del where
        random = np.random.default_rng(np.random.SeedSequence(entropy=seed, spawn_key=(shard, attempt)))
        return decoded(self.domain, self.codes[random.integers(len(self.codes), size=rows)], random)


@dataclass(frozen=True, kw_only=True)
class IndependentColumns:
    """A generator that draws each column on its own from its noisy one-way marginal."""

    release: Release

    def sample(self, rows: int, *, seed: int, shard: int, attempt: int = 0, where: Any = None) -> pa.RecordBatch:
        del where
        random = np.random.default_rng(np.random.SeedSequence(entropy=seed, spawn_key=(shard, attempt)))
        columns = []
        for name in self.release.domain.names:
            counts = np.maximum(self.release.one_way(name).counts, 0).astype(float) + 1e-9
            columns.append(random.choice(counts.size, size=rows, p=counts / counts.sum()))
        return decoded(self.release.domain, np.stack(columns, axis=1), random)


def decoded(domain: Domain, codes: NDArray[np.int64], random: np.random.Generator) -> pa.RecordBatch:
    """Return rows of codes as the values they stand for."""
    within = random.random(codes.shape)
    arrays = [decode(column, codes[:, index], within=within[:, index]) for index, column in enumerate(domain.columns)]
    return pa.RecordBatch.from_arrays(arrays, schema=domain.arrow_schema())


def made_up_codes(domain: Domain, *, rows: int, dependence: float, seed: int) -> NDArray[np.int64]:
    """Draw rows of codes: with probability ``dependence`` a column follows a common hidden number."""
    random = np.random.default_rng(seed)
    hidden, columns = random.random(rows), []
    for size in domain.shape():
        independent = random.beta(1.0, 1.5, rows)
        columns.append((np.where(random.random(rows) < dependence, hidden, independent) * size).astype(np.int64))
    return np.stack(columns, axis=1)


def noisy_table(  # noqa: PLR0913 - what decides a table
    codes: NDArray[np.int64],
    attributes: Sequence[str],
    *,
    level: Level,
    domain: Domain,
    grids: Mapping[str, NDArray[np.int64]],
    scale: float,
    random: np.random.Generator,
    draw: int = 1,
    mechanism: str = "",
) -> NoisyMarginal:
    """Count a table of codes, shape (rows, columns), and add rounded normal noise, which protects nobody."""
    columns = [codes[:, domain.index(name)] for name in attributes]
    shape = domain.shape(attributes)
    if level == "coarse":
        columns = [grids[name][column] for name, column in zip(attributes, columns, strict=True)]
        shape = tuple(int(grids[name].max()) + 1 for name in attributes)
    exact = np.bincount(np.ravel_multi_index(columns, shape), minlength=int(np.prod(shape))).reshape(shape)
    return NoisyMarginal.of(
        attributes=tuple(attributes),
        level=level,
        counts=exact + np.rint(random.normal(0, scale, shape)).astype(np.int64),
        scale=scale,
        rho=1 / (2 * scale**2),
        draw=draw,
        mechanism=mechanism,
    )


def made_up_release(contract: DatasetContract, codes: NDArray[np.int64], *, scale: float, seed: int = 0) -> Release:
    """Release all one-way tables (fine) and all pairs (coarse) of a table of codes with normal noise."""
    domain = contract.domain()
    grids = {column.name: np.arange(column.size) // (2 if column.size > 3 else 1) for column in domain.columns}
    noisy = partial(noisy_table, codes, domain=domain, grids=grids, scale=scale, random=np.random.default_rng(seed))
    one_ways = [noisy((name,), level="fine", mechanism='{"one": 1}') for name in domain.names]
    pairs = [noisy(pair, level="coarse", draw=2, mechanism='{"two": 2}') for pair in combinations(domain.names, 2)]
    return Release(
        dataset=contract.name,
        source=contract.source,
        version="2026-11",
        fingerprint=contract.fingerprint(),
        reservation="r1",
        domain=domain,
        grids=grids,
        answers=(*one_ways, *pairs),
        privacy={"unit": contract.unit().as_json()},
    )


def draw(  # noqa: PLR0913 - the parts of a candidate
    contract: DatasetContract,
    release: Release,
    open_sampler: Callable[[], Sampler],
    folder: Path,
    *,
    rows: int = 1000,
    seed: int = 0,
    **more: Any,
) -> Candidate:
    """Draw a candidate below ``folder``."""
    order = Order(contract=contract, open_sampler=open_sampler, seed=seed, rows=rows, where=more.pop("where", None))
    return draw_candidate(order, release=release, generator="g" * 64, candidates=folder / "candidates", **more)


@dataclass(frozen=True, kw_only=True)
class MadeUp:
    """A contract, a written release of a made-up table, and generators of that table."""

    contract: DatasetContract
    release: Release
    codes: NDArray[np.int64]
    folder: Path

    def faithful(self, *, rows: int = 2000, seed: int = 0) -> Candidate:
        """Draw a candidate from the very table that was released."""
        sampler = partial(ResampledRows, domain=self.contract.domain(), codes=self.codes)
        return draw(self.contract, self.release, sampler, self.folder, rows=rows, seed=seed)

    def independent(self, *, rows: int = 2000) -> Candidate:
        """Draw a candidate with independent columns."""
        return draw(
            self.contract, self.release, partial(IndependentColumns, release=self.release), self.folder, rows=rows
        )


def made_up(folder: Path, *, scale: float = 5.0, dependence: float = 0.8, rows: int = 4000, **changes: Any) -> MadeUp:
    """Make up a table, release it and keep both."""
    contract = visits_contract(**{"rows": 2000, **changes})
    codes = made_up_codes(contract.domain(), rows=rows, dependence=dependence, seed=1)
    release = write_release(made_up_release(contract, codes, scale=scale), folder / "releases")
    return MadeUp(contract=contract, release=release, codes=codes, folder=folder)
