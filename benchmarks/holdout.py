"""What a holdout costs a release: as much accuracy as a table of nine tenths of the people has less, and nothing else.

    python benchmarks/holdout.py --data DATA --runs 5 --json holdout.json

Three releases of Adult with persons as units, each a whole process from contract to candidate: of an account whose
split holds out a tenth, of a random nine tenths of the same people without a split, and of all of them. All are
scored against all of the people and against rows that none of them has, as in ``accuracy.py``.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from cases import Case, adult
from scores import read_text
from split import people, split_contract
from whole_run import timed_run

HOLDOUT = 0.1
WAYS = ("holdout of a tenth", "a random nine tenths", "everybody")
_FIGURES = ("l1_1way", "l1_2way", "l1_3way", "auc", "seconds", "cpu_seconds", "peak_mb")


def run(case: Case, way: str, *, epsilon: float, seed: int) -> dict[str, float]:
    """Make one release and its candidate; return its scores, time and memory."""
    rows = people(case.real)
    if way == WAYS[1]:
        chosen = np.random.default_rng(seed).random(len(rows)) >= HOLDOUT
        rows = rows[chosen].reset_index(drop=True)
    contract = split_contract(case, epsilon=epsilon, holdout=HOLDOUT if way == WAYS[0] else 0.0)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        rows.to_csv(folder / "real.csv", index=False)
        (folder / "contract.json").write_text(contract.model_dump_json())
        return timed_run(folder, "--seed", str(seed)) | case.score(read_text(folder / "synthetic.csv"))


def measured(case: Case, *, asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Yield the runs of each epsilon and way, and print their medians; ways take turns, so that load is the same."""
    for epsilon in asked.epsilons:
        runs: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
        for seed in range(asked.runs):
            for way in WAYS:
                runs[way].append(run(case, way, epsilon=epsilon, seed=seed))
                print(f"{way}, run {seed}: {json.dumps(runs[way][-1])}", file=sys.stderr, flush=True)
        for way in WAYS:
            middle, spread = pd.DataFrame(runs[way]).median(), pd.DataFrame(runs[way]).std(ddof=0)
            shown = [f"{middle[name]:.4g} ({spread[name]:.2g})" for name in _FIGURES]
            print(f"| {epsilon:g} | {way} | " + " | ".join(shown) + " |", flush=True)
            yield {"epsilon": epsilon, "way": way, "runs": runs[way], "load": round(os.getloadavg()[0], 1)}


def main() -> None:
    """Print medians and, in brackets, standard deviations."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds adult/")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--epsilons", type=float, nargs="+", default=[1.0])
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print("| epsilon | release of | " + " | ".join(_FIGURES) + " |\n|" + "---|" * (len(_FIGURES) + 2), flush=True)
    results = list(measured(adult(asked.data), asked=asked))
    if asked.json:
        asked.json.write_text(json.dumps({"results": results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
