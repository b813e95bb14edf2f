"""Describe the ledger's tables for queries; migrations create them and their triggers.

Losses are integers: nano-rho and atto-delta. Triggers of the database update the
totals of an account; no statement of ours does.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

__all__ = [
    "ENTRY_FORMAT",
    "FORMAT",
    "accounts",
    "draws",
    "entries",
    "head",
    "metadata",
    "parts",
    "places",
    "reservations",
    "sources",
    "split_keys",
    "splits",
]

FORMAT = 3
"""Version of the meaning of these tables; any other format is refused until it is migrated."""
ENTRY_FORMAT = 2
"""Version of the meaning of new entries."""

metadata = MetaData()

_OPEN_STATES = text("state IN ('RESERVED', 'OPENED')")

head = Table(
    "ledger",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
    Column("ledger_id", Text, nullable=False),
    Column("format", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    Column("time", Text, nullable=False),
)
"""One row: the newest entry. Every writer locks it first, so writers wait for each other."""

accounts = Table(
    "accounts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("population", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("time_window", Text),
    Column("parent", Text, ForeignKey("accounts.name")),
    Column("partitioned_by", Text),
    Column("partition", Text),
    Column("tag", Text),
    Column("cap", Text, nullable=False),
    Column("cap_nano_rho", BigInteger, nullable=False),
    Column("cap_atto_delta", BigInteger, nullable=False),
    Column("spent_nano_rho", BigInteger, CheckConstraint("spent_nano_rho >= 0"), nullable=False),
    Column("spent_atto_delta", BigInteger, CheckConstraint("spent_atto_delta >= 0"), nullable=False),
    Column("reserved_nano_rho", BigInteger, CheckConstraint("reserved_nano_rho >= 0"), nullable=False),
    Column("reserved_atto_delta", BigInteger, CheckConstraint("reserved_atto_delta >= 0"), nullable=False),
    Column("closed", Boolean, nullable=False),
)

splits = Table(
    "splits",
    metadata,
    Column("account", Text, ForeignKey("accounts.name"), primary_key=True),
    Column("share_ppm", Integer, nullable=False),
    Column("key_digest", Text, nullable=False),
    Column("digest", Text, nullable=False),
)
"""How the units of an account are divided, once and for good."""

split_keys = Table(
    "split_keys",
    metadata,
    Column("account", Text, ForeignKey("splits.account"), primary_key=True),
    Column("key", Text, nullable=False),
)
"""Keys of splits, in a table of their own so that a login may read ``splits`` and not this."""

parts = Table(
    "parts",
    metadata,
    Column("account", Text, ForeignKey("splits.account"), primary_key=True),
    Column("part", Text, CheckConstraint("part IN ('measured', 'held_out')"), primary_key=True),
    Column("spent_nano_rho", BigInteger, CheckConstraint("spent_nano_rho >= 0"), nullable=False),
    Column("spent_atto_delta", BigInteger, CheckConstraint("spent_atto_delta >= 0"), nullable=False),
    Column("reserved_nano_rho", BigInteger, CheckConstraint("reserved_nano_rho >= 0"), nullable=False),
    Column("reserved_atto_delta", BigInteger, CheckConstraint("reserved_atto_delta >= 0"), nullable=False),
)
"""Charges to one part of a split account alone; triggers of the database update them."""

sources = Table(
    "sources",
    metadata,
    Column("name", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("columns", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("account", Text, ForeignKey("accounts.name"), nullable=False),
    Column("version", Text, nullable=False),
    Column("attested_by", Text),
    Column("place_digest", Text, nullable=False),
)

places = Table(
    "places",
    metadata,
    Column("source", Text, ForeignKey("sources.name"), primary_key=True),
    Column("location", Text, nullable=False),
    Column("options", Text, nullable=False),
    Column("salt", Text, nullable=False),
)
"""Locations of sources, in a table of their own so that a login may read ``sources`` and not this."""

reservations = Table(
    "reservations",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), Identity(always=True), primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("base", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("account", Text, ForeignKey("accounts.name"), nullable=False),
    Column("source", Text, ForeignKey("sources.name"), nullable=False),
    Column("request", Text, nullable=False),
    Column("nano_rho", BigInteger, CheckConstraint("nano_rho > 0"), nullable=False),
    Column("atto_delta", BigInteger, CheckConstraint("atto_delta >= 0"), nullable=False),
    Column("state", Text, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("nonce_digest", Text),
    Column("release_digest", Text),
    Column("part", Text),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started", Text, nullable=False),
    Column("lease_until", BigInteger, nullable=False),
    UniqueConstraint("base", "attempt"),
    Index("reservations_account", "account"),
    Index("reservations_source", "source"),
    Index("reservations_unfinished", "state", sqlite_where=_OPEN_STATES, postgresql_where=_OPEN_STATES),
)

draws = Table(
    "draws",
    metadata,
    Column("reservation_id", Text, ForeignKey("reservations.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("intent_digest", Text, nullable=False),
    Column("answer_digest", Text),
)

entries = Table(
    "entries",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("time", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("account", Text),
    Column("part", Text),
    Column("reservation_id", Text),
    Column("by", Text, nullable=False),
    Column("login", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("format", Integer, nullable=False),
    Column("salt", Text),
    Column("tag", Text),
    Column("body_digest", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("key_id", Text),
    Column("signature", Text),
    Index("entries_account_kind", "account", "kind", "seq"),
)
