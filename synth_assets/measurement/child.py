"""The measuring process: the only one that opens a source. A job comes in, a status goes out.

It reads one line, the job. Everything it prints goes to its scratch folder, no
other process can read its memory, and it ends with one of the few numbers of
:class:`~synth_assets.measurement.job.Status`; the release itself is the only
other thing that leaves. Once the reservation is open every fault is the same
one. When its parent ends, the pipe of its standard input closes and it ends
too, but never between the announcement of a draw and its answer.
"""

import os
import shutil
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, Thread

from synth_assets.contract import DatasetContract
from synth_assets.errors import LedgerBusy, LedgerUnavailable, Refused, UsageError
from synth_assets.ledger import DataPermit, Ledger, open_ledger
from synth_assets.measurement.job import Job, Status
from synth_assets.measurement.journal import DeadReservation
from synth_assets.measurement.measuring import Measuring
from synth_assets.measurement.memory import leave_no_memory
from synth_assets.release import write_release
from synth_assets.source.guard import enter_measuring_process
from synth_assets.source.registry import is_reachable
from synth_assets.workspace import Workspace

__all__ = ["main", "run_job"]

_PUBLIC_UMASK = 0o022


def main() -> int:
    """Read a job from standard input, do it and return its status."""
    enter_measuring_process()
    leave_no_memory()
    os.umask(0o077)
    job = Job.from_line(_read_line())
    undisturbed = Lock()
    Thread(target=_end_with_parent, args=(undisturbed, Path.cwd()), daemon=True).start()
    return run_job(job, scratch=Path.cwd(), undisturbed=undisturbed)


def run_job(job: Job, *, scratch: Path, undisturbed: Lock) -> Status:
    """Make one measurement: open the reservation, then measure, write the release and settle.

    Args:
        job: what to measure.
        scratch: a folder of this process in the private zone.
        undisturbed: is held between the announcement of a draw and its answer.
    """
    workspace = Workspace(root=job.root)
    contract = DatasetContract.model_validate_json(job.contract)
    try:
        ledger = open_ledger(workspace.ledger_url)
        permit = _begin(ledger, job, contract)
    except LedgerBusy:
        return Status.LEDGER_BUSY
    except LedgerUnavailable:
        return Status.LEDGER_UNAVAILABLE
    except (Refused, UsageError):
        return Status.REFUSED
    if permit is None:
        return Status.SOURCE_UNREACHABLE
    try:
        return _measure(
            Measuring(contract, ledger=ledger, permit=permit, workspace=workspace, scratch=scratch, lock=undisturbed)
        )
    except BaseException:  # noqa: BLE001 - whatever it is depends on private rows, so it has one name
        with suppress(OSError):
            traceback.print_exc()
        return Status.FAILED


def _begin(ledger: Ledger, job: Job, contract: DatasetContract) -> DataPermit | None:
    """Open the reservation if the source can be reached; its content decides nothing here."""
    request = ledger.reservation(job.reservation).request
    if request.fingerprint != contract.fingerprint():
        raise UsageError("the job's contract is not the reserved one", hint="start it through obtain_release")
    source = ledger.source(request.source)
    # An engineer's login on PostgreSQL learns the place by redeeming alone, so it cannot look beforehand.
    if source.location and not is_reachable(source):
        return None
    return ledger.begin(job.reservation)


def _measure(measuring: Measuring) -> Status:
    try:
        release = measuring.make_release()
    except DeadReservation:
        measuring.settle(release_digest=None)
        return Status.DEAD
    with _public_files():
        written = write_release(release, measuring.workspace.releases)
    measuring.settle(release_digest=written.digest)
    return Status.DONE


@contextmanager
def _public_files() -> Iterator[None]:
    """A release is public, so its files are readable like others; all else here is the owner's."""
    before = os.umask(_PUBLIC_UMASK)
    try:
        yield
    finally:
        os.umask(before)


def _read_line() -> bytes:
    """Read the job without a buffer, because another thread goes on reading the same pipe."""
    line = bytearray()
    while not line.endswith(b"\n"):
        piece = os.read(0, 1)
        if not piece:
            break
        line += piece
    return bytes(line)


def _end_with_parent(undisturbed: Lock, scratch: Path) -> None:
    while os.read(0, 1024):
        pass
    undisturbed.acquire()
    shutil.rmtree(scratch, ignore_errors=True)
    os._exit(Status.FAILED)
