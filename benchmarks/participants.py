"""Who takes part in a comparison: ours and the peers on the same rows, and what is not private.

Each run is a process of its own; its table comes back as text, null as ``N``, with
what it took. What a table is scored by is the script's business.
"""

import argparse
import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from cases import Case, code_rows, declared, text_rows, value_rows
from numpy.typing import NDArray
from peers.environments import PEERS, environment, installed_version, run_peer
from scores import read_text
from whole_run import GRIDS, Failure, timed_run

__all__ = ["BOOTSTRAP", "THROUGH_DOMAIN", "Figures", "Grids", "Outcome", "Run", "ours", "peers", "references"]

BOOTSTRAP, THROUGH_DOMAIN = "bootstrap", "real rows, through the domain"

Figures = dict[str, Any]
Grids = dict[str, NDArray[np.int64]]


@dataclass(frozen=True, kw_only=True)
class Run:
    """One synthetic table.

    Attributes:
        rows: as text, null as ``N``.
        took: seconds, CPU seconds and peak memory; of peers the version too.
        grids: coarse code of each fine code, of ours.
    """

    rows: pd.DataFrame
    took: Figures
    grids: Grids = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """All runs of a participant, or the reason why there are none."""

    who: str
    runs: tuple[Run, ...] = ()
    failure: str = ""


def ours(case: Case, epsilon: float, *, runs: int) -> Outcome:
    """Run ours so many times, each in its own process."""
    return _attempt("synth-assets", (_run_ours(case, epsilon, seed=seed) for seed in range(runs)))


def peers(case: Case, epsilon: float, *, asked: argparse.Namespace) -> Iterator[Outcome]:
    """Run the peers that the command line names."""
    for name, method in asked.peers or ():
        yield _attempt(f"{name} {method}", _run_peers(case, epsilon, name=name, method=method, asked=asked))


def references(case: Case, *, seed: int) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield what is not private: real rows drawn again, and each column shuffled; both through the domain."""
    domain, random = case.contract(1.0).domain(), np.random.default_rng(seed)
    codes = code_rows(domain, case.real)
    yield THROUGH_DOMAIN, value_rows(domain, codes, seed=seed)
    drawn = codes.iloc[random.integers(0, len(codes), len(codes))].reset_index(drop=True)
    yield BOOTSTRAP, value_rows(domain, drawn, seed=seed)
    shuffled = codes.apply(lambda column: random.permutation(column.to_numpy()))
    yield "independent columns", value_rows(domain, shuffled, seed=seed)


def _attempt(who: str, runs: Iterable[Run]) -> Outcome:
    try:
        return Outcome(who=who, runs=tuple(runs))
    except Failure as failure:
        return Outcome(who=who, failure=str(failure))


def _run_ours(case: Case, epsilon: float, *, seed: int) -> Run:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        case.real.to_csv(folder / "real.csv", index=False)
        (folder / "contract.json").write_text(case.contract(epsilon).model_dump_json())
        took = timed_run(folder, "--seed", str(seed))
        grids = {name: np.array(grid) for name, grid in json.loads((folder / GRIDS).read_text()).items()}
        return Run(rows=read_text(folder / "synthetic.csv"), took=dict(took), grids=grids)


def _run_peers(case: Case, epsilon: float, *, name: str, method: str, asked: argparse.Namespace) -> Iterator[Run]:
    """Run one mechanism of a peer as often as asked.

    Raises:
        Failure: it could not be installed, stopped with an error or did not finish.
    """
    if case.unit != "rows":
        raise Failure("not run: its unit is one row here")
    python = asked.peer_python.get(name) or environment(name, cache=asked.cache)
    for seed in range(asked.peer_runs):
        run = _run_peer(case, epsilon, name=name, method=method, python=python, seed=seed, limit=asked.limit)
        yield Run(rows=run.rows, took=run.took | {"version": installed_version(name, python=python)})


def _run_peer(  # noqa: PLR0913 - the parameters of a run
    case: Case, epsilon: float, *, name: str, method: str, python: Path, seed: int, limit: float
) -> Run:
    """Run a peer on the coded rows and decode what it wrote, or on values if it codes them itself."""
    domain = case.contract(epsilon).domain()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        raw = method in PEERS[name].raw
        if raw:
            text_rows(case.real[list(domain.names)]).to_csv(folder / "values.csv", index=False)
            (folder / "columns.json").write_text(json.dumps({c.name: declared(c) for c in domain.columns}))
        code_rows(domain, case.real).to_csv(folder / "coded.csv", index=False)
        (folder / "domain.json").write_text(json.dumps(dict(zip(domain.names, domain.shape(), strict=True))))
        took = run_peer(
            name, method, python=python, folder=folder, epsilon=epsilon, delta=case.delta, seed=seed, limit=limit
        )
        if raw:
            return Run(rows=read_text(folder / "synthetic.csv"), took=dict(took))
        codes = pd.read_csv(folder / "synthetic.csv")
    return Run(rows=value_rows(domain, codes, seed=seed), took=dict(took))
