"""The measuring process: the only one that opens a source. A job comes in, a status goes out.

It reads one line, the job. Everything it prints goes to its scratch folder, no
other process can read its memory, and it ends with one of the few numbers of
:class:`~synth_assets.obtain.job.Status`; the release itself is the only
other thing that leaves. Once the source is opened every fault is the same one;
only that the ledger cannot be reached any more when everything is done is said
apart, because then the release is there and must not look lost. When its parent
ends, the pipe of its standard input closes and it ends too, but never between
the announcement of a draw and its answer.
"""

import os
import shutil
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, Thread

from synth_assets.errors import IntegrityError, LedgerBusy, LedgerUnavailable, Refused, SynthAssetsError, UsageError
from synth_assets.ledger import DataPermit, Ledger, open_ledger
from synth_assets.measurement.journal import DeadReservation
from synth_assets.measurement.memory import leave_no_memory
from synth_assets.measurement.permit import Measuring
from synth_assets.obtain.job import Job, Status
from synth_assets.release import write_release
from synth_assets.source.guard import enter_measuring_process
from synth_assets.source.register import is_reachable
from synth_assets.strategy.plan import Plan
from synth_assets.strategy.plans import plan_of
from synth_assets.workspace import Workspace

__all__ = ["main", "run_job"]

_PUBLIC_UMASK = 0o022
_WHY: tuple[tuple[type[SynthAssetsError], Status], ...] = (
    (IntegrityError, Status.ALTERED),
    (LedgerBusy, Status.LEDGER_BUSY),
    (LedgerUnavailable, Status.LEDGER_UNAVAILABLE),
)


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
    plan = plan_of(job.plan, job.arguments)
    try:
        ledger = open_ledger(workspace.ledger_url)
        permit = _begin(ledger, job, plan)
    except (IntegrityError, LedgerBusy, LedgerUnavailable, Refused, UsageError) as error:
        return next((status for kind, status in _WHY if isinstance(error, kind)), Status.REFUSED)
    if permit is None:
        return Status.SOURCE_UNREACHABLE
    try:
        measuring = Measuring(
            plan, ledger=ledger, permit=permit, workspace=workspace, scratch=scratch, lock=undisturbed
        )
    except IntegrityError:  # by the ledger alone: the place was not given, so no row was read
        return Status.ALTERED
    except BaseException:  # noqa: BLE001 - as below
        return _failed()
    try:
        return _measure(measuring)
    except BaseException:  # noqa: BLE001 - whatever it is depends on private rows, so it has one name
        return _failed()


def _failed() -> Status:
    with suppress(OSError):
        traceback.print_exc()
    return Status.FAILED


def _begin(ledger: Ledger, job: Job, plan: Plan) -> DataPermit | None:
    """Open the reservation if the source can be reached; its content decides nothing here."""
    request = ledger.reservation(job.reservation).request
    if request.fingerprint != plan.fingerprint():
        raise UsageError("the job's plan is not the reserved one", hint="start it through obtain_release")
    source = ledger.source(request.source)
    # An engineer's login on PostgreSQL learns the place by redeeming alone, so it cannot look beforehand.
    if source.location and not is_reachable(source):
        return None
    return ledger.begin(job.reservation)


def _measure(measuring: Measuring) -> Status:
    try:
        release = measuring.make_release()
    except DeadReservation:
        return _settle(measuring, release_digest=None, done=Status.DEAD)
    with _public_files():
        written = write_release(release, measuring.workspace.releases)
    return _settle(measuring, release_digest=written.digest, done=Status.DONE)


def _settle(measuring: Measuring, *, release_digest: str | None, done: Status) -> Status:
    """End the reservation; who started this process looks up in the ledger what became of it."""
    try:
        measuring.settle(release_digest=release_digest)
    except (LedgerBusy, LedgerUnavailable):
        return Status.UNSETTLED
    return done


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
