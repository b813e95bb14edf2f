"""One opened reservation, from its permit to its release."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow as pa

from synth_assets.ledger import DataPermit, Ledger, Reservation
from synth_assets.ledger.windows import parse_window
from synth_assets.measurement.draws import PaidMeasurer
from synth_assets.measurement.journal import Journal, journal_folder
from synth_assets.measurement.noise import Odometer
from synth_assets.release import Release
from synth_assets.release.description import describe_measurement
from synth_assets.source.engine import CountEngine
from synth_assets.source.kernel import LocalKernel
from synth_assets.source.readers import open_engine, open_on_workers, open_source
from synth_assets.strategy.plan import Plan
from synth_assets.workers.pool import Pool
from synth_assets.workspace import Workspace

__all__ = ["RENEW_SECONDS", "PermitHolder"]

RENEW_SECONDS = 60.0
"""How often a long read renews its permit in the ledger."""


class PermitHolder:
    """Makes the release that a permit allows, and settles its reservation.

    Args:
        plan: the reserved plan.
        ledger: the ledger that issued the permit.
        permit: redeemed here.
        workspace: the folders of the project, including the journal.
        scratch: folder of this process for rows that do not fit in memory.
        lock: held between the announcement of a draw and its answer.
        pool: workers that count, if any do.
    """

    def __init__(  # noqa: PLR0913 - all that a measurement touches
        self,
        plan: Plan,
        *,
        ledger: Ledger,
        permit: DataPermit,
        workspace: Workspace,
        scratch: Path,
        lock: Lock,
        pool: Pool | None = None,
    ) -> None:
        self.workspace = workspace
        self._plan = plan
        self._ledger = ledger
        self._permit = permit
        self._scratch = scratch
        self._lock = lock
        self._pool = pool
        self._source = ledger.redeem(permit)
        self._window = None if permit.window is None else parse_window(permit.window)
        self._journal = Journal(journal_folder(workspace.private, permit.reservation_id), ledger=ledger, permit=permit)

    def make_release(self) -> Release:
        """Measure, or replay earlier draws, and assemble the release.

        Raises:
            DeadReservation: a draw of an earlier process is lost.
        """
        self._journal.check()
        contract = self._plan.contract
        outcome = self._plan.run(self._measurer())
        for answer in outcome.answers:
            answer.check(outcome.domain, outcome.grids)  # what could not be read again is not settled
        reservation = self._ledger.reservation(self._permit.reservation_id)
        return Release(
            dataset=contract.name,
            source=self._source.name,
            version=reservation.request.version,
            plan=self._plan.name,
            fingerprint=reservation.request.fingerprint,
            reservation=reservation.id,
            domain=outcome.domain,
            grids=outcome.grids,
            answers=outcome.answers,
            privacy=describe_measurement(
                contract,
                source=self._source,
                reservation=reservation,
                attempts=self._attempts(reservation),
                answers=outcome.answers,
            ),
            target=contract.target,
            focus=contract.focus,
        )

    def settle(self, *, release_digest: str | None) -> None:
        """Settle the reservation, with its release or as dead."""
        self._ledger.settle(self._permit.reservation_id, release_digest=release_digest)

    def _measurer(self) -> PaidMeasurer:
        """Return the measurer of this reservation; a replay of all draws never reads the source."""
        return PaidMeasurer(
            self._engine(),
            journal=self._journal,
            odometer=Odometer(self._permit.loss),
            unit=self._plan.contract.unit(),
            first_draw=self._plan.first_draw,
            undisturbed=self._lock,
        )

    def _engine(self) -> CountEngine:
        """Return what counts: the source itself if its kind does, workers if there are any, else the kernel."""
        which: Any = {"unit": self._plan.contract.unit(), "secret": self._journal.secret(), "window": self._window}
        source, permit, scratch = self._source, self._permit, self._scratch
        counting = open_engine(source, permit, **which, meanwhile=self._renew)
        if counting is None and self._pool is not None:
            counting = open_on_workers(source, permit, pool=self._pool, scratch=scratch, **which, meanwhile=self._renew)
        return counting or LocalKernel(self._batches, **which, scratch=scratch)

    def _renew(self) -> None:
        self._ledger.renew(self._permit)

    def _batches(self, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Stream the required columns, and renew the permit meanwhile."""
        extra = (self._plan.contract.unit().column, self._window.column if self._window else None)
        columns = dict.fromkeys([*names, *(name for name in extra if name is not None)])
        renewed = time.monotonic()
        for batch in open_source(self._source, self._permit).batches(list(columns)):
            yield batch
            if time.monotonic() - renewed > RENEW_SECONDS:
                self._renew()
                renewed = time.monotonic()

    def _attempts(self, reservation: Reservation) -> list[Reservation]:
        """Return all reservations of the same request, oldest first."""
        return [
            attempt
            for attempt in self._ledger.reservations(reservation.account)
            if (
                attempt.request.fingerprint,
                attempt.request.source,
                attempt.request.version,
                attempt.request.refresh,
            )
            == (
                reservation.request.fingerprint,
                reservation.request.source,
                reservation.request.version,
                reservation.request.refresh,
            )
        ]
