"""How near synthetic tables come to real ones, how long that takes, and in how much memory.

    python benchmarks/accuracy.py --data DATA --runs 5 --json accuracy.json
    python benchmarks/accuracy.py --data DATA --runs 1 --peers --cases adult:1 happiness:2

A run is one process: contract, release (in its own measuring process), fit,
candidate. DATA holds ``adult/``, ``nist_acs/``, ``credit_default/`` and
``nafld/``; cases whose folder is missing are left out, ``happiness`` needs none.
``--peers`` runs others on the same codes under the same loss, one at a time,
each in an environment of its own that pip fills by name; ``--references`` adds
what is not private: a bootstrap of the real rows, and independent columns.
Scoring is not part of the time.
"""

import argparse
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from acs import nist
from cases import Case, adult, code_rows, happiness, value_rows
from clients import credit, credit_equal_bins, nafld, nafld_tests
from peers.environments import PEERS, environment, run_peer, versions
from scores import read_text
from whole_run import Failure, timed_run

Figures = dict[str, float]
LOADERS: dict[str, tuple[str, Callable[[Any], Case]]] = {
    "adult": ("adult", adult),
    "nist": ("nist_acs", nist),
    "happiness": ("", happiness),
    "credit": ("credit_default", credit),
    "credit_equal": ("credit_default", credit_equal_bins),
    "nafld": ("nafld", nafld),
    "nafld_tests": ("nafld", nafld_tests),
}
CASES = (
    *("adult:0.1", "adult:1", "adult:10", "nist:1", "nist:10", "happiness:1", "happiness:10"),
    *("credit:1", "credit:10", "credit_equal:1", "nafld:1", "nafld_tests:1"),
)
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "synth-assets-benchmarks"
LIMIT = 900.0


def run_ours(case: Case, epsilon: float, *, seed: int) -> Figures:
    """Run ours in a process of its own and score what it wrote."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        case.real.to_csv(folder / "real.csv", index=False)
        (folder / "contract.json").write_text(case.contract(epsilon).model_dump_json())
        return timed_run(folder, seed=seed) | case.score(read_text(folder / "synthetic.csv"))


def run_other(  # noqa: PLR0913 - what a run is made of
    case: Case, epsilon: float, *, name: str, method: str, python: Path, seed: int, limit: float
) -> Figures:
    """Run a peer on the coded rows, decode what it wrote, and score it as ours."""
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


def outcomes(case: Case, epsilon: float, *, asked: argparse.Namespace) -> Iterator[tuple[str, list[Figures] | str]]:
    """Yield who, and either the figures of each run or why there are none."""
    if not asked.without_ours:
        yield "synth-assets", [run_ours(case, epsilon, seed=seed) for seed in range(asked.runs)]
    if asked.references:
        yield from ((who, [figures]) for who, figures in references(case, seed=0))
    for name, method in asked.peers or ():
        if case.unit != "rows":
            yield f"{name} {method}", "not run: its unit is one row here"
            continue
        try:
            python = asked.peer_python.get(name) or environment(name, cache=asked.cache)
            yield (
                f"{name} {method}",
                [
                    run_other(case, epsilon, name=name, method=method, python=python, seed=seed, limit=asked.limit)
                    for seed in range(asked.peer_runs)
                ],
            )
        except Failure as failure:
            yield f"{name} {method}", str(failure)


def measure_case(text: str, *, asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Run one ``case:epsilon``, print a line for each participant and yield it for the JSON."""
    name, epsilon = text.split(":")
    folder, load = LOADERS[name]
    if folder and not (asked.data and (asked.data / folder).is_dir()):
        print(f"{text:>16}  left out: no folder {folder} in --data", flush=True)
        return
    case = load(asked.data)
    for who, found in outcomes(case, float(epsilon), asked=asked):
        row: dict[str, Any] = {"case": text, "who": who, "load": round(os.getloadavg()[0], 1)}
        if isinstance(found, str):
            line = found
            row["failure"] = found
        else:
            table = pd.DataFrame(found)
            line = "  ".join(f"{key} {value:.4g}" for key, value in table.median().items())
            row["runs"] = table.to_dict("list")
        print(f"{text:>16}  {who:<20}  {line}  (load {row['load']})", flush=True)
        yield row


def _peer(text: str) -> tuple[str, Path]:
    name, _, path = text.partition("=")
    return name, Path(path)


def _methods(texts: list[str]) -> list[tuple[str, str]]:
    known = [(name, method) for name, peer in PEERS.items() for method in peer.methods]
    if not texts:
        return known
    named = [tuple(text.split(":")) for text in texts]
    return [(item[0], item[1]) for item in named if len(item) == 2] + [pair for pair in known if (pair[0],) in named]


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--cases", nargs="+", default=CASES, help="NAME:EPSILON")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--references", action="store_true", help="also score what is not private")
    parser.add_argument("--peers", nargs="*", metavar="NAME[:METHOD]", help="others too; all of them without a name")
    parser.add_argument("--peer-runs", type=int, default=1)
    parser.add_argument(
        "--peer-python", nargs="+", type=_peer, default=[], metavar="NAME=PYTHON", help="of an environment you made"
    )
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds that one run of a peer may take")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where the peers' environments are kept")
    parser.add_argument("--without-ours", action="store_true")
    asked = parser.parse_args()
    asked.peers = None if asked.peers is None else _methods(asked.peers)
    asked.peer_python = dict(asked.peer_python)
    return asked


def main() -> None:
    """Run all cases, print a line of medians for each participant and write JSON."""
    asked = parse()
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    rows: list[dict[str, Any]] = []
    for text in asked.cases:
        for row in measure_case(text, asked=asked):
            rows.append(row)
            if asked.json:
                write_json(asked.json, rows, asked=asked)


def write_json(path: Path, rows: list[dict[str, Any]], *, asked: argparse.Namespace) -> None:
    """Write what there is so far, whole or not at all."""
    names = {name for name, _ in asked.peers or ()}
    pythons = {name: asked.peer_python.get(name) for name in names}
    found = {
        "machine": platform.platform(),
        "cores": os.cpu_count(),
        "peers": {name: versions(python) for name, python in pythons.items() if python},
        "results": rows,
    }
    part = path.with_suffix(".part")
    part.write_text(json.dumps(found, indent=1) + "\n")
    shutil.move(part, path)


if __name__ == "__main__":
    main()
