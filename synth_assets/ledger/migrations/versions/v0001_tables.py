"""Create the tables of format 1 and their triggers."""

import secrets

import sqlalchemy as sa
from alembic import op

from synth_assets.ledger.migrations.laws_v1 import POSTGRESQL, SQLITE

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_FORMAT = 1
_OPEN_STATES = sa.text("state IN ('RESERVED', 'OPENED')")


def upgrade() -> None:
    """Make everything, and the head of an empty book with a name of its own."""
    _make_declarations()
    _make_reservations()
    _make_book()
    connection = op.get_bind()
    # The driver of PostgreSQL reads a lone % as the place of a parameter.
    laws = SQLITE if connection.dialect.name == "sqlite" else tuple(law.replace("%", "%%") for law in POSTGRESQL)
    for law in laws:
        connection.exec_driver_sql(law)


def _make_declarations() -> None:
    op.create_table(
        "accounts",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("population", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("time_window", sa.Text),
        sa.Column("parent", sa.Text, sa.ForeignKey("accounts.name")),
        sa.Column("partitioned_by", sa.Text),
        sa.Column("partition", sa.Text),
        sa.Column("cap", sa.Text, nullable=False),
        sa.Column("cap_nano_rho", sa.BigInteger, nullable=False),
        sa.Column("cap_atto_delta", sa.BigInteger, nullable=False),
        sa.Column("spent_nano_rho", sa.BigInteger, sa.CheckConstraint("spent_nano_rho >= 0"), nullable=False),
        sa.Column("spent_atto_delta", sa.BigInteger, sa.CheckConstraint("spent_atto_delta >= 0"), nullable=False),
        sa.Column("reserved_nano_rho", sa.BigInteger, sa.CheckConstraint("reserved_nano_rho >= 0"), nullable=False),
        sa.Column("reserved_atto_delta", sa.BigInteger, sa.CheckConstraint("reserved_atto_delta >= 0"), nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
    )
    op.create_table(
        "sources",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("columns", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("account", sa.Text, sa.ForeignKey("accounts.name"), nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("attested_by", sa.Text),
        sa.Column("place_digest", sa.Text, nullable=False),
    )
    op.create_table(
        "places",
        sa.Column("source", sa.Text, sa.ForeignKey("sources.name"), primary_key=True),
        sa.Column("location", sa.Text, nullable=False),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("salt", sa.Text, nullable=False),
    )


def _make_reservations() -> None:
    op.create_table(
        "reservations",
        sa.Column(
            "number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), sa.Identity(always=True), primary_key=True
        ),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("base", sa.Text, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("account", sa.Text, sa.ForeignKey("accounts.name"), nullable=False),
        sa.Column("source", sa.Text, sa.ForeignKey("sources.name"), nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("nano_rho", sa.BigInteger, sa.CheckConstraint("nano_rho > 0"), nullable=False),
        sa.Column("atto_delta", sa.BigInteger, sa.CheckConstraint("atto_delta >= 0"), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("nonce_digest", sa.Text),
        sa.Column("release_digest", sa.Text),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("started", sa.Text, nullable=False),
        sa.Column("lease_until", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("base", "attempt"),
    )
    op.create_index("reservations_account", "reservations", ["account"])
    op.create_index("reservations_source", "reservations", ["source"])
    op.create_index(
        "reservations_unfinished",
        "reservations",
        ["state"],
        sqlite_where=_OPEN_STATES,
        postgresql_where=_OPEN_STATES,
    )
    op.create_table(
        "draws",
        sa.Column("reservation_id", sa.Text, sa.ForeignKey("reservations.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("intent_digest", sa.Text, nullable=False),
        sa.Column("answer_digest", sa.Text),
    )


def _make_book() -> None:
    op.create_table(
        "entries",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False
        ),
        sa.Column("time", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("account", sa.Text),
        sa.Column("reservation_id", sa.Text),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("login", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("body_digest", sa.Text, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("key_id", sa.Text),
        sa.Column("signature", sa.Text),
    )
    op.create_index("entries_account_kind", "entries", ["account", "kind", "seq"])
    head = op.create_table(
        "ledger",
        sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
        sa.Column("ledger_id", sa.Text, nullable=False),
        sa.Column("format", sa.Integer, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("time", sa.Text, nullable=False),
    )
    name = secrets.token_hex(16)
    op.bulk_insert(head, [{"id": 1, "ledger_id": name, "format": _FORMAT, "seq": 0, "hash": name, "time": ""}])
