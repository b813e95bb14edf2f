"""What the scripts that compare participants share: cases by name, options, and the JSON that they write."""

import argparse
import json
import os
import platform
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from acs import nist, nist_bounds
from cases import Case, adult, happiness
from census import adult_bounds
from clients import credit, credit_bounds, nafld, nafld_tests
from made_up_amounts import made_up, made_up_digits
from made_up_curves import curves
from peers.environments import PEERS
from wide import wide

__all__ = ["load_case", "make_parser", "read_arguments", "run_cases"]

LOADERS: dict[str, tuple[str, Callable[[Any], Case]]] = {
    "adult": ("adult", adult),
    "adult_bounds": ("adult", adult_bounds),
    "nist": ("nist_acs", nist),
    "nist_bounds": ("nist_acs", nist_bounds),
    "happiness": ("", happiness),
    "credit": ("credit_default", credit),
    "credit_bounds": ("credit_default", credit_bounds),
    "nafld": ("nafld", nafld),
    "nafld_tests": ("nafld", nafld_tests),
    "made_up": ("", made_up),
    "made_up_digits": ("", made_up_digits),
    "curves": ("", curves),
    "wide": ("", wide),
}
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "synth-assets-benchmarks"
LIMIT = 900.0


def load_case(text: str, *, data: Path | None) -> tuple[Case, float] | None:
    """Return table and epsilon of a ``case:epsilon[:delta]``; ``None``, and a line, where its folder is missing.

    Raises:
        SystemExit: there is no such case.
    """
    name, epsilon, *delta = text.split(":")
    if name not in LOADERS:
        raise SystemExit(f"no such case: {name}; there are {', '.join(LOADERS)}")
    folder, load = LOADERS[name]
    if folder and not (data and (data / folder).is_dir()):
        print(f"\n{text}: skipped, the folder {folder} is missing in --data", flush=True)
        return None
    case = load(data)
    return replace(case, delta=float(delta[0])) if delta else case, float(epsilon)


def make_parser(description: str, *, cases: Sequence[str], runs: int) -> argparse.ArgumentParser:
    """Return a parser of the options that all comparisons have."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path)
    parser.add_argument(
        "--cases", nargs="+", default=cases, help="NAME:EPSILON[:DELTA]; each case has a delta of its own"
    )
    parser.add_argument("--runs", type=int, default=runs)
    parser.add_argument("--json", type=Path)
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
    return parser


def read_arguments(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """Read the command line, with peers as pairs of a name and a mechanism."""
    asked = parser.parse_args()
    asked.peers = None if asked.peers is None else _methods(asked.peers)
    asked.peer_python = dict(asked.peer_python)
    return asked


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


def run_cases(measure: Callable[[str], Iterable[dict[str, Any]]], *, asked: argparse.Namespace) -> None:
    """Measure all cases that were asked for, one after the other, and write the results so far after each row."""
    _print_machine()
    rows: list[dict[str, Any]] = []
    for text in asked.cases:
        for row in measure(text):
            rows.append(row)
            if asked.json:
                _write_json(asked.json, rows)


def _print_machine() -> None:
    """Print what the figures of time depend on."""
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")


def _write_json(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write the results so far, completely or not at all."""
    results = {"machine": platform.platform(), "cores": os.cpu_count(), "results": rows}
    part = path.with_suffix(".part")
    part.write_text(json.dumps(results, indent=1) + "\n")
    shutil.move(part, path)
