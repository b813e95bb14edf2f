"""Tables of many columns, end to end: release, fit and candidate, the whole process.

    python benchmarks/scale.py --columns 100 200 --json wide.json
    python benchmarks/kinds.py --cases wide:1 --kinds mixture gan

The made-up columns have 2 to 50 values, and each depends on two of eight hidden
causes. Besides time and memory the error of 300 pairs is reported, beside that
of independent columns and of as many rows drawn again, so that a run that is
fast because it measures too little does not look good.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from cases import Case
from likeness.classifier import c2st
from scores import workload_errors
from whole_run import Failure, timed_run

from synth_assets.contract import DatasetContract

__all__ = ["measure_wide", "wide"]

CAUSES, LARGEST, PAIRS, SCORED = 8, 50, 300, 20
Pair = tuple[str, str]


def make_table(columns: int, *, rows: int) -> pd.DataFrame:
    """Make codes, shape (rows, columns)."""
    random = np.random.default_rng(columns)
    causes = random.random((rows, CAUSES))
    sizes = random.permutation(np.linspace(2, LARGEST, columns).astype(int))
    codes = {}
    for number, size in enumerate(sizes):
        first, second = random.choice(CAUSES, 2, replace=False)
        mixed = 0.5 * causes[:, first] + 0.3 * causes[:, second] + 0.2 * random.random(rows)
        codes[f"c{number:03}"] = np.minimum(mixed * size, size - 1).astype(int)
    return pd.DataFrame(codes)


def declare(table: pd.DataFrame) -> dict[str, Any]:
    """Declare every other column as a number and the rest as categories."""
    columns: dict[str, Any] = {}
    for number, name in enumerate(table):
        top = int(table[name].max())
        columns[str(name)] = (
            {"type": "categorical", "categories": [str(code) for code in range(top + 1)]}
            if number % 2
            else {"type": "integer", "min": 0, "max": top}
        )
    return columns


def make_contract(table: pd.DataFrame, *, epsilon: float) -> DatasetContract:
    """Return the contract of a made-up table."""
    columns = {name: {"domain_source": "made up", **column} for name, column in declare(table).items()}
    privacy = {"unit": "rows", "spend": {"epsilon": epsilon, "delta": 1e-9}}
    return DatasetContract.model_validate(
        {"name": "wide", "purpose": "A benchmark.", "source": "wide", "privacy": privacy, "columns": columns}
    )


def wide(_: Any = None) -> Case:
    """Return 50,000 rows of 100 columns; delta 1e-9; scored on pairs and triples of 20 of them, and by a classifier."""
    table = make_table(100, rows=50_000)
    some = table.iloc[:, np.sort(np.random.default_rng(0).choice(100, SCORED, replace=False))]

    def score(synthetic: pd.DataFrame) -> dict[str, float]:
        codes = synthetic[list(table)].astype(int)
        return workload_errors(some, codes) | {"c2st": c2st(table, codes)}

    return Case(name="wide", delta=1e-9, real=table, keys={"columns": declare(table)}, score=score)


def measure_wide(columns: int, *, rows: int, epsilon: float) -> dict[str, Any]:
    """Run one table end to end; return what the run took and the error of 300 of its pairs."""
    table = make_table(columns, rows=rows)
    random = np.random.default_rng(0)
    pairs = [(str(a), str(b)) for a, b in (random.choice(table.columns, 2, replace=False) for _ in range(PAIRS))]
    shuffled = table.apply(lambda column: random.permutation(column.to_numpy()))
    drawn = table.iloc[random.integers(0, rows, rows)]
    figures: dict[str, Any] = {"columns": columns, "rows": rows, "epsilon": epsilon}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        table.astype(str).to_parquet(folder / "real.parquet")
        (folder / "contract.json").write_text(make_contract(table, epsilon=epsilon).model_dump_json())
        try:
            figures |= timed_run(folder, "--seed", "0")
            figures["l1_2way"] = pair_error(table, pd.read_csv(folder / "synthetic.csv"), pairs)
        except Failure as failure:
            figures["failure"] = str(failure)
    return figures | {
        "l1_2way_independent": pair_error(table, shuffled, pairs),
        "l1_2way_bootstrap": pair_error(table, drawn, pairs),
    }


def pair_error(real: pd.DataFrame, other: pd.DataFrame, pairs: Sequence[Pair]) -> float:
    """Return the mean L1 distance of the pairs' marginals, 0 to 2."""

    def shares(table: pd.DataFrame, pair: Pair) -> np.ndarray[Any, Any]:
        index = table[pair[0]].to_numpy(int) * (LARGEST + 1) + table[pair[1]].to_numpy(int)
        return np.bincount(index, minlength=(LARGEST + 1) ** 2) / len(table)

    return float(np.mean([np.abs(shares(real, pair) - shares(other, pair)).sum() for pair in pairs]))
