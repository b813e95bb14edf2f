"""The measuring process: the only one that opens a source. A job comes in, a status goes out.

It reads one line, the job. Everything it prints goes to its scratch folder, it
leaves no core file, and it ends with one of the few numbers of
:class:`~synth_assets.measurement.job.Status`; the release itself is the only
other thing that leaves. Once the reservation is open every fault is the same
one. When its parent ends, the pipe of its standard input closes and it ends
too, but never between the announcement of a draw and its answer.
"""

import os
import resource
import shutil
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import Lock, Thread

import pyarrow as pa

from synth_assets.contract import DatasetContract
from synth_assets.errors import Fault, LedgerBusy, LedgerUnavailable, Refused, UsageError
from synth_assets.ledger import DataPermit, Ledger, Source, open_ledger
from synth_assets.measurement.job import Job, Status
from synth_assets.measurement.journal import DeadReservation, Journal, journal_folder
from synth_assets.measurement.measurer import PaidMeasurer
from synth_assets.measurement.noise import Odometer
from synth_assets.measurement.rounds import measure_in_rounds
from synth_assets.measurement.statement import privacy_statement
from synth_assets.privacy import NANO
from synth_assets.release import Release, write_release
from synth_assets.source.counts import Counter, load_rows
from synth_assets.source.readers import open_source
from synth_assets.source.registry import is_reachable
from synth_assets.workspace import Workspace

__all__ = ["main", "run_job"]

RENEW_SECONDS = 60.0
_PUBLIC_UMASK = 0o022


def main() -> int:
    """Read a job from standard input, do it and return its status."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
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
        return _measure(contract, ledger=ledger, permit=permit, workspace=workspace, scratch=scratch, lock=undisturbed)
    except BaseException:  # noqa: BLE001 - whatever it is depends on private rows, so it has one name
        with suppress(OSError):
            traceback.print_exc()
        return Status.FAILED


def _begin(ledger: Ledger, job: Job, contract: DatasetContract) -> DataPermit | None:
    """Open the reservation if the source can be reached; its content decides nothing here."""
    request = ledger.reservation(job.reservation).request
    if request.fingerprint != contract.fingerprint():
        raise UsageError("the job's contract is not the reserved one", hint="start it through obtain_release")
    if not is_reachable(ledger.source(request.source)):
        return None
    return ledger.begin(job.reservation)


def _measure(  # noqa: PLR0913 - all that a measurement touches
    contract: DatasetContract, *, ledger: Ledger, permit: DataPermit, workspace: Workspace, scratch: Path, lock: Lock
) -> Status:
    source = ledger.redeem(permit)
    journal = Journal(journal_folder(workspace.private, permit.reservation_id), ledger=ledger, permit=permit)
    try:
        journal.check()
        release = _make_release(
            contract, source, ledger=ledger, permit=permit, journal=journal, scratch=scratch, lock=lock
        )
    except DeadReservation:
        ledger.settle(permit.reservation_id, release_digest=None)
        return Status.DEAD
    with _public_files():
        written = write_release(release, workspace.releases)
    ledger.settle(permit.reservation_id, release_digest=written.digest)
    return Status.DONE


def _make_release(  # noqa: PLR0913 - as above
    contract: DatasetContract,
    source: Source,
    *,
    ledger: Ledger,
    permit: DataPermit,
    journal: Journal,
    scratch: Path,
    lock: Lock,
) -> Release:
    domain, unit = contract.domain(), contract.unit()
    reservation = ledger.reservation(permit.reservation_id)

    @cache  # a replay of all draws reads no row at all
    def counter() -> Counter:
        rows = load_rows(
            _batches(contract, source, ledger=ledger, permit=permit),
            domain=domain,
            unit=unit,
            secret=journal.secret(),
            scratch=scratch,
        )
        return Counter(rows, domain=domain)

    measurer = PaidMeasurer(
        counter, journal=journal, odometer=Odometer(permit.loss), max_rows=unit.max_rows, undisturbed=lock
    )
    grids, marginals = measure_in_rounds(
        measurer, domain=domain, focus=contract.focus, target=contract.target, rho=permit.loss.nano_rho / NANO
    )
    if not marginals:
        raise Fault("nothing was measured", hint="check the strategy")
    attempts = [one for one in ledger.reservations(reservation.account) if _same_request(one, reservation)]
    return Release(
        dataset=contract.name,
        source=source.name,
        version=reservation.request.version,
        fingerprint=reservation.request.fingerprint,
        reservation=reservation.id,
        domain=domain,
        grids=grids,
        marginals=tuple(marginals),
        privacy=privacy_statement(
            contract, source=source, reservation=reservation, attempts=attempts, marginals=marginals
        ),
        target=contract.target,
        focus=contract.focus,
    )


def _same_request(one, other) -> bool:  # type: ignore[no-untyped-def]  # noqa: ANN001
    keys = ("fingerprint", "source", "version", "refresh")
    return all(getattr(one.request, key) == getattr(other.request, key) for key in keys)


def _batches(
    contract: DatasetContract, source: Source, *, ledger: Ledger, permit: DataPermit
) -> Iterator[pa.RecordBatch]:
    """Stream the columns that are needed, and keep the permit alive meanwhile."""
    unit = contract.unit().column
    columns = [*contract.columns, *([unit] if unit is not None else [])]
    renewed = time.monotonic()
    for batch in open_source(source, permit).batches(columns):
        yield batch
        if time.monotonic() - renewed > RENEW_SECONDS:
            ledger.renew(permit)
            renewed = time.monotonic()


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
