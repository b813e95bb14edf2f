"""What counting on a Dask cluster costs beyond counting in one process, and what a second worker saves.

    python benchmarks/cluster.py DATA --rows 1e7 [--unit] [--cases kernel 1 2] [--repeat 2]

makes Parquet files of 15 columns in the folder DATA (those of ``scale.py``), counts all 15 columns and 105 pairs of
them, once by the kernel and once by a cluster of one and of two workers on this machine, each worker with one thread.
Prints wall time, CPU time of all processes together (driver, scheduler, workers; of what they do from the first
question on, so without starting), the most memory of a worker, and whether the integers are equal. A scheduler and its
workers use processor time while nothing is asked, a few percent of a core each, and more of it the longer others keep
the machine busy; at the rate of four idle seconds before, that is taken off in "but for idling".
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any, cast

import numpy as np
from scale import MAX_ROWS, SIZES, write_files

from synth_assets.domain import Column, Domain
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.cluster.engine import ClusterEngine
from synth_assets.source.cluster.rows import SourceRows
from synth_assets.source.engine import CountEngine, Table
from synth_assets.source.kernel import LocalKernel
from synth_assets.source.kinds.parquet import ParquetFiles
from synth_assets.workers import Opener, opener
from synth_assets.workers.pool import Pool
from synth_assets.workers.ready import is_ready

NAMES = [f"c{number}" for number in range(len(SIZES))]
DOMAIN = Domain(
    columns=tuple(
        Column(name=name, kind="categorical", categories=tuple(f"v{value}" for value in range(size)))
        for name, size in zip(NAMES, SIZES, strict=True)
    )
)
DRAWS: list[list[Table]] = [[((name,), "fine") for name in NAMES], [(pair, "fine") for pair in combinations(NAMES, 2)]]
_ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
}


IDLE_SECONDS = 4


def main() -> None:
    """Run all cases, each in processes of its own, and print ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rows", type=float, default=1e7)
    parser.add_argument("--unit", action="store_true")
    parser.add_argument("--cases", nargs="+", default=["kernel", "1", "2"])
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--case", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.case:
        print(json.dumps(measure(given.data, given.case, unit=given.unit)))
        return
    folder = write_files(given.data, rows=int(given.rows), kind="parquet", unit=given.unit)
    print(
        f"{given.rows:g} rows, {'people' if given.unit else 'rows'} as units, load {os.getloadavg()[0]:.1f}", flush=True
    )
    best: dict[str, dict[str, Any]] = {}
    for case in given.cases * given.repeat:
        command = [sys.executable, __file__, str(folder), "--case", case, *(["--unit"] if given.unit else [])]
        run = json.loads(
            subprocess.run(command, check=True, stdout=subprocess.PIPE, env={**os.environ, **_ONE_THREAD}).stdout
        )
        print(f"{case:>7}  {run} load {os.getloadavg()[0]:.1f}", flush=True)
        if run["digest"] != best.get("kernel", run)["digest"]:
            raise SystemExit("the integers are not the kernel's")
        if case not in best or run["cpu s"] < best[case]["cpu s"]:
            best[case] = {**run, "wall s": min(run["wall s"], best.get(case, run)["wall s"])}
    if {"kernel", "1"} <= set(best):
        for what in ("cpu s", "cpu s but for idling"):
            print(f"{what} beyond the kernel's: {best['1'][what] / best['kernel'][what] - 1:+.1%}")
    if {"1", "2"} <= set(best):
        print(f"wall time of one worker over two: {best['1']['wall s'] / best['2']['wall s']:.2f}")


