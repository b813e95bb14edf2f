"""The public-zone side of a measurement: reserve, start the measuring process, read the release back.

Nothing here sees a row or knows where a source is: the process that is started
looks that up in the ledger. What comes back is a status and a release.

A release that was settled before is read again for nothing. A reservation that
was opened and interrupted is resumed from its journal for nothing. Only one
whose last draw was lost, or whose ledger was put back to before its draws, is
dead: then the next attempt is reserved, pays again, and
:meth:`ObtainedRelease.describe` says so. A release whose settling did not reach
the anchor is a release all the same; :meth:`Ledger.ensure_anchored` holds it
back where it would leave.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from synth_assets.contract import DatasetContract
from synth_assets.errors import (
    BudgetRefused,
    Fault,
    IntegrityError,
    LedgerBusy,
    LedgerUnavailable,
    MeasurementFailed,
    UsageError,
    about,
)
from synth_assets.ledger import Ledger, Reservation, ReservationRequest, Source, State
from synth_assets.obtain.job import Status
from synth_assets.obtain.preflight import paid_before, preflight
from synth_assets.obtain.start import measure
from synth_assets.obtain.tracked import refuse_tracked
from synth_assets.release import Release, load_release, restore_release
from synth_assets.strategy.plan import Plan
from synth_assets.strategy.release_plan import ReleasePlan
from synth_assets.workspace import Workspace

__all__ = ["ObtainedRelease", "obtain", "obtain_release", "request_for"]

REFRESH = "version"
"""The refresh key: one release for each version label, whoever asks."""
PATIENCE_SECONDS = 3600.0
"""How long to wait for another process that measures the same."""
_LOOK_SECONDS, _TRY_SECONDS = 0.5, 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ObtainedRelease:
    """A release and what it took to get it.

    Attributes:
        release: as it is on disk.
        reused: whether it was there before and cost nothing now.
        reservation: what paid for it.
        source_version: the source's version label now; the release's own is ``release.version``.
        lost: reservations that were found dead now: paid, and without a release.
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
        """Say what was paid, and of which version the release is when that is not the source's."""
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
        workspace: where releases and the private zone are.
        by: who asks.
        reason: why, for the officer; the contract's purpose when it is not given.
        ledger: pays; the workspace's own when it is not given.
        run_id: the Dagster run, when there is one.
        progress: told when this waits for another process.

    Raises:
        UsageError: there is no ledger, or as :func:`obtain` says.
    """
    if ledger is None:
        from synth_assets.ledger.open import existing_ledger

        ledger = existing_ledger(workspace)
    return obtain(
        ReleasePlan(contract=contract),
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
    """Return what a plan leaves behind, measuring it if it is not there.

    While another process measures the same, this one waits: what comes out is for both, and charged once.

    Args:
        plan: what to measure.
        workspace: where releases and the private zone are; its ledger is the one of the measuring process.
        ledger: pays.
        by: who asks.
        reason: why, for the officer.
        run_id: the Dagster run, when there is one.
        progress: told when this waits for another process.

    Raises:
        UsageError: an unknown source, another unit, a column that the source lacks or that cannot be read
            as declared, too little for a threshold, or a private zone that git tracks. Nothing was reserved.
        BudgetRefused: the account does not cover it. Nothing was opened.
        LedgerUnavailable: the ledger cannot be read or written, or was not when the measurement was finished.
        LedgerBusy: another process is measuring this, for longer than :data:`PATIENCE_SECONDS`.
        Fault: the source cannot be reached, or the measuring process not started. Nothing was opened.
        MeasurementFailed: anything after the source was opened.
        IntegrityError: the release on disk is not what the ledger says, or the ledger itself is not what was
            signed, anchored or registered: then no row was read.
    """
    contract = plan.contract
    with about("source"):
        source = _without_place(ledger.source(contract.source))
    paid = paid_before(ledger, source, plan)
    if paid is not None:  # nothing is refused where nothing is to be paid
        return _obtained(paid, workspace, source=source, reused=True)
    preflight(source, contract, account=ledger.account(source.account))
    plan.check()
    request = request_for(plan, source, by=by, reason=reason, run_id=run_id)
    refuse_tracked(workspace)
    lost: tuple[str, ...] = ()
    give_up = time.monotonic() + PATIENCE_SECONDS
    while True:
        with about("privacy", "spend"):
            reservation = ledger.reserve(request)
        if reservation.state is State.SETTLED:
            return replace(_obtained(reservation, workspace, source=source, reused=True), lost=lost)
        status = measure(plan, reservation, workspace=workspace)
        if status in (Status.DEAD, Status.UNSETTLED) and not lost and ledger.reservation(reservation.id).dead:
            lost = (reservation.id,)
        elif status == Status.LEDGER_BUSY and time.monotonic() < give_up:
            progress("another process measures the same; waiting for its release")
            _wait_for(reservation, ledger)
        else:
            break
    reservation = ledger.reservation(reservation.id)
    if reservation.release_digest is None:
        raise _refusal(status, reservation, ledger)
    if status == Status.UNSETTLED:
        progress("the ledger's anchor failed when the release was settled; promotion waits until it has it")
    return replace(_obtained(reservation, workspace, source=source, reused=False), lost=lost)


def _wait_for(reservation: Reservation, ledger: Ledger) -> None:
    """Return when a reservation is settled, or may be worth another try because who held it may be gone."""
    until = time.monotonic() + _TRY_SECONDS
    while time.monotonic() < until and ledger.reservation(reservation.id).state is not State.SETTLED:
        time.sleep(_LOOK_SECONDS)


def _without_place(source: Source) -> Source:
    return replace(source, location="", options={})


def request_for(plan: Plan, source: Source, *, by: str, reason: str, run_id: str | None) -> ReservationRequest:
    """Return the request that reserves a plan: what is paid, for which source, and why."""
    return ReservationRequest(
        source=source.name,
        version=source.version,
        fingerprint=plan.fingerprint(),
        refresh=REFRESH,
        dataset=plan.contract.name,
        contract_digest=plan.contract.digest(),
        unit=plan.contract.unit(),
        loss=plan.loss(),
        reason=reason,
        by=by,
        run_id=run_id,
    )


def _obtained(reservation: Reservation, workspace: Workspace, *, source: Source, reused: bool) -> ObtainedRelease:
    release = _read_release(str(reservation.release_digest), workspace)
    return ObtainedRelease(release=release, reused=reused, reservation=reservation, source_version=source.version)


def _read_release(digest: str, workspace: Workspace) -> Release:
    """Read what was paid for; a lost folder comes back from the bundle of a promoted version, which costs nothing."""
    try:
        return load_release(workspace.releases / digest)
    except IntegrityError:
        if not restore_release(digest, releases=workspace.releases, copies=workspace.release_copies(digest)):
            raise
        return load_release(workspace.releases / digest)


def _refusal(status: int, reservation: Reservation, ledger: Ledger) -> Exception:
    """Say why there is no release: by the ledger's state, before a row was read by the status, in one way after."""
    source, opened = reservation.request.source, reservation.state is not State.RESERVED
    if status == Status.LEDGER_BUSY:
        return LedgerBusy(
            f"another process measures reservation {reservation.id[:12]}", hint="wait until it ends, then run again"
        )
    if not opened:
        with suppress(UsageError):  # somebody opened it at this moment: then it is theirs
            ledger.cancel(reservation.id)
    if status == Status.ALTERED:
        return _altered(source, opened=opened)
    if status == Status.UNSETTLED:
        return LedgerUnavailable(
            f"source {source!r} is measured and paid for, but the ledger or its anchor failed before that was settled",
            hint="run again when both can be used (synth-assets ledger doctor): what was drawn is not drawn again",
        )
    if opened and status != Status.SOURCE_UNREACHABLE:
        return MeasurementFailed()
    return _not_opened(status, source)


def _not_opened(status: int, source: str) -> Exception:
    if status == Status.SOURCE_UNREACHABLE:
        return Fault(f"source {source!r} cannot be reached; this run read nothing", hint="ask who registered it")
    if status == Status.LEDGER_UNAVAILABLE:
        return LedgerUnavailable("the measuring process cannot reach the ledger", hint="check SYNTH_ASSETS_LEDGER")
    if status == Status.REFUSED:
        return BudgetRefused(f"the ledger refused to open {source!r}; nothing was opened", hint="budget show")
    return Fault("the measuring process did not start; nothing was opened", hint="see the curator's store")


def _altered(source: str, *, opened: bool) -> IntegrityError:
    paid = "; its charge stays, and once that is put right the next run goes on for nothing"
    return IntegrityError(
        f"the ledger is not what was signed, anchored or registered, so no row of source {source!r} was read"
        f"{paid if opened else ' and nothing was paid'}",
        hint="synth-assets ledger doctor says what is wrong; tell the privacy officer",
    )
