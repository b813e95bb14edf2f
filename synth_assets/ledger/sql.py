"""Implement the ledger on a database: each method runs one function of another module in one transaction.

Only SQLAlchemy Core is used, so SQLite and PostgreSQL differ only in their address.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, select

from synth_assets.errors import UsageError
from synth_assets.ledger import accounts, curators, draws, reservations, rows, schema, sources, splits
from synth_assets.ledger.anchor import ENVIRONMENT as ANCHOR
from synth_assets.ledger.anchor import Head, known_head
from synth_assets.ledger.chain import Book, as_entry, check_format, entry_json, open_book, sealed_json
from synth_assets.ledger.engine import connect
from synth_assets.ledger.messages import CapExceeded, over_the_cap
from synth_assets.ledger.readings import CuratorPermit, CuratorRequest
from synth_assets.ledger.trust import Trust, check_not_behind, newest_head
from synth_assets.ledger.types import (
    Account,
    Balance,
    DataPermit,
    Draw,
    Entry,
    Recovery,
    Reservation,
    ReservationRequest,
    Source,
    Split,
)
from synth_assets.privacy import Cap

__all__ = ["LEASE_SECONDS", "SqlLedger"]

LEASE_SECONDS = 900
"""How long a process on another host is assumed to be alive; each draw extends it."""

_PAGE = 2000


class SqlLedger:
    """A :class:`~synth_assets.ledger.protocol.Ledger` behind a SQLAlchemy engine.

    Args:
        engine: from :func:`synth_assets.ledger.engine.make_engine`.
        lease_seconds: how long a holder on another host is assumed to be alive.
        trust: signing key, anchor and officers' keys; none by default.
    """

    __slots__ = ("_format_checked", "_lease_ms", "engine", "trust")

    def __init__(self, engine: Engine, *, lease_seconds: float = LEASE_SECONDS, trust: Trust | None = None) -> None:
        self.engine = engine
        self.trust = trust or Trust()
        self._lease_ms = round(lease_seconds * 1000)
        self._format_checked = False

    def ledger_id(self) -> str:
        """Return this ledger's identifier: 32 hexadecimal digits, chosen at its creation."""
        with self._read() as connection:
            return str(connection.execute(select(schema.head.c.ledger_id)).scalar_one())

    def open_account(self, account: Account, cap: Cap, *, by: str) -> None:
        """See :class:`Ledger`."""
        bounded = accounts.bounded(cap)
        with self._write(anchored=True) as book:
            accounts.open_account(book, account, bounded, by=by)

    def set_cap(self, account: str, cap: Cap, *, by: str, reason: str = "") -> None:
        """See :class:`Ledger`."""
        bounded = accounts.bounded(cap)
        with self._write(anchored=True) as book:
            accounts.change_cap(book, account, bounded, by=by, reason=reason)

    def close_account(self, name: str, *, by: str, reason: str = "") -> None:
        """See :class:`Ledger`."""
        with self._write(anchored=True) as book:
            accounts.close_account(book, name, by=by, reason=reason)

    def split_account(self, account: str, *, share: float, by: str) -> Split:
        """See :class:`Ledger`."""
        share_ppm = splits.share_in_ppm(share)
        with self._write(anchored=True) as book:
            return splits.split_account(book, account, share_ppm=share_ppm, by=by)

    def split(self, account: str) -> Split | None:
        """See :class:`Ledger`."""
        with self._read() as connection:
            accounts.read_account(connection, account)
            return accounts.read_split(connection, account)

    def mark_curated(self, account: str, *, by: str, reason: str) -> None:
        """See :class:`Ledger`."""
        with self._write(anchored=True) as book:
            curators.mark_curated(book, account, by=by, reason=reason)

    def curated(self, account: str) -> bool:
        """See :class:`Ledger`."""
        with self._read() as connection:
            return curators.is_curated(connection, account)

    def open_to_curator(self, request: CuratorRequest) -> CuratorPermit:
        """See :class:`Ledger`."""
        with self._write(anchored=True) as book:
            return curators.open_to_curator(book, request, officers=self.trust.officers)

    def account(self, name: str) -> Account:
        """See :class:`Ledger`."""
        with self._read() as connection:
            return accounts.read_account(connection, name)

    def accounts(self) -> tuple[Account, ...]:
        """See :class:`Ledger`."""
        with self._read() as connection:
            return tuple(accounts.read_accounts(connection).values())

    def add_source(self, source: Source, *, by: str) -> None:
        """See :class:`Ledger`."""
        with self._write(anchored=True) as book:
            sources.add_source(book, source, by=by)

    def move_source(self, source: Source, *, by: str, reason: str) -> None:
        """See :class:`Ledger`."""
        with self._write(anchored=True) as book:
            sources.move_source(book, source, by=by, reason=reason)

    def source(self, name: str) -> Source:
        """See :class:`Ledger`; without its place if this login may not read it."""
        with self._read() as connection:
            return sources.with_place(connection, sources.read_source(connection, name))

    def sources(self) -> tuple[Source, ...]:
        """See :class:`Ledger`; without their places if this login may not read them."""
        with self._read() as connection:
            return tuple(sources.with_place(connection, source) for source in sources.read_sources(connection))

    def set_version(self, name: str, version: str, *, by: str, reason: str = "") -> None:
        """See :class:`Ledger`."""
        with self._write(anchored=True) as book:
            sources.set_version(book, name, version, by=by, reason=reason)

    def reserve(self, request: ReservationRequest) -> Reservation:
        """See :class:`Ledger`."""
        known = self._anchored()
        with self._write() as book:
            check_not_behind(book.connection, known)
            return reservations.reserve(book, request, lease_ms=self._lease_ms, officers=self.trust.officers)

    def begin(self, reservation_id: str) -> DataPermit:
        """See :class:`Ledger`."""
        with self._write(anchored=True) as book:
            return reservations.begin(book, reservation_id, lease_ms=self._lease_ms, officers=self.trust.officers)

    def redeem(self, permit: DataPermit) -> Source:
        """See :class:`Ledger`."""
        with self._write() as book:
            return reservations.redeem(book, permit, lease_ms=self._lease_ms, officers=self.trust.officers)

    def renew(self, permit: DataPermit) -> None:
        """See :class:`Ledger`."""
        with self._write() as book:
            reservations.renew(book, permit, lease_ms=self._lease_ms)

    def record_intent(self, permit: DataPermit, number: int, digest: str) -> None:
        """See :class:`Ledger`."""
        with self._write(anchored=True) as book:
            draws.record_intent(book, permit, number, digest=digest, lease_ms=self._lease_ms)

    def record_answer(self, permit: DataPermit, number: int, digest: str) -> None:
        """See :class:`Ledger`."""
        with self._write() as book:
            draws.record_answer(book, permit, number, digest=digest, lease_ms=self._lease_ms)

    def draws(self, reservation_id: str) -> tuple[Draw, ...]:
        """See :class:`Ledger`."""
        with self._read() as connection:
            return draws.read_draws(connection, reservation_id)

    def settle(self, reservation_id: str, *, release_digest: str | None) -> None:
        """See :class:`Ledger`."""
        with self._write(anchored=True) as book:
            reservations.settle(book, reservation_id, release_digest=release_digest)

    def ensure_anchored(self, reservation_id: str) -> None:
        """See :class:`Ledger`."""
        if self.trust.anchor is None:
            return
        known = known_head(self.trust.anchor, self.ledger_id())
        with self._read() as connection:
            check_not_behind(connection, known)
            settled, newest = rows.settled_at(connection, reservation_id), newest_head(connection)
        if known.seq < settled:
            self.trust.anchor.write(newest)

    def init_anchor(self) -> Head:
        """Create the anchor and store the newest head there: once, before the first entry if possible.

        Raises:
            UsageError: no anchor is configured, or it knows this ledger already.
            LedgerUnavailable: it cannot be created or reached.
        """
        if self.trust.anchor is None:
            raise UsageError(
                f"no anchor is configured: {ANCHOR} is not set", hint="such as file:/elsewhere/anchors.jsonl"
            )
        with self._read() as connection:
            newest = newest_head(connection)
        self.trust.anchor.init(newest)
        return newest

    def cancel(self, reservation_id: str) -> None:
        """See :class:`Ledger`; not anchored: it must work without the anchor, and losing it only reserves too much."""
        with self._write() as book:
            reservations.cancel(book, reservation_id)

    def recover(self, *, journaled: Callable[[str, int], bool] | None = None) -> Recovery:
        """See :class:`Ledger`; not anchored, like :meth:`cancel`: reservations that it ends stay charged."""
        with self._write() as book:
            return reservations.recover(book, journaled=journaled)

    def balance(self, account: str, *, part: str | None = None) -> Balance:
        """See :class:`Ledger`."""
        with self._read() as connection:
            return accounts.balance_of(connection, account, part=part)

    def reservation(self, reservation_id: str) -> Reservation:
        """See :class:`Ledger`."""
        with self._read() as connection:
            return rows.read_reservation(connection, reservation_id)

    def reservations(self, account: str | None = None) -> tuple[Reservation, ...]:
        """See :class:`Ledger`."""
        with self._read() as connection:
            return rows.read_reservations(connection, account)

    def entries(self, account: str | None = None) -> Iterator[Entry]:
        """See :class:`Ledger`; read in pages, so that a slow reader never blocks a writer."""
        if account is not None:
            self.account(account)
        last = 0
        while page := self._page(after=last):
            last = page[-1].seq
            yield from (entry for entry in page if account in (None, entry.account))

    @property
    def anchored(self) -> bool:
        """See :class:`Ledger`."""
        return self.trust.anchor is not None

    def export_entries(self, account: str | None = None) -> Iterator[dict[str, Any]]:
        """See :class:`Ledger`."""
        for entry in self.entries():
            yield entry_json(entry) if account in (None, entry.account) else sealed_json(entry)

    @contextmanager
    def _write(self, *, anchored: bool = False) -> Iterator[Book]:
        """Open the ledger log for writing; with ``anchored``, the new head is anchored before this returns.

        If the anchor fails after the commit, the entry stays and an error is raised: an opening can be begun again
        at no charge, an announced draw is lost, and a settled release waits for ``ensure_anchored``.
        """
        known = self._anchored() if anchored else None
        try:
            with connect(self.engine, write=True) as connection:
                book = open_book(connection, signer=self.trust.signer)
                check_not_behind(connection, known)
                yield book
        except CapExceeded as refusal:
            raise over_the_cap(asked=refusal.asked, balance=refusal.balance) from None
        if anchored and self.trust.anchor is not None:
            self.trust.anchor.write(book.head)

    def _anchored(self) -> Head | None:
        """Return the newest anchored head; read before the lock is taken."""
        return None if self.trust.anchor is None else known_head(self.trust.anchor, self.ledger_id())

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with connect(self.engine, write=False) as connection:
            if not self._format_checked:
                check_format(connection.execute(select(schema.head.c.format)).one_or_none())
                self._format_checked = True
            yield connection

    def _page(self, *, after: int) -> list[Entry]:
        columns = schema.entries.c
        query = select(schema.entries).where(columns.seq > after).order_by(columns.seq).limit(_PAGE)
        with self._read() as connection:
            return [as_entry(row) for row in connection.execute(query)]
