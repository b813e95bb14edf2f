"""How many rows per second are sampled and written, and counted for checks: 15 columns, Parquet, on all cores.

    python benchmarks/sampling.py --rows 4e6 --workers 1 2 --json sampling.json

fits a mixture to a made-up release, draws a candidate with each number of
workers, each run in its own process, counts it with as many, and compares the digests of
the shards and of the facts: they must not depend on the number of workers.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from synth_assets.candidate import Candidate, write_candidate
from synth_assets.checks.context import NOTHING
from synth_assets.checks.judgement import basis_of, facts_of
from synth_assets.contract import DatasetContract
from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.generator import find_generator, fit_generator
from synth_assets.generator.compute import Compute
from synth_assets.release import NoisyMarginal, Release, load_release, write_release

SCALE = 50.0
MADE_UP_ROWS = 50_000


def make_contract() -> DatasetContract:
    """Declare eight categorical, four integer, one float, one boolean and one date column."""
    columns: dict[str, Any] = {
        f"category_{size}": {"type": "categorical", "categories": [f"value {code}" for code in range(size)]}
        for size in (2, 3, 5, 8, 12, 20, 30, 40)
    }
    columns |= {f"number_{top}": {"type": "integer", "min": 0, "max": top} for top in (9, 50, 99, 5000)}
    columns |= {
        "amount": {"type": "float", "min": 0.0, "max": 1.0, "bins": 50},
        "flag": {"type": "boolean", "nullable": True},
        "day": {"type": "date", "min": "2026-01-01", "max": "2026-12-31"},
    }
    for column in columns.values():
        column["domain_source"] = "made up"
    spend = {"epsilon": 1.0, "delta": 1e-9}
    privacy = {"unit": "rows", "spend": spend}
    return DatasetContract.model_validate(
        {"name": "sampling", "purpose": "A benchmark.", "source": "none", "privacy": privacy, "columns": columns}
    )


def make_release(contract: DatasetContract) -> Release:
    """Count a made-up table whose columns share a cause, and add normal noise."""
    domain, rng = contract.domain(), np.random.default_rng(0)
    cause = rng.random(MADE_UP_ROWS)
    codes = {
        column.name: np.minimum((cause + rng.random(MADE_UP_ROWS)) / 2 * column.size, column.size - 1).astype(int)
        for column in domain.columns
    }
    grids = {column.name: np.arange(column.size) * min(column.size, 16) // column.size for column in domain.columns}
    marginals = []
    for attributes in [(name,) for name in domain.names] + list(combinations(domain.names, 2)):
        fine = len(attributes) == 1
        cells = tuple(codes[name] if fine else grids[name][codes[name]] for name in attributes)
        counts = np.zeros([domain[name].size if fine else int(grids[name].max()) + 1 for name in attributes])
        np.add.at(counts, cells, 1)
        noisy = np.rint(counts + rng.normal(0, SCALE, counts.shape)).astype(np.int64)
        level: Any = "fine" if fine else "coarse"
        marginals.append(
            NoisyMarginal.of(
                attributes=attributes, level=level, counts=noisy, scale=SCALE, rho=1 / (2 * SCALE**2), draw=1
            )
        )
    return Release(
        dataset="sampling", source="none", version="1", fingerprint=contract.fingerprint(), reservation="none",
        domain=domain, grids=grids, answers=tuple(marginals), privacy={},
    )  # fmt: skip


def draw(folder: Path, *, rows: int, workers: int) -> dict[str, Any]:
    """Draw a candidate; return wall seconds, peak memory of the largest process and digests of the shards."""
    contract = make_contract()
    release = load_release(next((folder / "releases").iterdir()))
    generator = find_generator(next((folder / "generators").iterdir()))
    with tempfile.TemporaryDirectory(dir=folder) as candidates:
        start = time.perf_counter()
        with ProcessPoolExecutor(workers) as pool:
            candidate = write_candidate(
                contract, generator, release, seed=0, candidates=Path(candidates), rows=rows, executor=pool
            )
        seconds = time.perf_counter() - start
        counted = count(contract, candidate, release, workers=workers)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    return {"seconds": seconds, "peak_mb": peak, "digests": [shard.digest for shard in candidate.shards], **counted}


def count(contract: DatasetContract, candidate: Candidate, release: Release, *, workers: int) -> dict[str, Any]:
    """Count a candidate for its checks; return seconds, starting workers included, and a digest of the facts."""
    start, used = time.perf_counter(), cpu_seconds()
    with Compute(workers=workers).pool() as executor:
        basis = basis_of(contract, candidate, release, context=NOTHING, executor=executor)
    seconds, cpu = time.perf_counter() - start, cpu_seconds() - used
    return {"count_seconds": seconds, "count_cpu": cpu, "facts": sha256_bytes(canonical_json(facts_of(basis)))}


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and of those that it started and that ended."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def main() -> None:
    """Draw with each number of workers, print a table and write JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=lambda text: int(float(text)), default=4_000_000)
    parser.add_argument("--workers", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--case", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.case:
        print(json.dumps(draw(asked.case, rows=asked.rows, workers=asked.workers[0])))
        return
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(
        f"{'workers':>8} {'rows':>12} {'seconds':>8} {'rows per second':>15} {'peak MB':>8} "
        f"{'count s':>8} {'count CPU s':>11}"
    )
    cases = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        release = write_release(make_release(make_contract()), folder / "releases")
        fit_generator(release, kind="mixture", seed=0, generators=folder / "generators")
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(entry or "." for entry in sys.path)}
        for workers in asked.workers:
            command = [
                sys.executable,
                __file__,
                "--case",
                temporary,
                "--rows",
                str(asked.rows),
                "--workers",
                str(workers),
            ]
            process = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
            case = {"workers": workers, "rows": asked.rows, **json.loads(process.stdout)}
            cases.append(case)
            rate = asked.rows / case["seconds"]
            print(
                f"{workers:>8} {asked.rows:>12,} {case['seconds']:>8.1f} {rate:>15,.0f} {case['peak_mb']:>8.0f} "
                f"{case['count_seconds']:>8.1f} {case['count_cpu']:>11.1f}",
                flush=True,
            )
    same = len({(*case["digests"], case["facts"]) for case in cases}) == 1
    print(f"same bytes and facts for every number of workers: {same}")
    if asked.json:
        asked.json.write_text(
            json.dumps({"machine": platform.platform(), "same_bytes": same, "cases": cases}, indent=1)
        )


if __name__ == "__main__":
    main()