def measure(folder: Path, case: str, *, unit: bool) -> dict[str, Any]:
    """Count all tables by the kernel or by so many workers."""
    who = PrivacyUnit(column="person", max_rows=MAX_ROWS) if unit else PrivacyUnit()
    location = str(folder / "*.parquet")
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        scratch = Path(name)
        if case == "kernel":
            batches = partial(ParquetFiles().batches, location, {})
            more = ["person"] if unit else []
            return ask(
                LocalKernel(lambda names: batches([*names, *more]), unit=who, secret=bytes(32), scratch=scratch), []
            )
        processes = start(scratch, workers=int(case))
        try:
            return on_cluster(scratch, who, location, processes)
        finally:
            for process in processes:
                process.kill()
                process.wait()


def start(scratch: Path, *, workers: int) -> list["subprocess.Popen[bytes]"]:
    """Start a scheduler and workers, and wait for the scheduler."""
    file = scratch / "scheduler.json"
    common = ["--scheduler-file", str(file), "--no-dashboard"]
    words = [["scheduler", "--host", "127.0.0.1", "--port", "0"]]
    words += [["worker", "--nthreads", "1", "--no-nanny", "--local-directory", str(scratch)]] * workers
    quiet: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = []
    for program, *more in words:
        command = [sys.executable, "-W", "ignore", "-m", f"distributed.cli.dask_{program}", *common, *more]
        started.append(subprocess.Popen(command, **quiet))
    while not file.exists() or not file.read_bytes().rstrip().endswith(b"}"):
        time.sleep(0.05)
    return started


def on_cluster(
    scratch: Path, who: PrivacyUnit, location: str, processes: Sequence["subprocess.Popen[bytes]"]
) -> dict[str, Any]:
    """Wait until all workers have imported what they need, then count."""
    from distributed import Client

    address = json.loads((scratch / "scheduler.json").read_text())["address"]
    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(len(processes) - 1)
        client.run(_import)
        client.run_on_scheduler(_import)  # it unpacks tasks too
    opened = opener(address.replace("tcp:", "dask:"))
    with Pool(cast("Opener", opened)) as pool:
        if not is_ready(pool, scratch):
            raise SystemExit("the workers do not answer")
        rows = SourceRows(kind="parquet", options={}, unit=who, window=None, part=None, split_key=None, scratch=scratch)
        find = partial(ParquetFiles().partitions, location, {})
        return ask(ClusterEngine(rows, find, pool, secret=bytes(32)), [process.pid for process in processes])


def _import() -> None:
    import synth_assets.source.cluster.tasks
    import synth_assets.source.kinds.parquet  # noqa: F401


def ask(engine: CountEngine, pids: Sequence[int]) -> dict[str, Any]:
    """Count all tables; ``pids`` are a scheduler's and its workers'."""
    idle = cpu_seconds(pids)
    time.sleep(IDLE_SECONDS if pids else 0)
    idle_rates = [(after - first) / IDLE_SECONDS for after, first in zip(cpu_seconds(pids), idle, strict=True)]
    started, before, digest = time.monotonic(), cpu_seconds(pids), hashlib.sha256()
    for tables in DRAWS:
        for counts in engine.tables(tables, domain=DOMAIN, grids={}):
            digest.update(np.ascontiguousarray(counts).tobytes())
    used = [after - first for after, first in zip(cpu_seconds(pids), before, strict=True)]
    wall = time.monotonic() - started
    return {
        "wall s": round(wall, 2),
        "cpu s": round(sum(used), 2),
        "cpu s but for idling": round(sum(used) - wall * sum(idle_rates), 2),
        "of driver, scheduler, workers": [round(seconds, 2) for seconds in used],
        "worker MB": max(map(most_memory, pids[1:] or [os.getpid()])),
        "digest": digest.hexdigest()[:12],
    }


def cpu_seconds(pids: Sequence[int]) -> list[float]:
    """Return the processor time of this process, then of others."""
    ticks = os.sysconf("SC_CLK_TCK")
    stats = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids)
    return [time.process_time(), *((int(stat[11]) + int(stat[12])) / ticks for stat in stats)]


def most_memory(pid: int) -> int:
    """Return the most memory that a process had, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) // 1024


if __name__ == "__main__":
    main()
