"""What a contract's rules do to a synthetic table: rows drawn again alone, and rules that shape the draws.

    python benchmarks/rules.py --epsilon 1 10

One release and one fit of made-up accounts, whose real rows keep seven rules; then three tables of it: without the
rules, with rows that break one drawn again, and with draws that rules shape. *Moved* is the
total variation of a column from what was fitted, mean over all columns. Needs no data.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from cases import number_rows, text_rows
from likeness.classifier import c2st
from made_up_amounts import RULES, made_up_digits
from scores import quantile_codes, workload_errors
from whole_run import synthesize

from synth_assets.candidate.rejection import kept
from synth_assets.candidate.write import Order, conditions_of, draw_shard
from synth_assets.contract import DatasetContract
from synth_assets.domain.codes import encode
from synth_assets.generator import load_generator
from synth_assets.workspace import Workspace

ROWS = 20_000
WAYS = {"without rules": ({}, 0), "drawn again": (RULES, 0), "shaped": (RULES, 1)}


def fitted(epsilon: float, folder: Path) -> tuple[DatasetContract, Any]:
    """Pay a release of the made-up accounts below ``folder`` and return the contract and a generator."""
    case = made_up_digits()
    case.real.to_csv(folder / "real.csv", index=False)
    contract = case.contract(epsilon)
    (folder / "contract.json").write_text(contract.model_dump_json())
    synthesize(folder, seed=0)
    (weights,) = Workspace(root=folder).generators(contract.name).iterdir()
    return contract, load_generator(weights)


def measure(epsilon: float) -> Iterator[dict[str, Any]]:
    """Yield the figures of each way to keep the rules."""
    case = made_up_digits()
    with tempfile.TemporaryDirectory() as temporary:
        contract, generator = fitted(epsilon, Path(temporary))
    domain = contract.domain()
    real = number_rows(domain, text_rows(case.real))
    coded = quantile_codes(real, real)
    rules = contract.model_copy(update={"rules": RULES}).rule_expressions()
    for way, (asked, shaping) in WAYS.items():
        order = Order(
            contract=contract.model_copy(update={"rules": asked}),
            open_sampler=lambda: generator,
            seed=0,
            rows=ROWS,
            shaping=shaping,
        )
        start = time.process_time()
        shard = draw_shard(order, 0, rules=conditions_of(order))
        seconds = time.process_time() - start
        synthetic = quantile_codes(real, number_rows(domain, text_rows(shard.table.to_pandas())))
        yield {
            "way": f"epsilon {epsilon:g}, {way}",
            "broken_percent": 100 * float((~kept(shard.table, rules)).any(axis=0).mean()),
            "drawn": shard.drawn,
            "moved": float(np.mean([_moved(column, shard.table, generator) for column in domain.columns])),
            **workload_errors(coded, synthetic),
            "c2st_quantiles": c2st(coded, synthetic),
            "cpu_seconds": seconds,
        }


def _moved(column: Any, table: Any, generator: Any) -> float:
    shares = np.bincount(encode(column, table[column.name]), minlength=column.size) / table.num_rows
    return float(np.abs(shares - generator.marginal([column.name], level="fine")).sum() / 2)


def main() -> None:
    """Print a line per way."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--epsilon", nargs="+", type=float, default=[1.0, 10.0])
    figures = pd.DataFrame([row for epsilon in parser.parse_args().epsilon for row in measure(epsilon)])
    print(figures.to_string(index=False, float_format=lambda value: f"{value:.4g}"))


if __name__ == "__main__":
    main()
