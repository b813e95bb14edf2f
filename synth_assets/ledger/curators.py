"""Open an account to curators, and record each reading of exact figures before it happens.

Exact figures are computed without noise, so nothing is charged for them and no epsilon
covers what a person decides on them. What the ledger does is to remember: the entry is
durable and anchored before the place of the source is handed out, and every later version
of the account lists it.
"""

from sqlalchemy import Connection, select

from synth_assets.errors import Refused, UsageError
from synth_assets.ledger import schema
from synth_assets.ledger.accounts import read_account, read_split
from synth_assets.ledger.admission import check_as_declared, check_version
from synth_assets.ledger.chain import Book
from synth_assets.ledger.keys import PublicKey
from synth_assets.ledger.messages import check_text
from synth_assets.ledger.readings import READING, CuratorPermit, CuratorRequest, check_request
from synth_assets.ledger.sources import check_window_column, may_read_places, read_source, with_place
from synth_assets.ledger.splits import split_key_for_curator
from synth_assets.ledger.trust import check_curated
from synth_assets.privacy import PARTS

__all__ = ["is_curated", "mark_curated", "open_to_curator"]

_MARK = "CURATED"


def mark_curated(book: Book, account: str, *, by: str, reason: str) -> None:
    """Open an account to curators; see :meth:`Ledger.mark_curated`."""
    check_text("by", by)
    check_text("reason", reason)
    _refuse_closed(book.connection, account)
    if not _is_marked(book.connection, account):
        book.add(_MARK, by=by, account=account, payload={"reason": reason})


def is_curated(connection: Connection, account: str) -> bool:
    """Return whether an account is open to curators; see :meth:`Ledger.curated`."""
    read_account(connection, account)
    return _is_marked(connection, account) and not _is_closed(connection, account)


def open_to_curator(book: Book, request: CuratorRequest, *, officers: tuple[PublicKey, ...]) -> CuratorPermit:
    """Record a reading and hand out its permit; see :meth:`Ledger.open_to_curator`."""
    connection = book.connection
    check_request(request)
    source = read_source(connection, request.source)
    account = read_account(connection, source.account)
    _refuse_closed(connection, account.name)
    check_curated(connection, account.name, officers=officers)
    check_window_column(source, account)
    check_version(request, source)
    if request.part is not None and (request.part not in PARTS or read_split(connection, account.name) is None):
        raise UsageError(f"account {account.name!r} has no part {request.part!r}", hint="synth-assets budget show")
    if not may_read_places(connection):
        raise Refused("this login may not read exact figures", hint="a curator uses an officer's login")
    check_as_declared(connection, source=source.name, account=account.name, officers=officers)
    facts = {word: getattr(request, word) for word in READING}
    book.add("CURATOR_READ", by=request.by, account=account.name, payload=facts)
    return CuratorPermit(
        source=with_place(connection, source),
        window=account.window,
        part=request.part,
        split_key=None if request.part is None else split_key_for_curator(connection, account.name),
    )


def _is_marked(connection: Connection, account: str) -> bool:
    entries = schema.entries.c
    query = select(entries.seq).where(entries.account == account, entries.kind == _MARK).limit(1)
    return connection.execute(query).first() is not None


def _is_closed(connection: Connection, account: str) -> bool:
    accounts = schema.accounts.c
    return bool(connection.execute(select(accounts.closed).where(accounts.name == account)).scalar_one())


def _refuse_closed(connection: Connection, account: str) -> None:
    read_account(connection, account)
    if _is_closed(connection, account):
        raise UsageError(f"account {account!r} is closed", hint="nothing of it is read any more")
