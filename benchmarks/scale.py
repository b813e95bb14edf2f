"""How much time and memory a release of many rows takes: the whole call, including the measuring process.

    python benchmarks/scale.py --rows 1e7 3e7 1e8 --json scale.json
    python benchmarks/scale.py --columns 100 200 --rows 50000

makes Parquet files of 15 dictionary-encoded columns with 2 to 100 values (105
pairs) in a temporary folder, ten million rows per file, registers them, pays and
measures, each case in its own process. ``--unit`` adds a person id with at
most 3 rows counted, ``--holdout 0.1`` holds out persons, ``--kind csv`` or ``csv-quoted`` writes CSV instead,
``--data`` keeps the files for later runs. ``--columns`` makes tables of many
columns instead and runs them from release to candidate, see ``wide.py``.
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
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv
from wide import measure_wide

from synth_assets.contract import DatasetContract
from synth_assets.ledger import Account, open_ledger
from synth_assets.obtain import obtain_release
from synth_assets.privacy import Cap
from synth_assets.source.register import make_source
from synth_assets.workspace import Workspace

SIZES = np.linspace(2, 100, 15).astype(int)
PART_ROWS = 1_000_000
FILE_ROWS = 10_000_000
MAX_ROWS = 3


def make_part(seed: int, rows: int, *, unit: bool) -> pa.Table:
    """Make rows whose columns depend on a common cause; each person has about four."""
    random = np.random.default_rng(seed)
    cause = random.random(rows)
    columns: dict[str, Any] = {}
    if unit:
        columns["person"] = random.integers(0, 2**62, rows) % (250_000 * (seed + 1))
    for number, size in enumerate(SIZES):
        codes = ((cause + random.random(rows)) / 2 * size).astype(np.int32)
        columns[f"c{number}"] = pa.DictionaryArray.from_arrays(codes, [f"v{value}" for value in range(size)])
    return pa.table(columns)


def write_files(data: Path, *, rows: int, kind: str, unit: bool) -> Path:
    """Return a folder with files of at most ten million rows; existing files are used again."""
    folder = data / f"{kind}-{'person' if unit else 'row'}-{rows}"
    folder.mkdir(parents=True, exist_ok=True)
    for start in range(0, rows, FILE_ROWS):
        count = min(FILE_ROWS, rows - start)
        name = f"{kind}-{unit:d}-{start}-{count}.{kind[:3] if kind.startswith('csv') else kind}"
        if not (data / name).exists():
            _write(data / name, start=start, rows=count, kind=kind, unit=unit)
        if not (folder / name).exists():
            os.link(data / name, folder / name)
    return folder


def _write(path: Path, *, start: int, rows: int, kind: str, unit: bool) -> None:
    schema = make_part(0, 1, unit=unit).schema
    if kind != "parquet":
        schema = pa.schema([(name, pa.int64() if name == "person" else pa.string()) for name in schema.names])
    quotes = csv.WriteOptions(quoting_style="all_valid" if kind == "csv-quoted" else "none")
    with (
        csv.CSVWriter(path, schema, write_options=quotes)
        if kind != "parquet"
        else pq.ParquetWriter(path, schema) as writer
    ):
        for first in range(start, start + rows, PART_ROWS):
            count = min(PART_ROWS, start + rows - first)
            writer.write_table(make_part(first // PART_ROWS, count, unit=unit).cast(schema))


def make_contract(*, unit: bool, holdout: float = 0.0) -> DatasetContract:
    """Declare the 15 columns."""
    columns = {
        f"c{number}": {"type": "categorical", "categories": [f"v{v}" for v in range(size)], "domain_source": "made up"}
        for number, size in enumerate(SIZES)
    }
    privacy: dict[str, Any] = {
        "unit": {"column": "person", "max_rows": MAX_ROWS} if unit else "rows",
        "spend": {"epsilon": 1.0, "delta": 1e-9},
        "holdout": holdout,
    }
    return DatasetContract.model_validate(
        {"name": "scale", "purpose": "A benchmark.", "source": "scale", "privacy": privacy, "columns": columns}
    )


def measure(data: Path, *, kind: str, unit: bool, holdout: float) -> dict[str, Any]:
    """Register and obtain one release; return wall and CPU seconds and peak memory of the larger process."""
    contract = make_contract(unit=unit, holdout=holdout)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(root=Path(folder))
        ledger = open_ledger(workspace.ledger_url)
        account = Account(name="scale", source="scale", population="nobody", unit=contract.unit())
        ledger.open_account(account, Cap(epsilon=2.0, delta=1e-8), by="officer")
        if holdout:
            ledger.split_account("scale", share=holdout, by="officer")
        source = make_source(
            "scale",
            kind=kind[:3] if kind.startswith("csv") else kind,
            location=str(data / "*"),
            account="scale",
            version="1",
            unit=contract.unit(),
        )
        ledger.add_source(source, by="officer")
        start = time.perf_counter()
        obtained = obtain_release(contract, workspace=workspace, ledger=ledger, by="engineer", reason="benchmark")
        seconds = time.perf_counter() - start
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "seconds": round(seconds, 2),
        "cpu_seconds": round(child.ru_utime + child.ru_stime, 2),
        "peak_mb": round(child.ru_maxrss / 1024),
        "tables": len(obtained.release.marginals),
        "cells": sum(table.counts.size for table in obtained.release.marginals),
    }


def in_a_process(data: Path, *, rows: int, kind: str, unit: bool, holdout: float) -> dict[str, Any]:
    """Run one case in its own process, so that its memory is measured separately."""
    folder = write_files(data, rows=rows, kind=kind, unit=unit)
    command = [sys.executable, __file__, "--case", str(folder), "--kind", kind, "--holdout", str(holdout)]
    command += ["--unit"] if unit else []
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(entry or "." for entry in sys.path)}
    process = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    described = {"rows": rows, "kind": kind, "unit": "person" if unit else "row", "holdout": holdout}
    return {**described, **json.loads(process.stdout)}


def main() -> None:
    """Run all cases, print a table and write JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--rows", nargs="+", type=lambda text: int(float(text)), help="1e6 and 1e7, or 50,000 with --columns"
    )
    parser.add_argument("--kind", choices=["parquet", "csv", "csv-quoted"], default="parquet")
    parser.add_argument("--unit", action="store_true", help="bound the rows per person")
    parser.add_argument("--holdout", type=float, default=0.0, help="share of persons held out; with --unit")
    parser.add_argument("--data", type=Path, help="keep the made-up files here")
    parser.add_argument("--columns", nargs="+", type=int, help="run tables with these numbers of columns, end to end")
    parser.add_argument("--epsilon", type=float, default=1.0, help="epsilon of the tables of many columns")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--case", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.case:
        print(json.dumps(measure(asked.case, kind=asked.kind, unit=asked.unit, holdout=asked.holdout)))
        return
    load = f"load {os.getloadavg()[0]:.1f}"
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, {platform.platform()}, {load}")
    cases = []
    for case in many_columns(asked) if asked.columns else many_rows(asked):
        if not cases:
            print("".join(f"{name:>14}" for name in case))
        cases.append(case)
        print("".join(f"{_shown(value):>14}" for value in case.values()), flush=True)
    if asked.json:
        asked.json.write_text(json.dumps({"machine": platform.platform(), "cases": cases}, indent=1) + "\n")


def many_rows(asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Measure releases of many rows."""
    with tempfile.TemporaryDirectory() as temporary:
        for rows in asked.rows or (1_000_000, 10_000_000):
            folder = asked.data or Path(temporary)
            yield in_a_process(folder, rows=rows, kind=asked.kind, unit=asked.unit, holdout=asked.holdout)


def many_columns(asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Measure tables of many columns end to end."""
    for columns in asked.columns:
        for rows in asked.rows or (50_000,):
            yield measure_wide(columns, rows=rows, epsilon=asked.epsilon)


def _shown(value: Any) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


if __name__ == "__main__":
    main()
