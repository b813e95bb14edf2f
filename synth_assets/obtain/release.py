"""The public-zone side of a measurement: reserve, start the measuring process, read the release back.

Nothing here sees a row or knows where a source is: the measuring process looks that
up in the ledger. It returns a status and a release.

A release that was settled before is read again at no cost. A reservation that
was opened and interrupted is resumed from its journal at no cost. A reservation is
dead only if its last draw was lost or its ledger was reset to a state before its
draws: then the next attempt is reserved and pays again, and
:meth:`ObtainedRelease.describe` reports it. A release whose settlement did not reach
the anchor is still a release; :meth:`Ledger.ensure_anchored` prevents its promotion.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from synth_assets.contract import DatasetContract
from synth_assets.domain import NEWEST_LAYOUT
from synth_assets.errors import (
    BudgetRefused,
    Fault,
    IntegrityError,
    LedgerBusy,
    LedgerUnavailable,
    MeasurementFailed,
    StorageUnavailable,
    UsageError,
    about,
)
from synth_assets.ledger import Ledger, Reservation, ReservationRequest, Source, Split, State
from synth_assets.obtain.job import Status
from synth_assets.obtain.paid import paid_before, release_plan
from synth_assets.obtain.preflight import preflight
from synth_assets.obtain.start import measure
from synth_assets.obtain.tracked import refuse_tracked
from synth_assets.release import Release, load_release, restore_release
from synth_assets.release.store import RELEASES
from synth_assets.storage import fetch, share, storage_finding
from synth_assets.strategy.plan import Plan
from synth_assets.workers import opener
from synth_assets.workspace import Workspace

__all__ = ["ObtainedRelease", "obtain", "obtain_release", "request_for"]

PATIENCE_SECONDS = 3600.0
"""How long to wait for another process that measures the same plan."""
_OLDER_LAYOUT = (
    "the release that is paid for, or begun, was measured as an earlier version did, and its rows look less real "
    "than those of new ones; it is used and not paid again; with `refresh: {release: new_version}` the source's next "
    "version label gets a new one, at a price"
)
_LOOK_SECONDS, _TRY_SECONDS = 0.5, 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ObtainedRelease:
    """A release and how it was obtained.

    Attributes:
        release: as it is on disk.
        reused: whether it existed before and cost nothing now.
        reservation: the reservation that paid for it.
        source_version: the source's version label now; the release's own is ``release.version``.
        lost: reservations that turned out to be dead: paid, and without a release.
    """

    release: Release
    reused: bool
    reservation: Reservation
    source_version: str
    lost: tuple[str, ...] = ()

    @property
    def of_another_version(self) -> bool:
        """Whether the source's label is not that of the release, which is then kept by ``refresh.release: once``."""
        return self.release.version != self.source_version

    def describe(self) -> str:
        """Describe what was paid, and the version of the release if it differs from the source's."""
        name, attempt = self.release.digest[:12], self.reservation.attempt
        if self.reused and self.of_another_version:
            return (
                f"release {name} was there already and cost nothing, but it is of version {self.release.version}: "
                f"source {self.release.source!r} is now at version {self.source_version}. "
                "`refresh: {release: new_version}` in the contract asks for a release of that one, "
                f"which costs rho {self.reservation.loss.rho:g} again"
            )
        if self.reused:
            return f"release {name} was there already and cost nothing"
        paid = f"release {name} cost rho {self.reservation.loss.rho:g} in attempt {attempt}"
        if self.lost:
            return (
                f"{paid}; the attempt before is lost, because it was interrupted while noise was drawn "
                "or the ledger was put back to before that, so it was paid again"
            )
        return paid


