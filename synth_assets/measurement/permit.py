"""One opened reservation, from its permit to its release."""

import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from threading import Lock

import pyarrow as pa

from synth_assets.contract import DatasetContract
from synth_assets.domain import Domain
from synth_assets.errors import Fault
from synth_assets.ledger import DataPermit, Ledger, Reservation
from synth_assets.ledger.windows import parse_window
from synth_assets.measurement.discovery import discover
from synth_assets.measurement.draws import PaidMeasurer
from synth_assets.measurement.journal import Journal, journal_folder
from synth_assets.measurement.noise import Odometer
from synth_assets.measurement.statement import privacy_statement
from synth_assets.release import Release, categories_of
from synth_assets.source.histograms import count_texts
from synth_assets.source.kernel import Counter, load_rows
from synth_assets.source.readers import open_source
from synth_assets.strategy.rounds import measure_in_rounds
from synth_assets.workspace import Workspace

__all__ = ["RENEW_SECONDS", "Measuring"]

RENEW_SECONDS = 60.0
"""How often a long reading tells the ledger that it is alive."""


class Measuring:
    """What the holder of a permit does with it.

    Args:
        contract: its release part is enough.
        ledger: gave the permit.
        permit: is redeemed here.
        workspace: has the journal.
        scratch: folder of this process for rows that do not fit in memory.
        lock: is held between the announcement of a draw and its answer.
    """

    def __init__(  # noqa: PLR0913 - all that a measurement touches
        self,
        contract: DatasetContract,
        *,
        ledger: Ledger,
        permit: DataPermit,
        workspace: Workspace,
        scratch: Path,
        lock: Lock,
    ) -> None:
        self.workspace = workspace
        self._contract = contract
        self._ledger = ledger
        self._permit = permit
        self._scratch = scratch
        self._lock = lock
        self._source = ledger.redeem(permit)
        self._window = None if permit.window is None else parse_window(permit.window)
        self._journal = Journal(journal_folder(workspace.private, permit.reservation_id), ledger=ledger, permit=permit)

    def make_release(self) -> Release:
        """Measure, or replay what was measured before, and put the release together.

        Raises:
            DeadReservation: a draw of an earlier process is lost.
        """
        self._journal.check()
        contract, odometer = self._contract, Odometer(self._permit.loss)
        discoveries = discover(
            contract,
            loss=self._permit.loss,
            journal=self._journal,
            odometer=odometer,
            histograms=self._histograms,
            undisturbed=self._lock,
        )
        domain = contract.domain(found=categories_of(discoveries))
        measurer = PaidMeasurer(
            cache(partial(self._count, domain)),
            journal=self._journal,
            odometer=odometer,
            max_rows=contract.unit().max_rows,
            undisturbed=self._lock,
        )
        grids, marginals, scores = measure_in_rounds(
            measurer, domain=domain, focus=contract.focus, target=contract.target, rho=odometer.left
        )
        if not marginals:
            raise Fault("nothing was measured", hint="check the strategy")
        reservation = self._ledger.reservation(self._permit.reservation_id)
        return Release(
            dataset=contract.name,
            source=self._source.name,
            version=reservation.request.version,
            fingerprint=reservation.request.fingerprint,
            reservation=reservation.id,
            domain=domain,
            grids=grids,
            marginals=tuple(marginals),
            privacy=privacy_statement(
                contract,
                source=self._source,
                reservation=reservation,
                attempts=self._attempts(reservation),
                marginals=marginals,
                discoveries=discoveries,
                scores=scores,
            ),
            target=contract.target,
            focus=contract.focus,
            discoveries=discoveries,
            scores=scores,
        )

    def settle(self, *, release_digest: str | None) -> None:
        """End the reservation, with its release or dead."""
        self._ledger.settle(self._permit.reservation_id, release_digest=release_digest)

    def _histograms(self) -> Sequence[Mapping[str, int]]:
        """Read the source for the discovered columns alone; a replay of their draw never gets here."""
        return count_texts(
            self._batches(self._contract.discovered_columns),
            columns=[self._contract.open_column(name) for name in self._contract.discovered_columns],
            unit=self._contract.unit(),
            secret=self._journal.secret(),
            scratch=self._scratch,
            window=self._window,
        )

    def _count(self, domain: Domain) -> Counter:
        """Read the source; a replay of all draws never gets here."""
        rows = load_rows(
            self._batches(domain.names),
            domain=domain,
            unit=self._contract.unit(),
            secret=self._journal.secret(),
            scratch=self._scratch,
            window=self._window,
        )
        return Counter(rows, domain=domain)

    def _batches(self, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Stream the columns that are needed, and keep the permit alive meanwhile."""
        others = (self._contract.unit().column, self._window.column if self._window else None)
        columns = dict.fromkeys([*names, *(name for name in others if name is not None)])
        renewed = time.monotonic()
        for batch in open_source(self._source, self._permit).batches(list(columns)):
            yield batch
            if time.monotonic() - renewed > RENEW_SECONDS:
                self._ledger.renew(self._permit)
                renewed = time.monotonic()

    def _attempts(self, reservation: Reservation) -> list[Reservation]:
        """Return all reservations of the same request, oldest first."""
        return [
            other
            for other in self._ledger.reservations(reservation.account)
            if (other.request.fingerprint, other.request.source, other.request.version, other.request.refresh)
            == (
                reservation.request.fingerprint,
                reservation.request.source,
                reservation.request.version,
                reservation.request.refresh,
            )
        ]
