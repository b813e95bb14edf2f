"""A made-up table with what rows look real by: zeros, a tail, digits, pairs that do not occur; and its release."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from kit.releases import made_up_release, visits_contract

from synth_assets.checks.context import NOTHING
from synth_assets.checks.counts import CandidateCounts
from synth_assets.checks.judgement import facts_of
from synth_assets.checks.kinds.kind import Basis
from synth_assets.checks.kinds.realism import REALISM
from synth_assets.contract import DatasetContract
from synth_assets.domain.codes import encode
from synth_assets.domain.heaping import Heaping
from synth_assets.release import Release
from synth_assets.release.kinds.heaping import HeapingQuery, NoisyHeaping
from synth_assets.release.tabulate import Tabulation
from synth_assets.source.queries.heaping import unit_vector

ROWS = 8000
Values = Mapping[str, np.ndarray]


def spending_contract(**changes: Any) -> DatasetContract:
    """Return the contract: an amount with zeros and a long range, a rate of two digits, two that exclude each other."""
    columns: dict[str, Any] = {
        "amount": {"type": "float", "min": 0, "max": 100_000},
        "rate": {"type": "float", "min": 0, "max": 1, "decimals": 2},
        "share": {"type": "float", "min": 0, "max": 1, "bins": 10},
        "plan": {"type": "categorical", "categories": ["free", "basic", "full"]},
        "level": {"type": "categorical", "categories": ["none", "low", "high"]},
    }
    columns = {name: {"domain_source": "made up", **column} for name, column in columns.items()}
    return visits_contract(columns=columns, derived={}, rules={"some": "rate <= 1"}, rows=ROWS, **changes)


def spending_values(*, seed: int, rows: int = ROWS) -> dict[str, np.ndarray]:
    """Draw the private rows, or as many rows that nobody can tell from them."""
    random = np.random.default_rng(seed)
    plan = random.integers(0, 3, rows)
    return {
        "amount": np.where(random.random(rows) < 0.45, 0.0, np.minimum(random.lognormal(6, 1.0, rows), 90_000)),
        "rate": np.round(random.beta(2, 5, rows), 2),
        "share": random.random(rows),
        "plan": np.array(["free", "basic", "full"])[plan],
        "level": np.where(plan == 0, "none", np.array(["low", "high"])[random.integers(0, 2, rows)]),
    }


def spending_release(values: Values, *, scale: float = 5.0, seed: int = 0) -> Release:
    """Release all columns and pairs of a table with noise that protects nobody."""
    contract = spending_contract()
    codes = np.stack([encode(column, values[column.name]).astype(int) for column in contract.domain().columns], axis=1)
    release = made_up_release(contract, codes, scale=scale, seed=seed)
    heaps = tuple(_heaps(contract, values, scale=scale, random=np.random.default_rng(seed + 1000)))
    return replace(release, answers=(*release.answers, *heaps))


def _heaps(
    contract: DatasetContract, values: Values, *, scale: float, random: np.random.Generator
) -> Iterator[NoisyHeaping]:
    """Release the heaps of amounts, and the multiples of 100 up to 3,000."""
    column = contract.domain()["amount"]
    units = int(Heaping.of(column).grid.last(np.array([100.0]))[0])
    for query in (HeapingQuery(column=column), HeapingQuery(column=column, runs=((units, units, 30),))):
        noise = np.rint(random.normal(0, scale, query.shape())).astype(np.int64)
        exact = unit_vector(query, np.asarray(values["amount"], dtype=np.float64))
        yield NoisyHeaping(descriptor=query.descriptor(), values=exact + noise, scale=scale, d_in=1, rho=0.1, draw=3)


def spending_counts(release: Release, values: Values, *, broken: int = 0) -> CandidateCounts:
    """Count a candidate with these values."""
    assert REALISM.tally is not None
    table, tabulation = pa.table(dict(values)), Tabulation(release)
    tally = REALISM.tally(spending_contract(), release, NOTHING)
    tabulation.add(table)
    tally.add(table)
    return CandidateCounts(
        rows=table.num_rows,
        schema=(),
        as_declared=True,
        nulls=dict.fromkeys(values, 0),
        outside=dict.fromkeys(values, 0),
        violations={"some": broken},
        tables=tabulation.tables(),
        tallies={REALISM.type: tally.figures()},
    )


def spending_facts(release: Release, values: Values, *, broken: int = 0) -> dict[str, Any]:
    """Return the facts that checks judge of a candidate with these values."""
    counts = spending_counts(release, values, broken=broken)
    return facts_of(Basis(contract=spending_contract(), candidate="c", counts=counts, release=release))
