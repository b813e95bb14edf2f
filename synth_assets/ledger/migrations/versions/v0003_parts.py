"""Add the tables and triggers of split accounts; ``ledger/upgrade.py`` then states the new format."""

import sqlalchemy as sa
from alembic import op

from synth_assets.ledger.migrations.laws_v3 import POSTGRESQL, SQLITE

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_LOSSES = ("spent_nano_rho", "spent_atto_delta", "reserved_nano_rho", "reserved_atto_delta")


def upgrade() -> None:
    """Add splits, their keys, the charges of their parts, and the part of a reservation."""
    op.create_table(
        "splits",
        sa.Column("account", sa.Text, sa.ForeignKey("accounts.name"), primary_key=True),
        sa.Column("share_ppm", sa.Integer, nullable=False),
        sa.Column("key_digest", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
    )
    op.create_table(
        "split_keys",
        sa.Column("account", sa.Text, sa.ForeignKey("splits.account"), primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
    )
    op.create_table(
        "parts",
        sa.Column("account", sa.Text, sa.ForeignKey("splits.account"), primary_key=True),
        sa.Column("part", sa.Text, sa.CheckConstraint("part IN ('measured', 'held_out')"), primary_key=True),
        *(sa.Column(name, sa.BigInteger, sa.CheckConstraint(f"{name} >= 0"), nullable=False) for name in _LOSSES),
    )
    op.add_column("reservations", sa.Column("part", sa.Text))
    connection = op.get_bind()
    laws = SQLITE if connection.dialect.name == "sqlite" else tuple(law.replace("%", "%%") for law in POSTGRESQL)
    for law in laws:
        connection.exec_driver_sql(law)
