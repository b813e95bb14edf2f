"""Split the units of an account into measured and held-out ones, once and for good.

A release reads measured units and an evaluation held-out ones, so no unit pays for both
(``docs/privacy/holdout.md``). The ledger log holds the share and a digest of the key; the key
is beside the places of sources and is handed out as they are: in exchange for a permit.
"""

import secrets

from sqlalchemy import Connection, TextClause, insert, select, text

from synth_assets.errors import IntegrityError, UsageError
from synth_assets.files import sha256_bytes
from synth_assets.ledger import schema
from synth_assets.ledger.accounts import read_account, read_split
from synth_assets.ledger.chain import Book
from synth_assets.ledger.messages import check_text
from synth_assets.ledger.types import Account, ReservationRequest, Split, SplitKey
from synth_assets.privacy import PARTS

__all__ = [
    "charged_part",
    "refuse_unsplittable",
    "share_in_ppm",
    "split_account",
    "split_key_for",
    "split_key_for_curator",
]

_KEY_BYTES = 32
_MILLION = 1_000_000
_LEAST, _MOST = 1_000, 500_000  # a thousandth, a half


def share_in_ppm(share: float) -> int:
    """Return a share of units in millionths.

    Raises:
        UsageError: fewer than a thousandth or more than a half would be held out.
    """
    ppm = round(share * _MILLION)
    if not _LEAST <= ppm <= _MOST:
        raise UsageError(f"a holdout of {share:g} must be between 0.001 and 0.5", hint="0.1 is a common choice")
    return ppm


def refuse_unsplittable(account: Account, *, share: float) -> None:
    """Refuse an account that could not be split, before it is opened. Raises UsageError."""
    share_in_ppm(share)
    _refuse_rows(account)


def _refuse_rows(account: Account) -> None:
    if account.unit.column is None:
        raise UsageError(
            f"each row is a unit of account {account.name!r}: without ids nobody can be held out",
            hint="open an account whose unit is a column of ids",
        )


def split_account(book: Book, account: str, *, share_ppm: int, by: str) -> Split:
    """Draw a key and split an account; see :meth:`Ledger.split_account`."""
    check_text("by", by)
    _refuse_rows(read_account(book.connection, account))
    known = read_split(book.connection, account)
    if known is not None:
        if known.share_ppm != share_ppm:
            raise UsageError(
                f"account {account!r} holds out {known.share:g} of its units, for good",
                hint=f"use that share, `holdout: {known.share:g}`: another split would mix the two parts",
            )
        return known
    key = secrets.token_bytes(_KEY_BYTES)
    split = Split(share_ppm=share_ppm, key_digest=sha256_bytes(key))
    facts = {"share_ppm": split.share_ppm, "key_digest": split.key_digest}
    book.connection.execute(insert(schema.splits).values(account=account, digest=split.digest, **facts))
    book.connection.execute(insert(schema.split_keys).values(account=account, key=key.hex()))
    empty = dict.fromkeys(("spent_nano_rho", "spent_atto_delta", "reserved_nano_rho", "reserved_atto_delta"), 0)
    for part in PARTS:
        book.connection.execute(insert(schema.parts).values(account=account, part=part, **empty))
    book.add("SPLIT_SET", by=by, account=account, payload=facts)
    return split


def charged_part(request: ReservationRequest, split: Split | None) -> str | None:
    """Return the part that a request is charged to; ``None`` for all units.

    A request that was planned under another split, or under none, may read units of both parts.

    Raises:
        UsageError: it names something that is not a part.
    """
    if request.part is not None and request.part not in PARTS:
        raise UsageError(f"{request.part!r} is not a part of an account", hint=f"the parts are {', '.join(PARTS)}")
    return request.part if split is not None and request.split == split.digest else None


def split_key_for(connection: Connection, account: str, *, reservation_id: str, nonce: str) -> SplitKey:
    """Return the key of an account's split for an opened reservation; PostgreSQL itself checks its nonce.

    Raises:
        IntegrityError: the key is not the one in the ledger log.
    """
    query = text("SELECT split_key_for_permit(:which, :nonce)").bindparams(which=reservation_id, nonce=nonce)
    return _checked_key(connection, account, query)


def split_key_for_curator(connection: Connection, account: str) -> SplitKey:
    """Return the same for a curator; PostgreSQL itself checks that the reading is recorded. Raises as before."""
    return _checked_key(connection, account, text("SELECT split_key_for_curator(:which)").bindparams(which=account))


def _checked_key(connection: Connection, account: str, query: TextClause) -> SplitKey:
    """Return the key of an account's split, which ``query`` asks PostgreSQL for."""
    split, keys = read_split(connection, account), schema.split_keys
    if connection.dialect.name == "sqlite":
        stored = connection.execute(select(keys.c.key).where(keys.c.account == account)).scalar_one_or_none()
    else:
        stored = connection.execute(query).scalar_one()
    try:
        key = bytes.fromhex(str(stored))
    except ValueError:
        key = b""
    if split is None or sha256_bytes(key) != split.key_digest:
        raise IntegrityError(
            f"the key that splits account {account!r} is not the one in the ledger log",
            hint="run synth-assets ledger verify, and tell the privacy officer",
        )
    return SplitKey(key=key, share_ppm=split.share_ppm)
