"""What each step costs per million rows, per table and per thousand cells, and what a release should take by that.

    python benchmarks/cost_model.py --rows 1e6 1e7 --data DATA --paper 1e8 1e10 --json cost.json

measures the steps one by one on the columns of ``scale.py``: reading and encoding,
counting, noise. Their sum, with what a release costs however many rows there are,
is then held against whole releases of ``scale.py``. What ``--paper`` asks for is
computed and not run. All figures are CPU seconds.
"""

import argparse
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from scale import SIZES, in_a_process, make_contract, write_files

from synth_assets.measurement.noise import draw_counts
from synth_assets.privacy import PrivacyUnit
from synth_assets.privacy.noise import least_gaussian
from synth_assets.source.engine import Table
from synth_assets.source.kernel import count_tables, load_rows
from synth_assets.source.kinds import kind_named

MILLION, THOUSAND = 1e6, 1e3
MEASURED_ROWS = 2_000_000
NOISY_CELLS, NOISY_RHO = 200_000, 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """CPU seconds.

    Attributes:
        encode: of a million rows and one column, read from Parquet and encoded.
        count: of a million rows and one table of two columns.
        noise: of a thousand cells.
        fixed: of a release however many rows there are: starting, choosing pairs and triples, writing.
    """

    encode: float
    count: float
    noise: float
    fixed: float = 0.0

    def release(self, *, rows: float, columns: int, tables: int, cells: float) -> float:
        """Return the CPU seconds of a release."""
        by_row = self.encode * columns + self.count * tables
        return self.fixed + by_row * rows / MILLION + self.noise * cells / THOUSAND


def measure_steps(data: Path) -> Costs:
    """Measure the steps one by one; the fixed part is not among them."""
    folder = write_files(data, rows=MEASURED_ROWS, kind="parquet", unit=False)
    domain = make_contract(unit=False).domain()
    with tempfile.TemporaryDirectory() as scratch:
        rows, encoding = timed(
            lambda: load_rows(
                kind_named("parquet").batches(str(folder / "*"), {}, domain.names),
                domain=domain,
                unit=PrivacyUnit(),
                secret=bytes(32),
                scratch=Path(scratch),
            )
        )
        pairs: list[Table] = [(pair, "fine") for pair in combinations(domain.names, 2)]
        _, counting = timed(lambda: count_tables(rows, pairs, domain=domain, grids={}))
        rows.close()
    noise = least_gaussian(d_in=1, rho=NOISY_RHO)
    _, drawing = timed(lambda: draw_counts(np.zeros(NOISY_CELLS, dtype=np.int64), noise))
    return Costs(
        encode=encoding / len(domain.columns) / (MEASURED_ROWS / MILLION),
        count=counting / len(pairs) / (MEASURED_ROWS / MILLION),
        noise=drawing / (NOISY_CELLS / THOUSAND),
    )


def timed(step: Callable[[], Any]) -> tuple[Any, float]:
    """Return what a step returns and its CPU seconds."""
    start = time.process_time()
    return step(), time.process_time() - start


def whole_releases(data: Path, rows: list[int]) -> list[dict[str, Any]]:
    """Run releases of ``scale.py`` and return what each took, by its number of rows."""
    return [in_a_process(data, rows=count, kind="parquet", unit=False, holdout=0.0) for count in sorted(rows)]


def main() -> None:
    """Measure steps and releases, print both beside each other, and what is computed on paper."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", nargs="+", type=lambda text: int(float(text)), default=[1_000_000, 10_000_000])
    parser.add_argument("--paper", nargs="+", type=lambda text: int(float(text)), default=[10**8, 10**10])
    parser.add_argument("--data", type=Path, help="keep the made-up files here")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as temporary:
        data = asked.data or Path(temporary)
        data.mkdir(parents=True, exist_ok=True)
        steps = measure_steps(data)
        runs = whole_releases(data, asked.rows)
    smallest = runs[0]
    known = {"columns": len(SIZES), "tables": smallest["tables"], "cells": smallest["cells"]}
    costs = replace(steps, fixed=smallest["cpu_seconds"] - steps.release(rows=smallest["rows"], **known))
    print(f"per million rows: {costs.encode:.4f} a column, {costs.count:.4f} a table")
    print(f"per thousand cells of noise: {costs.noise:.4f}; however many rows: {costs.fixed:.1f}")
    print(f"{'rows':>16} {'by the model':>13} {'measured':>9} {'peak MB':>8}")
    for run in runs:
        model = costs.release(rows=run["rows"], columns=len(SIZES), tables=run["tables"], cells=run["cells"])
        print(f"{run['rows']:>16,} {model:>13.1f} {run['cpu_seconds']:>9.1f} {run['peak_mb']:>8}")
    for rows in asked.paper:
        print(f"{rows:>16,} {costs.release(rows=rows, **known):>13.1f}  on paper")
    if asked.json:
        asked.json.write_text(json.dumps({"costs": asdict(costs), "runs": runs}, indent=1) + "\n")


if __name__ == "__main__":
    main()
