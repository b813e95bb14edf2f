"""Few rows: is a release better than independent columns at the same price?

    python benchmarks/few_rows.py --data DATA --cases adult:1 credit_bounds:1 made_up:1 nist:1 --runs 5 --json few.json

From each table 1,000 rows are drawn (``--rows``), another thousand per run. Ours and a
release that spends all of rho on one table per column are made of the same rows, fitted
and sampled by the same code; the noise is simulated. Errors are mean L1 distances of
single columns, pairs and triples on 20 quantiles of the real column, to the thousand
rows and to the whole table that they come from; the AUC is of telling rows of the
synthetic table from the thousand on these quantiles.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from cases import Case, number_rows, text_rows
from command_line import load_case, make_parser, read_arguments, run_cases
from likeness.classifier import c2st
from scores import quantile_codes, workload_errors
from simulated import Plan, drawn_rows, independent_columns, our_rounds, simulated

CASES = ("adult:1", "credit_bounds:1", "made_up:1", "nist:1")
PLANS: dict[str, Plan] = {"synth-assets": our_rounds, "independent columns": independent_columns}
FIGURES = {
    "l1_1way": "1-way",
    "l1_2way": "2-way",
    "l1_3way": "3-way",
    "whole_1way": "1-way, whole table",
    "whole_2way": "2-way, whole table",
    "c2st_quantiles": "AUC",
}


def runs_of(case: Case, epsilon: float, *, asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Yield the figures of each plan on each sample of the case's rows."""
    domain = case.contract(epsilon).domain()
    whole = number_rows(domain, text_rows(case.real))
    for seed in range(asked.runs):
        places = np.random.default_rng(seed).choice(len(whole), asked.rows, replace=False)
        few = replace(case, real=case.real.iloc[places].reset_index(drop=True))
        real = whole.iloc[places].reset_index(drop=True)
        for who, plan in PLANS.items():
            release = simulated(few, epsilon, plan, seed=seed)
            rows = number_rows(domain, drawn_rows(release, rows=asked.rows, seed=seed))
            yield {"who": who, "seed": seed, **scored(real, rows, whole=whole)}


def scored(real: pd.DataFrame, synthetic: pd.DataFrame, *, whole: pd.DataFrame) -> dict[str, float]:
    """Compare synthetic rows with the few real ones, and with the whole table that these come from."""
    coded = [quantile_codes(whole, table) for table in (real, synthetic, whole)]
    errors = workload_errors(coded[0], coded[1])
    of_whole = workload_errors(coded[2], coded[1], ways=2)
    errors |= {name.replace("l1", "whole"): error for name, error in of_whole.items()}
    return errors | {"c2st_quantiles": c2st(coded[0], coded[1])}


def table(results: list[dict[str, Any]]) -> list[str]:
    """Return the lines of a Markdown table of medians."""
    medians = pd.DataFrame(results).groupby("who", sort=False).median(numeric_only=True)
    lines = ["| | " + " | ".join(FIGURES.values()) + " |", "|---" * (1 + len(FIGURES)) + "|"]
    for who, figures in medians.iterrows():
        cells = " | ".join(f"{figures[name]:.3f}".replace("0.", ".", 1) for name in FIGURES)
        lines.append(f"| {who} | {cells} |")
    return lines


def measure_case(text: str, *, asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Run one ``case:epsilon``, print its table and yield a row per run for the JSON."""
    loaded = load_case(text, data=asked.data)
    if loaded is None:
        return
    results: list[dict[str, Any]] = []
    for figures in runs_of(*loaded, asked=asked):
        results.append({"case": text, **figures})
        yield results[-1]
    print(f"\n**{text}**, {asked.rows:,} rows\n\n" + "\n".join(table(results)), flush=True)


def main() -> None:
    """Run all cases, print a table each and write JSON."""
    parser = make_parser((__doc__ or "").splitlines()[0], cases=CASES, runs=5)
    parser.add_argument("--rows", type=int, default=1000, help="rows of each sample")
    asked = read_arguments(parser)
    run_cases(partial(measure_case, asked=asked), asked=asked)


if __name__ == "__main__":
    main()
