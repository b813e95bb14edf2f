"""The measuring process: the only one that opens a source. A job comes in, a status goes out.

It reads one line, the job. Its output goes to its scratch folder, no other process
can read its memory, and it exits with one of the numbers of
:class:`~synth_assets.obtain.job.Status`; the release is the only other output. Once
the source is opened, all faults have the same status, with one exception: if the
ledger or the shared storage becomes unreachable after the measurement is finished, the
release exists and must not look lost. When the parent ends, the pipe of standard input closes and this
process ends too, but never between the announcement of a draw and its answer.
"""

import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, Thread
from typing import TypeVar

from synth_assets.errors import (
    IntegrityError,
    LedgerBusy,
    LedgerUnavailable,
    Refused,
    StorageUnavailable,
    SynthAssetsError,
    UsageError,
)
from synth_assets.ledger import DataPermit, Ledger, open_ledger
from synth_assets.measurement.journal import DeadReservation
from synth_assets.measurement.memory import leave_no_memory
from synth_assets.measurement.permit import PermitHolder
from synth_assets.obtain.job import Job, Status
from synth_assets.obtain.scratch import delete_scratch
from synth_assets.release import write_release
from synth_assets.release.store import RELEASES
from synth_assets.source.guard import enter_measuring_process
from synth_assets.source.register import is_reachable
from synth_assets.storage import share
from synth_assets.strategy.plan import Plan
from synth_assets.strategy.plans import plan_of
from synth_assets.workers import opener
from synth_assets.workers.pool import Pool
from synth_assets.workers.ready import is_ready
from synth_assets.workspace import Workspace

__all__ = ["BEFORE_ROWS", "begin", "failed", "keep_private", "main", "run_job", "status_of"]

Asked = TypeVar("Asked")
"""A job of one of the kinds that this program knows."""
_PUBLIC_UMASK = 0o022
_PIECE = 1 << 16
_STATUS_OF_ERROR: tuple[tuple[type[SynthAssetsError], Status], ...] = (
    (IntegrityError, Status.ALTERED),
    (LedgerBusy, Status.LEDGER_BUSY),
    (LedgerUnavailable, Status.LEDGER_UNAVAILABLE),
)
BEFORE_ROWS = (IntegrityError, LedgerBusy, LedgerUnavailable, Refused, UsageError)
"""Errors of the ledger, which depend on no row."""


def main() -> int:
    """Read a job from standard input, do it and return its status."""
    job, undisturbed = begin(Job.from_line)
    return run_job(job, scratch=Path.cwd(), undisturbed=undisturbed)


def begin(from_line: Callable[[bytes], Asked], *, before_end: Callable[[], None] = lambda: None) -> tuple[Asked, Lock]:
    """Become the measuring process; return the job that it was started for, and the lock that it ends under.

    Whatever is not a job is refused before anything else starts: the process ends with its standard input.

    Args:
        from_line: reads the job.
        before_end: called under the lock, when the parent ended and this process is about to.
    """
    enter_measuring_process()
    keep_private()
    job, undisturbed = from_line(_read_line()), Lock()
    Thread(target=_end_with_parent, args=(undisturbed, before_end, Path.cwd()), daemon=True).start()
    return job, undisturbed


def keep_private() -> None:
    """Leave no memory of this process, and create files for the owner alone; processes that count do it too."""
    leave_no_memory()
    os.umask(0o077)


def run_job(job: Job, *, scratch: Path, undisturbed: Lock) -> Status:
    """Make one measurement: open the reservation, then measure, write the release and settle.

    Args:
        job: what to measure.
        scratch: a folder of this process in the private zone.
        undisturbed: a lock, held between the announcement of a draw and its answer.
    """
    opened = opener(job.workers, prepare=keep_private)
    if opened is None:
        return _run_job(job, None, scratch=scratch, undisturbed=undisturbed)
    with Pool(opened) as pool:
        if not pool.open():
            return Status.WORKERS_UNREACHABLE
        if not is_ready(pool, scratch):
            return Status.WORKERS_UNFIT
        return _run_job(job, pool, scratch=scratch, undisturbed=undisturbed)