def obtain_release(  # noqa: PLR0913 - who asks for what, where and why
    contract: DatasetContract,
    *,
    workspace: Workspace,
    by: str,
    reason: str | None = None,
    ledger: Ledger | None = None,
    run_id: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> ObtainedRelease:
    """Return the release of ``contract``, measuring it if it is not there; see :func:`obtain`.

    Args:
        contract: what to measure.
        workspace: the folders of releases and of the private zone.
        by: who asks.
        reason: why, for the officer; the contract's purpose if omitted.
        ledger: the ledger to charge; the workspace's own if omitted.
        run_id: the Dagster run, if there is one.
        progress: called with a message while waiting for another process.

    Raises:
        UsageError: there is no ledger, or for the reasons of :func:`obtain`.
    """
    if ledger is None:
        from synth_assets.ledger.open import existing_ledger

        ledger = existing_ledger(workspace)
    with about("source"):
        plan = release_plan(ledger, ledger.source(contract.source), contract)
    if plan.layout < NEWEST_LAYOUT:
        progress(_OLDER_LAYOUT)
    return obtain(
        plan,
        workspace=workspace,
        ledger=ledger,
        by=by,
        reason=reason or contract.purpose,
        run_id=run_id,
        progress=progress,
    )


def obtain(  # noqa: PLR0913 - who asks for what, where and why
    plan: Plan,
    *,
    workspace: Workspace,
    ledger: Ledger,
    by: str,
    reason: str,
    run_id: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> ObtainedRelease:
    """Return the release of a plan, measuring it if it does not exist.

    While another process measures the same plan, this one waits: both use the release, which is charged once.

    Args:
        plan: what to measure.
        workspace: the folders of releases and of the private zone; the measuring process uses its ledger.
        ledger: the ledger to charge.
        by: who asks.
        reason: why, for the officer.
        run_id: the Dagster run, if there is one.
        progress: called with a message while waiting for another process.

    Raises:
        UsageError: an unknown source, another unit, a column that the source lacks or that cannot be read
            as declared, no feasible threshold, a private zone that git tracks, or workers of an unknown kind.
            Nothing was reserved.
        BudgetRefused: the account does not cover the plan. Nothing was opened.
        LedgerUnavailable: the ledger cannot be read or written, or could not be when the measurement was finished.
        StorageUnavailable: the same of the storage that machines share, if there is one.
        LedgerBusy: another process has been measuring the plan for longer than :data:`PATIENCE_SECONDS`.
        Fault: the source cannot be reached, or the measuring process cannot be started. Nothing was opened.
        MeasurementFailed: anything after the source was opened.
        IntegrityError: the release on disk does not match the ledger, or the ledger itself does not match what
            was signed, anchored or registered; in that case no row was read.
    """
    contract = plan.contract
    with about("source"):
        source = _without_location(ledger.source(contract.source))
    paid = paid_before(ledger, source, plan)
    if paid is not None:  # budgets and declarations are not checked again for a release that costs nothing
        return _obtained(paid, workspace, version=source.version, reused=True)
    opener(workspace.counted_by)  # refuses an address that nothing can be opened by
    split = ledger.split(source.account)
    preflight(source, contract, account=ledger.account(source.account), split=split)
    plan.check()  # rejects budgets with no feasible threshold before charging
    request = request_for(plan, source, by=by, reason=reason, run_id=run_id, split=split)
    refuse_tracked(workspace)
    if (fault := storage_finding(workspace)) is not None:  # a release goes there before it is settled
        raise fault
    return _reserve_and_measure(plan, request, workspace=workspace, ledger=ledger, progress=progress)


def _reserve_and_measure(
    plan: Plan,
    request: ReservationRequest,
    *,
    workspace: Workspace,
    ledger: Ledger,
    progress: Callable[[str], None],
) -> ObtainedRelease:
    """Reserve a plan and measure it; once more if its draw was lost, and after waiting if another process has it."""
    lost: tuple[str, ...] = ()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with about("privacy", "spend"):
            reservation = ledger.reserve(request)
        if reservation.state is State.SETTLED:
            return replace(_obtained(reservation, workspace, version=request.version, reused=True), lost=lost)
        status = measure(plan, reservation, workspace=workspace)
        if status in (Status.DEAD, Status.UNSETTLED) and not lost and ledger.reservation(reservation.id).dead:
            lost = (reservation.id,)
        elif status == Status.LEDGER_BUSY and time.monotonic() < deadline:
            progress("another process measures the same; waiting for its release")
            _wait_for(reservation, ledger)
        else:
            break
    reservation = ledger.reservation(reservation.id)
    if reservation.release_digest is None:
        raise _refusal(status, reservation, ledger)
    if status == Status.UNSETTLED:
        progress("the ledger's anchor failed when the release was settled; promotion waits until it is anchored")
    return replace(_obtained(reservation, workspace, version=request.version, reused=False), lost=lost)


def _wait_for(reservation: Reservation, ledger: Ledger) -> None:
    """Return when a reservation is settled, or after a while, because the process that held it may have ended."""
    deadline = time.monotonic() + _TRY_SECONDS
    while time.monotonic() < deadline and ledger.reservation(reservation.id).state is not State.SETTLED:
        time.sleep(_LOOK_SECONDS)


def _without_location(source: Source) -> Source:
    return replace(source, location="", options={})


def request_for(  # noqa: PLR0913 - who asks for what, and why
    plan: Plan, source: Source, *, by: str, reason: str, run_id: str | None, split: Split | None = None
) -> ReservationRequest:
    """Return the request that reserves a plan: the loss, the source, the part of its account and the reason."""
    return ReservationRequest(
        source=source.name,
        version=source.version,
        fingerprint=plan.fingerprint(),
        refresh=plan.refresh,
        dataset=plan.contract.name,
        contract_digest=plan.contract.digest(),
        unit=plan.contract.unit(),
        loss=plan.loss(),
        reason=reason,
        by=by,
        run_id=run_id,
        split=None if plan.part is None or split is None else split.digest,
        part=plan.part,
        within=plan.within,
    )


def _obtained(reservation: Reservation, workspace: Workspace, *, version: str, reused: bool) -> ObtainedRelease:
    release = _read_release(str(reservation.release_digest), workspace, share_again=reused)
    return ObtainedRelease(release=release, reused=reused, reservation=reservation, source_version=version)


def _read_release(digest: str, workspace: Workspace, *, share_again: bool) -> Release:
    """Read a paid release; a missing folder is restored from the bundle of a promoted version at no cost.

    Where machines share a storage, it is brought from there. What was here already is put there again, which repairs
    it; one that was measured just now is there.
    """
    folder = workspace.releases / digest
    try:
        share_again = not fetch(RELEASES, folder, workspace=workspace) and share_again
        release = load_release(folder)
    except IntegrityError:
        if not restore_release(digest, releases=workspace.releases, copies=workspace.release_copies(digest)):
            raise
        release, share_again = load_release(folder), True
    if share_again:
        share(RELEASES, folder, workspace=workspace)
    return release


def _refusal(status: int, reservation: Reservation, ledger: Ledger) -> Exception:
    """Return why there is no release; once rows may have been read, the status no longer distinguishes the reasons."""
    source, opened = reservation.request.source, reservation.state is not State.RESERVED
    if status == Status.LEDGER_BUSY:
        return LedgerBusy(
            f"another process measures reservation {reservation.id[:12]}", hint="wait until it ends, then run again"
        )
    if not opened:
        with suppress(UsageError):  # another process opened it at this moment and owns it now
            ledger.cancel(reservation.id)
    if status == Status.ALTERED:
        return _altered(source, opened=opened)
    if status == Status.UNSETTLED:
        return LedgerUnavailable(
            f"source {source!r} is measured and paid for, but the ledger or its anchor failed before that was settled",
            hint="run again when both can be used (synth-assets ledger doctor): what was drawn is not drawn again",
        )
    if status == Status.UNSTORED:
        return StorageUnavailable(
            f"source {source!r} is measured and paid for, but not settled: the shared storage cannot be used",
            hint="run again on this machine when it can (`synth-assets run CONTRACT --dry-run` says why not): "
            "what was drawn is in its private zone, and another machine would have to pay again",
        )
    if opened and status != Status.SOURCE_UNREACHABLE:
        return MeasurementFailed()
    return _not_opened(status, source)


def _not_opened(status: int, source: str) -> Exception:
    if status == Status.SOURCE_UNREACHABLE:
        return Fault(
            f"source {source!r} cannot be reached; this run read nothing and was not charged",
            hint="ask who registered it: it may have moved, or lost a column or the right to be read",
        )
    if status == Status.WORKERS_UNREACHABLE:
        return Fault(
            "nothing answers at the address of the workers; nothing was opened",
            hint="check SYNTH_ASSETS_WORKERS: is the scheduler started, and can this machine reach it?",
        )
    if status == Status.WORKERS_UNFIT:
        return Fault(
            "no worker answers, or it has another version or scratch folder; nothing was opened",
            hint="check that workers are started, have this version, and share the folder of SYNTH_ASSETS_SCRATCH",
        )
    if status == Status.LEDGER_UNAVAILABLE:
        return LedgerUnavailable("the measuring process cannot reach the ledger", hint="check SYNTH_ASSETS_LEDGER")
    if status == Status.REFUSED:
        return BudgetRefused(f"the ledger refused to open {source!r}; nothing was opened", hint="budget show")
    return Fault(
        "the measuring process did not start, or ended before it opened the source; nothing was charged",
        hint="see the curator's store",
    )


def _altered(source: str, *, opened: bool) -> IntegrityError:
    paid = "; its charge stays, and once the ledger is repaired the next run continues at no cost"
    return IntegrityError(
        f"the ledger is not what was signed, anchored or registered, so no row of source {source!r} was read"
        f"{paid if opened else ' and nothing was paid'}",
        hint="synth-assets ledger doctor shows what is wrong; inform the privacy officer",
    )
