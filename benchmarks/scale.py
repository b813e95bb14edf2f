"""How long a release of many rows takes, and how much memory: the whole call, the measuring process included.

    python benchmarks/scale.py --rows 1e6 1e7 --json scale.json

makes Parquet files of 15 dictionary-encoded columns with 2 to 100 values (105
pairs) in a temporary folder, registers them, pays and measures, each case in a
process of its own. ``--unit`` adds a person id with at most 3 rows counted,
``--kind csv`` writes CSV instead, ``--data`` keeps the files for the next time.
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
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from synth_assets.contract import DatasetContract
from synth_assets.ledger import Account, open_ledger
from synth_assets.measurement import obtain_release
from synth_assets.privacy import Cap
from synth_assets.source.registry import make_source
from synth_assets.workspace import Workspace

SIZES = np.linspace(2, 100, 15).astype(int)
PART_ROWS = 1_000_000
FILE_ROWS = 10_000_000
MAX_ROWS = 3


def make_part(seed: int, rows: int) -> pa.Table:
    """Make rows whose columns depend on a common cause; each person has about four."""
    random = np.random.default_rng(seed)
    cause = random.random(rows)
    columns: dict[str, Any] = {"person": random.integers(0, 2**62, rows) % (250_000 * (seed + 1))}
    for place, size in enumerate(SIZES):
        codes = ((cause + random.random(rows)) / 2 * size).astype(np.int32)
        columns[f"c{place}"] = pa.DictionaryArray.from_arrays(codes, [f"v{value}" for value in range(size)])
    return pa.table(columns)


def write_files(folder: Path, *, rows: int, kind: str) -> None:
    """Write files of at most ten million rows, once."""
    if folder.exists():
        return
    folder.mkdir(parents=True)
    for file in range(-(-rows // FILE_ROWS)):
        seeds = range(file * FILE_ROWS // PART_ROWS, -(-min(rows, (file + 1) * FILE_ROWS) // PART_ROWS))
        parts = ((seed, min(PART_ROWS, rows - seed * PART_ROWS)) for seed in seeds)
        _write(folder / f"{file:03}.{kind}", parts, kind=kind)


def _write(path: Path, parts: Iterable[tuple[int, int]], *, kind: str) -> None:
    schema = make_part(0, 1).schema
    if kind == "csv":
        schema = pa.schema([(name, pa.int64() if name == "person" else pa.string()) for name in schema.names])
    with csv.CSVWriter(path, schema) if kind == "csv" else pq.ParquetWriter(path, schema) as writer:
        for seed, count in parts:
            writer.write_table(make_part(seed, count).cast(schema))


def make_contract(*, unit: bool) -> DatasetContract:
    """Declare the 15 columns."""
    columns = {
        f"c{place}": {"type": "categorical", "categories": [f"v{v}" for v in range(size)], "domain_source": "made up"}
        for place, size in enumerate(SIZES)
    }
    privacy: dict[str, Any] = {
        "unit": {"column": "person", "max_rows": MAX_ROWS} if unit else "rows",
        "spend": {"epsilon": 1.0, "delta": 1e-9},
    }
    return DatasetContract.model_validate(
        {"name": "scale", "purpose": "A benchmark.", "source": "scale", "privacy": privacy, "columns": columns}
    )


def measure(data: Path, *, kind: str, unit: bool) -> dict[str, Any]:
    """Register and obtain one release; wall and CPU seconds, and peak memory of the larger process."""
    contract = make_contract(unit=unit)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(root=Path(folder))
        ledger = open_ledger(workspace.ledger_url)
        account = Account(name="scale", source="scale", population="nobody", unit=contract.unit())
        ledger.open_account(account, Cap(epsilon=2.0, delta=1e-8), by="officer")
        source = make_source(
            "scale",
            kind=kind,
            location=str(data / f"*.{kind}"),
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
    }


def in_a_process(data: Path, *, rows: int, kind: str, unit: bool) -> dict[str, Any]:
    """Run one case in a process of its own, so that its memory is its own."""
    folder = data / f"{kind}-{rows}"
    write_files(folder, rows=rows, kind=kind)
    command = [sys.executable, __file__, "--case", str(folder), "--kind", kind, *(["--unit"] if unit else [])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(entry or "." for entry in sys.path)}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return {"rows": rows, "kind": kind, "unit": "person" if unit else "row", **json.loads(done.stdout)}


def main() -> None:
    """Run all cases, print a table and write JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", nargs="+", type=lambda text: int(float(text)), default=[1_000_000, 10_000_000])
    parser.add_argument("--kind", choices=["parquet", "csv"], default="parquet")
    parser.add_argument("--unit", action="store_true", help="bound the rows of a person")
    parser.add_argument("--data", type=Path, help="keep the made-up files here")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--case", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.case:
        print(json.dumps(measure(asked.case, kind=asked.kind, unit=asked.unit)))
        return
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{'rows':>12} {'kind':>8} {'unit':>7} {'seconds':>8} {'cpu s':>8} {'peak MB':>8} {'tables':>7}")
    found = []
    with tempfile.TemporaryDirectory() as temporary:
        for rows in asked.rows:
            case = in_a_process(asked.data or Path(temporary), rows=rows, kind=asked.kind, unit=asked.unit)
            found.append(case)
            print(
                f"{case['rows']:>12,} {case['kind']:>8} {case['unit']:>7} {case['seconds']:>8} {case['cpu_seconds']:>8}"
                f" {case['peak_mb']:>8} {case['tables']:>7}",
                flush=True,
            )
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