def _run_job(job: Job, pool: Pool | None, *, scratch: Path, undisturbed: Lock) -> Status:
    workspace = Workspace(root=job.root)
    plan = plan_of(job.plan, job.arguments)
    try:
        ledger = open_ledger(workspace.ledger_url)
        permit = _begin(ledger, job, plan)
    except BEFORE_ROWS as error:
        return status_of(error)
    if permit is None:
        return Status.SOURCE_UNREACHABLE
    try:
        holder = PermitHolder(
            plan, ledger=ledger, permit=permit, workspace=workspace, scratch=scratch, lock=undisturbed, pool=pool
        )
    except IntegrityError:  # by the ledger alone: the location was not disclosed, so no row was read
        return Status.ALTERED
    except BaseException:  # noqa: BLE001 - as below
        return failed()
    try:
        return _measure(holder)
    except BaseException:  # noqa: BLE001 - the error may depend on private rows, so all errors have one status
        return failed()


def status_of(error: SynthAssetsError) -> Status:
    """Return the status of an error that came before any row."""
    return next((status for kind, status in _STATUS_OF_ERROR if isinstance(error, kind)), Status.REFUSED)


def failed() -> Status:
    """Print the error for the curator alone, and return the one status of all faults after rows were readable."""
    with suppress(OSError):
        traceback.print_exc()
    return Status.FAILED


def _begin(ledger: Ledger, job: Job, plan: Plan) -> DataPermit | None:
    """Open the reservation if the source can be reached; this does not depend on its content."""
    reservation = ledger.reservation(job.reservation)
    if reservation.request.fingerprint != plan.fingerprint():
        raise UsageError("the job's plan is not the reserved one", hint="start it through obtain_release")
    if reservation.part != plan.part:
        raise UsageError("the plan reads one part, and all units are charged", hint="plan it under the account's split")
    source = ledger.source(reservation.request.source)
    # An engineer's login on PostgreSQL gets the location only when redeeming, so it cannot check beforehand.
    if source.location and not is_reachable(source):
        return None
    return ledger.begin(job.reservation)


def _measure(holder: PermitHolder) -> Status:
    try:
        release = holder.make_release()
    except DeadReservation:
        return _settle(holder, release_digest=None, done=Status.DEAD)
    with _public_files():
        written = write_release(release, holder.workspace.releases)
    try:
        # Before it is settled: a release that is paid for and lies on this disk alone would be lost with it.
        share(RELEASES, holder.workspace.releases / written.digest, workspace=holder.workspace)
    except (StorageUnavailable, UsageError):  # which depends on the storage alone
        failed()
        return Status.UNSTORED
    return _settle(holder, release_digest=written.digest, done=Status.DONE)


def _settle(holder: PermitHolder, *, release_digest: str | None, done: Status) -> Status:
    """Settle the reservation; the parent process reads the outcome from the ledger."""
    try:
        holder.settle(release_digest=release_digest)
    except (LedgerBusy, LedgerUnavailable):
        return Status.UNSETTLED
    return done


@contextmanager
def _public_files() -> Iterator[None]:
    """Create files with ordinary permissions: a release is public; all other files here are for the owner alone."""
    previous = os.umask(_PUBLIC_UMASK)
    try:
        yield
    finally:
        os.umask(previous)


def _read_line() -> bytes:
    """Read the job, after which nothing comes, without a buffer: another thread continues to read the same pipe."""
    line = bytearray()
    while not line.endswith(b"\n"):
        piece = os.read(0, _PIECE)
        if not piece:
            break
        line += piece
    return bytes(line)


def _end_with_parent(undisturbed: Lock, before_end: Callable[[], None], scratch: Path) -> None:
    while os.read(0, 1024):
        pass
    undisturbed.acquire()
    before_end()
    delete_scratch(scratch)
    os._exit(Status.FAILED)
