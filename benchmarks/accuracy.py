"""How close synthetic tables are to real ones, and how much time and memory a run takes.

    python benchmarks/accuracy.py --data DATA --runs 5 --json accuracy.json
    python benchmarks/accuracy.py --data DATA --runs 1 --peers --cases adult:1 happiness:2

A run is one process: contract, release (in its own measuring process), fit,
candidate. DATA holds ``adult/``, ``nist_acs/``, ``credit_default/`` and
``nafld/``; cases whose folder is missing are skipped; ``happiness`` does not need one.
``--peers`` runs other projects on the same codes with the same privacy loss, one
at a time, each in its own environment that pip fills by name; ``--references``
adds what is not private: a bootstrap of the real rows, and independent columns.
Scoring is not part of the time. Whether rows can be told from real ones is what
``realism.py`` asks.
"""

import argparse
import os
from collections.abc import Iterator
from functools import partial
from typing import Any

import pandas as pd
from cases import Case
from command_line import load_case, make_parser, read_arguments, run_cases
from participants import Outcome, ours, peers, references

CASES = (
    *("adult:0.1", "adult:1", "adult:10", "nist:1", "nist:10", "happiness:1", "happiness:10"),
    *("credit:1", "credit:10", "credit_bounds:1", "credit_bounds:10", "nafld:1", "nafld_tests:1"),
)
TIMES = ("seconds", "cpu_seconds", "peak_mb")


def outcomes(case: Case, epsilon: float, *, asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Yield per participant its name and either the figures of its runs or the reason why there are none."""
    if not asked.without_ours:
        yield _scored(case, ours(case, epsilon, runs=asked.runs))
    if asked.references:
        yield from ({"who": who, "runs": [case.score(rows)]} for who, rows in references(case, seed=0))
    yield from (_scored(case, outcome) for outcome in peers(case, epsilon, asked=asked))


def _scored(case: Case, outcome: Outcome) -> dict[str, Any]:
    if outcome.failure:
        return {"who": outcome.who, "failure": outcome.failure}
    return {"who": outcome.who, "runs": [run.took | case.score(run.rows) for run in outcome.runs]}


def measure_case(text: str, *, asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Run one ``case:epsilon``, print one line per participant and yield it for the JSON."""
    loaded = load_case(text, data=asked.data)
    if loaded is None:
        return
    headed = False
    for outcome in outcomes(*loaded, asked=asked):
        row: dict[str, Any] = {"case": text, **outcome, "load": round(os.getloadavg()[0], 1)}
        medians = pd.DataFrame(outcome.get("runs", [])).median(numeric_only=True)
        if not headed and "seconds" in medians:
            print(f"\n{text:<30}" + "".join(f"{key:>12}" for key in [*medians.index, "load"]))
            headed = True
        figures = [medians.get(key) for key in TIMES if headed] + [
            medians[key] for key in medians.index.difference(TIMES, sort=False)
        ]
        print(f"{outcome['who']:<30}" + (outcome.get("failure") or _columns([*figures, row["load"]])), flush=True)
        yield row


def _columns(figures: list[float | None]) -> str:
    return "".join(f"{'-' if figure is None else f'{figure:.4g}':>12}" for figure in figures)


def main() -> None:
    """Run all cases, print a table of medians and write JSON."""
    parser = make_parser((__doc__ or "").splitlines()[0], cases=CASES, runs=5)
    parser.add_argument("--references", action="store_true", help="also score what is not private")
    asked = read_arguments(parser)
    run_cases(partial(measure_case, asked=asked), asked=asked)


if __name__ == "__main__":
    main()
