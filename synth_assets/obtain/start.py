"""Start the measuring process and wait for its status; its output stays in the private zone."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from synth_assets.ledger import Reservation
from synth_assets.ledger.trust import absolute_environment
from synth_assets.obtain.job import CuratorJob, Job, Status, ToolJob
from synth_assets.obtain.scratch import OUTPUT, open_output, open_scratch
from synth_assets.strategy.plan import Plan
from synth_assets.workspace import Workspace

__all__ = ["child_environment", "compute_for_curator", "import_path", "measure", "measure_apart"]

_GRACE_SECONDS = 60.0


def measure(plan: Plan, reservation: Reservation, *, workspace: Workspace) -> int:
    """Start the measuring process and wait for its status; its output stays in the private zone."""
    job = Job(
        root=workspace.root,
        reservation=reservation.id,
        plan=plan.name,
        arguments=plan.arguments(),
        workers=workspace.counted_by,
    )
    with open_scratch(workspace.scratch) as scratch:
        status = measure_apart(job, scratch)
        if status != Status.DONE:
            _keep_details(scratch, workspace.curator / "measurements" / reservation.id)
    return status


def compute_for_curator(job: CuratorJob | ToolJob, *, workspace: Workspace) -> int:
    """Start the same program for a curator and wait for its status; nothing else comes back."""
    with open_scratch(workspace.scratch) as scratch:
        status = measure_apart(job, scratch)
        if status != Status.DONE:
            _keep_details(scratch, workspace.curator / job.path.with_suffix(""))
    return status


def measure_apart(job: Job | CuratorJob | ToolJob, scratch: Path) -> int:
    """Pass a job to a new process, wait for it, and return its status; it ends when this process does."""
    with open_output(scratch) as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "synth_assets.measurement", *job.words],
            cwd=scratch,
            env=child_environment(scratch, job.root),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C must not interrupt it between a draw and its answer
        )
        assert process.stdin is not None  # noqa: S101 - it was asked for
        try:
            with suppress(BrokenPipeError):
                process.stdin.write(job.to_line())
                process.stdin.flush()
            return process.wait()
        except BaseException:
            _end(process)
            raise
        finally:
            with suppress(BrokenPipeError):
                process.stdin.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close the pipe, which ends the process as soon as no draw is in progress."""
    assert process.stdin is not None  # noqa: S101 - it was asked for
    with suppress(BrokenPipeError):
        process.stdin.close()
    try:
        process.wait(timeout=_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def child_environment(scratch: Path, root: Path) -> dict[str, str]:
    """Return the environment of the process: our import path, absolute paths of keys, and its scratch folder.

    Arrow's own memory pools, and one arena per thread, keep freed memory: with many rows that is 200 MB more.
    """
    memory = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "2"}
    path = import_path(str(root))
    return {**os.environ, **absolute_environment(), "PYTHONPATH": path, "TMPDIR": str(scratch), **memory}


def import_path(*more: str) -> str:
    """Return where this process imports from, and more places, for a process that starts in another folder."""
    entries = [str(Path(entry).absolute()) for entry in sys.path if not entry.endswith(".zip")]
    return os.pathsep.join(dict.fromkeys([*entries, *more]))


def _keep_details(scratch: Path, folder: Path) -> None:
    """Move the output of the process to the curator's store; it is never read here."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (scratch / OUTPUT).rename(folder / f"{len(list(folder.iterdir())) + 1}.txt")
