"""Five kinds of columns that depend on each other, and releases of them with noise by NumPy, which protects nobody."""

from collections.abc import Sequence
from functools import partial
from itertools import combinations

import numpy as np

from kit.releases import noisy_table
from synth_assets.domain import Column, Domain
from synth_assets.domain.codes import encode
from synth_assets.release import NoisyMarginal, Release

DOMAIN = Domain(
    columns=(
        Column(name="age", kind="integer", minimum=18, maximum=77, nullable=True),
        Column(name="income", kind="float", minimum=0, maximum=100, bins=10, specials=(-1.0,)),
        Column(name="region", kind="categorical", categories=("north", "south", "west")),
        Column(name="member", kind="boolean"),
        Column(name="joined", kind="date", minimum=0, maximum=29),
    )
)
GRIDS = {
    "age": np.concatenate([np.repeat(np.arange(6), 10), [6]]),
    "income": np.concatenate([np.repeat(np.arange(5), 2), [5]]),
    "region": np.arange(3),
    "member": np.arange(2),
    "joined": np.repeat(np.arange(6), 5),
}


def dependent_codes(rows: int, seed: int = 0) -> np.ndarray:
    """Return fine codes whose columns depend on each other, shape (rows, 5)."""
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 78, rows)
    income = np.clip(age + rng.normal(0, 8, rows), 0, 100)
    region = np.where(age < 40, rng.integers(0, 2, rows), 2)
    member = (income > 50).astype(int)
    columns = [
        np.where(rng.random(rows) < 0.1, np.nan, age),
        np.where(rng.random(rows) < 0.05, -1, income),
        np.array(DOMAIN["region"].categories)[region],
        member.astype(bool),
        (age - 18) // 2,
    ]
    codes = [encode(column, values) for column, values in zip(DOMAIN.columns[:4], columns[:4], strict=True)]
    return np.stack([*codes, columns[4]], axis=1).astype(np.int64)


def make_release(
    *, codes: np.ndarray | None = None, scale: float = 2.0, triples: Sequence[tuple[str, str, str]] = ()
) -> Release:
    """Return a release of all one-ways, all pairs and the given triples."""
    codes = dependent_codes(5000) if codes is None else codes
    noisy = partial(noisy_table, codes, domain=DOMAIN, grids=GRIDS, scale=scale, random=np.random.default_rng(1))
    fine = [noisy((name,), level="fine") for name in DOMAIN.names]
    cliques: list[tuple[str, ...]] = [*combinations(DOMAIN.names, 2), *triples]
    coarse = [noisy(clique, level="coarse") for clique in cliques]
    return release_of((*fine, *coarse))


def release_of(marginals: tuple[NoisyMarginal, ...]) -> Release:
    """Return a release that holds these tables of the made-up domain."""
    return Release(
        dataset="made_up", source="nowhere", version="1", fingerprint="f", reservation="r",
        domain=DOMAIN, grids=GRIDS, answers=marginals, privacy={}, digest="ab" * 32,
    )  # fmt: skip
