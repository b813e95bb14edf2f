"""How often gates pass what they must not, and fail what they should pass.

    python benchmarks/gates.py --tables 200

For each figure, so many tables are made up, each with its own noise. *False pass*: the limit lies just beyond the
exact figure, so the table must not pass; at most ``beta``, 5%. *False fail*: the limit leaves the margin that was
stated beforehand from the expected tally of one table (90% power, so about 10%), and twice that. *Missed*: how often
each bound is on the wrong side. Noise is simulated by NumPy: this measures gates and protects nobody.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from made_up_tallies import CASES, Case

from synth_assets.contract.gates import Gate

BETA = 0.05
_JUST = 1e-9
_HEADER = ("figure", "false pass", "false fail", "at twice", "low missed", "high missed", "bias", "deviation", "margin")


def _gate(case: Case, truth: float, *, margin: float) -> Gate:
    """Return a gate that the true figure keeps by so much, or misses if it is negative."""
    limit = truth - case.good * margin
    return Gate(min=limit) if case.good > 0 else Gate(max=limit)


def measure(case: Case, *, tables: int, seed: int) -> dict[str, float]:
    """Return the rates of one figure."""
    _, _, planned = case.draw(np.random.default_rng([seed, tables]))
    plan = planned(BETA)
    margin = plan.below if case.good > 0 else plan.above
    rows: list[Sequence[float]] = []
    for number in range(tables):
        truth, bound, _ = case.draw(np.random.default_rng([seed, number]))
        figure = bound(BETA)
        passes = [
            _gate(case, truth, margin=by).keeps(low=figure.low, high=figure.high) for by in (-_JUST, margin, 2 * margin)
        ]
        missed = figure.low > truth + _JUST, figure.high < truth - _JUST
        rows.append((passes[0], not passes[1], not passes[2], *missed, figure.value - truth))
    rates = np.asarray(rows, dtype=np.float64).mean(axis=0).tolist()
    names = ("false_pass", "false_fail", "at_twice", "low_missed", "high_missed", "bias")
    return {**dict(zip(names, rates, strict=True)), "deviation": plan.deviation, "margin": margin}


def main() -> None:
    """Print one line per figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    print("| " + " | ".join(_HEADER) + " |\n|" + "---|" * len(_HEADER))
    results: dict[str, Any] = {}
    for case in CASES:
        results[case.name] = rates = measure(case, tables=options.tables, seed=options.seed)
        shown = [f"{100 * rates[name]:.1f}%" for name in list(rates)[:5]]
        numbers = [f"{rates[name]:.4f}" for name in list(rates)[5:]]
        print(f"| {case.name} | {' | '.join([*shown, *numbers])} |", flush=True)
    if options.json:
        options.json.write_text(json.dumps({"tables": options.tables, "beta": BETA, "figures": results}, indent=2))


if __name__ == "__main__":
    main()
