"""Upgrade a ledger log of the first format: tags for accounts, windows as intervals, corrected charges.

Existing entries are not changed. One ``MIGRATED`` entry per account states its
tag, its window from now on, and which entries of format 1 are its own, so that
an exporter cannot seal one of them. Where an older version charged too little,
``CORRECTED`` entries charge the rest: an account above its cap is then frozen
until the officer decides.

Older versions charged too little for

- thresholds of discovered categories: the tail of the discrete noise is heavier
  than the continuous one that was charged (``docs/privacy/discovery.md``);
- accounts below a window account without a window of their own, or with one that
  is not inside: they read rows of other windows, which are other parts of the
  partitioned account above, but that account was charged for a single part. Their
  whole charge is added to it, so it counts at most twice in their own part.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Row, select, update

from synth_assets.errors import UsageError
from synth_assets.ledger import schema
from synth_assets.ledger.chain import Book, new_tag, open_book
from synth_assets.ledger.keys import Signer
from synth_assets.ledger.replay import lines_digest
from synth_assets.ledger.windows import canonical, parse_window
from synth_assets.privacy import PrivacyLoss, PrivacyUnit, old_threshold_excess

__all__ = ["upgrade_book"]

_WHO = "synth-assets ledger migrate"
_ACCOUNTS = schema.accounts.c
_CHARGED = ("OPENED", "SETTLED")


@dataclass(frozen=True, slots=True, kw_only=True)
class _NewWindow:
    """An account's window after the migration, and whether it could read rows outside of it before."""

    window: str | None
    read_outside: bool = False
    must_close: bool = False


def upgrade_book(connection: Connection, *, signer: Signer | None) -> None:
    """Upgrade the ledger log in the caller's transaction; does nothing if it has this format."""
    known = connection.execute(select(schema.head.c.format)).scalar_one()
    if known >= schema.FORMAT:
        return
    connection.execute(update(schema.head).values(format=schema.FORMAT))
    if known > 1:
        return  # only tables were added since format 2
    book = open_book(connection, signer=signer)
    rows = {row.name: row for row in connection.execute(select(schema.accounts))}
    windows = _new_windows(rows)
    for name in windows:
        _migrate(book, rows[name], windows[name])
    with _totals_unlocked(connection):
        for row in connection.execute(select(schema.reservations).order_by(schema.reservations.c.number)).all():
            if row.state in _CHARGED:
                _correct(book, row, accounts=rows, windows=windows)


@contextmanager
def _totals_unlocked(connection: Connection) -> Iterator[None]:
    """Let the owner of a PostgreSQL ledger change totals, which otherwise only triggers on reservations do."""
    if connection.dialect.name == "sqlite":
        yield
        return
    connection.exec_driver_sql("ALTER TABLE accounts DISABLE TRIGGER totals_follow")
    yield
    connection.exec_driver_sql("ALTER TABLE accounts ENABLE TRIGGER totals_follow")


def _new_windows(rows: dict[str, Row[Any]]) -> dict[str, _NewWindow]:
    """Return the new window of each account, parents before their children."""
    windows: dict[str, _NewWindow] = {}

    def new_window(name: str) -> _NewWindow:
        if name not in windows:
            parent = rows[name].parent
            windows[name] = _new_window(rows[name].time_window, new_window(parent).window if parent else None)
        return windows[name]

    for name in rows:
        new_window(name)
    return windows


def _new_window(own: str | None, outer: str | None) -> _NewWindow:
    if own is None:
        return _NewWindow(window=outer, read_outside=outer is not None)
    window = canonical(own)
    inside = outer is None or _contains(outer, window)
    return _NewWindow(window=window, read_outside=not inside, must_close=not inside)


def _contains(outer: str, inner: str) -> bool:
    try:
        return parse_window(outer).contains(parse_window(inner))
    except UsageError:  # over another column, or only one of them has a time zone
        return False


def _migrate(book: Book, row: Row[Any], new: _NewWindow) -> None:
    numbers = select(schema.entries.c.seq).where(schema.entries.c.account == row.name, schema.entries.c.format == 1)
    old_lines = list(book.connection.execute(numbers.order_by(schema.entries.c.seq)).scalars())
    tag = new_tag()
    values = {"tag": tag, "time_window": new.window}
    book.connection.execute(update(schema.accounts).where(_ACCOUNTS.name == row.name).values(**values))
    payload = {
        "name": row.name,
        "tag": tag,
        "window": new.window,
        "lines": len(old_lines),
        "lines_digest": lines_digest(old_lines),
    }
    book.add("MIGRATED", by=_WHO, account=row.name, payload=payload)
    if new.must_close and not row.closed:
        book.connection.execute(update(schema.accounts).where(_ACCOUNTS.name == row.name).values(closed=True))
        book.add("ACCOUNT_CLOSED", by=_WHO, account=row.name, payload={})


def _correct(book: Book, row: Row[Any], *, accounts: dict[str, Row[Any]], windows: dict[str, _NewWindow]) -> None:
    """Charge the difference between a reservation's cost and what an older version charged for it."""
    if row.atto_delta:
        unit = PrivacyUnit.from_json(json.loads(row.request)["unit"])
        excess = old_threshold_excess(nano_rho=row.nano_rho, atto_delta=row.atto_delta, max_rows=unit.max_rows)
        if excess:
            more = PrivacyLoss(nano_rho=0, atto_delta=excess)
            _charge(book, row.account, row.id, more, reason="the tail of a threshold was taken too small")
    loss = PrivacyLoss(nano_rho=row.nano_rho, atto_delta=row.atto_delta)
    for name in _read_across(row.account, accounts, windows):
        _charge(book, name, row.id, loss, reason=f"account {row.account!r} read rows of other windows")


def _read_across(account: str, accounts: dict[str, Row[Any]], windows: dict[str, _NewWindow]) -> list[str]:
    """Return the accounts whose other parts an account read, though it was charged as one part."""
    across: list[str] = []
    outside = False
    for child, parent in pairwise(_upwards(account, accounts)):
        # Whatever it reads, an account is a part of its parent; the account above the parent was charged too little.
        if outside and accounts[parent].partitioned_by == "window":
            across.append(parent)
        outside = outside or windows[child].read_outside
    return across


def _upwards(account: str, accounts: dict[str, Row[Any]]) -> Iterator[str]:
    name: str | None = account
    while name is not None:
        yield name
        name = accounts[name].parent


def _charge(book: Book, account: str, reservation_id: str, loss: PrivacyLoss, *, reason: str) -> None:
    columns = {
        "spent_nano_rho": _ACCOUNTS.spent_nano_rho + loss.nano_rho,
        "spent_atto_delta": _ACCOUNTS.spent_atto_delta + loss.atto_delta,
    }
    book.connection.execute(update(schema.accounts).where(_ACCOUNTS.name == account).values(**columns))
    payload = {"nano_rho": loss.nano_rho, "atto_delta": loss.atto_delta, "reason": reason}
    book.add("CORRECTED", by=_WHO, account=account, reservation_id=reservation_id, payload=payload)
