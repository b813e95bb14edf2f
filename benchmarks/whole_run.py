"""One run of ours from contract to candidate, in its own process, so that time and memory are measured separately.

    python benchmarks/whole_run.py FOLDER --seed 0
    python benchmarks/whole_run.py FOLDER --release-only
    python benchmarks/whole_run.py FOLDER --kind gan

FOLDER holds ``contract.json`` and ``real.csv`` or ``real.parquet``; the run
registers the source, pays, measures in a child process, fits, samples, and
leaves ``synthetic.csv``, and the release's grids in ``grids.json``. Where a release was paid, it is used again.
:func:`timed_process` measures both our runs and those of the peers.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synth_assets.obtain.release import ObtainedRelease

__all__ = ["GRIDS", "Failure", "last_words", "obtain", "synthesize", "timed_process", "timed_run"]

GRIDS = "grids.json"
"""Coarse code of each fine code, by column."""


class Failure(Exception):  # noqa: N818 - a result that is printed in the table
    """Why a run has no figures."""


def obtain(folder: Path) -> "ObtainedRelease":
    """Register the source and pay for a release below ``folder``, or return the one that was paid before."""
    from synth_assets.contract import DatasetContract
    from synth_assets.ledger import Account, open_ledger
    from synth_assets.obtain import obtain_release
    from synth_assets.privacy import Cap
    from synth_assets.source.register import make_source
    from synth_assets.workspace import Workspace

    contract = DatasetContract.model_validate_json((folder / "contract.json").read_text())
    name, unit, spend = contract.name, contract.unit(), contract.privacy.spend
    workspace = Workspace(root=folder)
    ledger = open_ledger(workspace.ledger_url)
    if not (folder / GRIDS).exists():
        account = Account(name=name, source=name, population="nobody", unit=unit)
        ledger.open_account(account, Cap(epsilon=2 * spend.epsilon, delta=2 * spend.delta), by="officer")
        if contract.privacy.holdout:
            ledger.split_account(name, share=contract.privacy.holdout, by="officer")
        (file,) = folder.glob("real.*")
        source = make_source(name, kind=file.suffix[1:], location=str(file), account=name, version="1", unit=unit)
        ledger.add_source(source, by="officer")
    obtained = obtain_release(contract, workspace=workspace, ledger=ledger, by="engineer", reason="benchmark")
    grids = {column: grid.tolist() for column, grid in obtained.release.grids.items()}
    (folder / GRIDS).write_text(json.dumps(grids))
    return obtained


def synthesize(folder: Path, *, seed: int, kind: str = "mixture", options: dict[str, Any] | None = None) -> None:
    """Release, fit and sample for real, below ``folder``."""
    from synth_assets.candidate import write_candidate
    from synth_assets.contract import DatasetContract
    from synth_assets.generator import fit_generator
    from synth_assets.workspace import Workspace

    release, workspace = obtain(folder).release, Workspace(root=folder)
    contract = DatasetContract.model_validate_json((folder / "contract.json").read_text())
    name = contract.name
    fitted = fit_generator(release, kind=kind, options=options, seed=seed, generators=workspace.generators(name))
    candidate = write_candidate(contract, fitted, release, seed=seed, candidates=workspace.candidates(name))
    candidate.table().to_pandas().to_csv(folder / "synthetic.csv", index=False, na_rep="N")


def timed_run(folder: Path, *arguments: str, limit: float | None = None) -> dict[str, float]:
    """Run this script in its own process with further arguments; return what :func:`timed_process` measures."""
    command = [sys.executable, __file__, str(folder), *arguments]
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join(entry or "." for entry in sys.path)}
    return timed_process(command, variables=variables, log=folder / "log.txt", limit=limit)


def timed_process(
    command: Sequence[str], *, variables: dict[str, str], log: Path, limit: float | None = None
) -> dict[str, float]:
    """Run a process to its end; return wall and CPU seconds, and peak memory of it or its largest child.

    Raises:
        Failure: it stopped with an error, or was stopped after ``limit`` seconds.
    """
    start, late = time.perf_counter(), threading.Event()
    with log.open("w") as output:
        process = subprocess.Popen(command, env=variables, stdout=output, stderr=output, start_new_session=True)

    def stop() -> None:
        late.set()
        os.killpg(process.pid, signal.SIGKILL)

    timer = threading.Timer(limit or threading.TIMEOUT_MAX, stop)
    timer.start()
    _, status, usage = os.wait4(process.pid, 0)
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    if late.is_set():
        raise Failure(f"did not finish in {limit:.0f} s")
    if process.returncode:
        raise Failure(f"stopped: {last_words(log.read_text())}")
    return {
        "seconds": time.perf_counter() - start,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / 1024,
    }


def last_words(text: str) -> str:
    """Return the last error with its message, or else the last line that is not empty."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("WARNING")]
    positions = [position for position, line in enumerate(lines) if re.match(r"[\w.]*(Error|Exception)\b|ERROR", line)]
    # Some put the message on the line after the error's name.
    last = lines[positions[-1] : positions[-1] + 2] if positions else lines[-1:]
    return " ".join(last)[:200] or "no message"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--release-only", action="store_true", help="pay for the release and fit nothing")
    parser.add_argument("--kind", default="mixture", help="kind of generator")
    parser.add_argument("--options", type=json.loads, help="of the kind, as JSON")
    asked = parser.parse_args()
    if asked.release_only:
        obtain(asked.folder)
    else:
        synthesize(asked.folder, seed=asked.seed, kind=asked.kind, options=asked.options)
