"""How close synthetic tables are to real ones, and how much time and memory a run takes.

    python benchmarks/accuracy.py --data DATA --runs 5 --json accuracy.json
    python benchmarks/accuracy.py --data DATA --runs 1 --peers --cases adult:1 happiness:2

A run is one process: contract, release (in its own measuring process), fit,
candidate. DATA holds ``adult/``, ``nist_acs/``, ``credit_default/`` and
``nafld/``; cases whose folder is missing are skipped; ``happiness`` does not need one.
``--peers`` runs other projects on the same codes with the same privacy loss, one
at a time, each in its own environment that pip fills by name; ``--references``
adds what is not private: a bootstrap of the real rows, and independent columns.
Scoring is not part of the time.
"""

import argparse
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from acs import nist
from cases import Case, adult, code_rows, happiness, value_rows
from clients import credit, credit_bounds, nafld, nafld_tests
from peers.environments import PEERS, environment, installed_version, run_peer
from scores import read_text
from whole_run import Failure, timed_run

Figures = dict[str, Any]
LOADERS: dict[str, tuple[str, Callable[[Any], Case]]] = {
    "adult": ("adult", adult),
    "nist": ("nist_acs", nist),
    "happiness": ("", happiness),
    "credit": ("credit_default", credit),
    "credit_bounds": ("credit_default", credit_bounds),
    "nafld": ("nafld", nafld),
    "nafld_tests": ("nafld", nafld_tests),
}
CASES = (
    *("adult:0.1", "adult:1", "adult:10", "nist:1", "nist:10", "happiness:1", "happiness:10"),
    *("credit:1", "credit:10", "credit_bounds:1", "credit_bounds:10", "nafld:1", "nafld_tests:1"),
)
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "synth-assets-benchmarks"
LIMIT = 900.0
TIMES = ("seconds", "cpu_seconds", "peak_mb")


def run_ours(case: Case, epsilon: float, *, seed: int) -> Figures:
    """Run ours in its own process and score the table that it wrote."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        case.real.to_csv(folder / "real.csv", index=False)
        (folder / "contract.json").write_text(case.contract(epsilon).model_dump_json())
        return timed_run(folder, seed=seed) | case.score(read_text(folder / "synthetic.csv"))


def run_other(  # noqa: PLR0913 - the parameters of a run
    case: Case, epsilon: float, *, name: str, method: str, python: Path, seed: int, limit: float
) -> Figures:
    """Run a peer on the coded rows, decode what it wrote, and score it like ours."""
    domain = case.contract(epsilon).domain()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        code_rows(domain, case.real).to_csv(folder / "coded.csv", index=False)
        (folder / "domain.json").write_text(json.dumps(dict(zip(domain.names, domain.shape(), strict=True))))
        used = run_peer(
            name, method, python=python, folder=folder, epsilon=epsilon, delta=case.delta, seed=seed, limit=limit
        )
        codes = pd.read_csv(folder / "synthetic.csv")
    return used | case.score(value_rows(domain, codes, seed=seed))


def references(case: Case, *, seed: int) -> Iterator[tuple[str, Figures]]:
    """Score what is not private: real rows drawn again, and each column shuffled; both through the domain."""
    domain, random = case.contract(1.0).domain(), np.random.default_rng(seed)
    codes = code_rows(domain, case.real)
    yield "real rows, through the domain", case.score(value_rows(domain, codes, seed=seed))
    drawn = codes.iloc[random.integers(0, len(codes), len(codes))].reset_index(drop=True)
    yield "bootstrap", case.score(value_rows(domain, drawn, seed=seed))
    shuffled = codes.apply(lambda column: random.permutation(column.to_numpy()))
    yield "independent columns", case.score(value_rows(domain, shuffled, seed=seed))


def outcomes(case: Case, epsilon: float, *, asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Yield per participant its name and either the figures of its runs or the reason why there are none."""
    if not asked.without_ours:
        yield _attempt("synth-assets", (run_ours(case, epsilon, seed=seed) for seed in range(asked.runs)))
    if asked.references:
        yield from ({"who": who, "runs": [figures]} for who, figures in references(case, seed=0))
    for name, method in asked.peers or ():
        yield _attempt(f"{name} {method}", run_peers(case, epsilon, name=name, method=method, asked=asked))


def run_peers(case: Case, epsilon: float, *, name: str, method: str, asked: argparse.Namespace) -> Iterator[Figures]:
    """Run one mechanism of a peer as often as asked.

    Raises:
        Failure: it could not be installed, stopped with an error or did not finish.
    """
    if case.unit != "rows":
        raise Failure("not run: its unit is one row here")
    python = asked.peer_python.get(name) or environment(name, cache=asked.cache)
    for seed in range(asked.peer_runs):
        figures = run_other(case, epsilon, name=name, method=method, python=python, seed=seed, limit=asked.limit)
        yield figures | {"version": installed_version(name, python=python)}


def _attempt(who: str, runs: Iterable[Figures]) -> dict[str, Any]:
    try:
        return {"who": who, "runs": list(runs)}
    except Failure as failure:
        return {"who": who, "failure": str(failure)}


def measure_case(text: str, *, asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Run one ``case:epsilon``, print one line per participant and yield it for the JSON."""
    name, epsilon = text.split(":")
    folder, load = LOADERS[name]
    if folder and not (asked.data and (asked.data / folder).is_dir()):
        print(f"\n{text}: skipped, the folder {folder} is missing in --data", flush=True)
        return
    headed = False
    for outcome in outcomes(load(asked.data), float(epsilon), asked=asked):
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


def _peer(text: str) -> tuple[str, Path]:
    name, _, path = text.partition("=")
    return name, Path(path)


def _methods(texts: list[str]) -> list[tuple[str, str]]:
    known = [(name, method) for name, peer in PEERS.items() for method in peer.methods]
    if not texts:
        return known
    asked = [pair for text in texts for pair in known if text in (pair[0], ":".join(pair))]
    if unknown := {text.partition(":")[0] for text in texts} - set(PEERS):
        raise SystemExit(f"no such peer: {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}")
    return asked


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--cases", nargs="+", default=CASES, help="NAME:EPSILON")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--references", action="store_true", help="also score what is not private")
    parser.add_argument("--peers", nargs="*", metavar="NAME[:METHOD]", help="run these too; without a name, all")
    parser.add_argument("--peer-runs", type=int, default=1)
    parser.add_argument(
        "--peer-python",
        nargs="+",
        type=_peer,
        default=[],
        metavar="NAME=PYTHON",
        help="of your own environment",
    )
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds that one run of a peer may take")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where the peers' environments are kept")
    parser.add_argument("--without-ours", action="store_true")
    asked = parser.parse_args()
    asked.peers = None if asked.peers is None else _methods(asked.peers)
    asked.peer_python = dict(asked.peer_python)
    return asked


def main() -> None:
    """Run all cases, print a table of medians and write JSON."""
    asked = parse()
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    rows: list[dict[str, Any]] = []
    for text in asked.cases:
        for row in measure_case(text, asked=asked):
            rows.append(row)
            if asked.json:
                write_json(asked.json, rows)


def write_json(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write the results so far, completely or not at all."""
    results = {"machine": platform.platform(), "cores": os.cpu_count(), "results": rows}
    part = path.with_suffix(".part")
    part.write_text(json.dumps(results, indent=1) + "\n")
    shutil.move(part, path)


if __name__ == "__main__":
    main()
