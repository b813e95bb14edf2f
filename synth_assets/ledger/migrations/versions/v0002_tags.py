"""Add the columns and triggers of format 2; ``ledger/upgrade.py`` then upgrades the ledger log itself."""

import sqlalchemy as sa
from alembic import op

from synth_assets.ledger.migrations.laws_v2 import POSTGRESQL, SQLITE

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the new columns of format 2, and replace the triggers that change."""
    op.add_column("accounts", sa.Column("tag", sa.Text))
    op.add_column("entries", sa.Column("part", sa.Text))
    op.add_column("entries", sa.Column("format", sa.Integer, nullable=False, server_default="1"))
    op.add_column("entries", sa.Column("salt", sa.Text))
    op.add_column("entries", sa.Column("tag", sa.Text))
    connection = op.get_bind()
    laws = SQLITE if connection.dialect.name == "sqlite" else tuple(law.replace("%", "%%") for law in POSTGRESQL)
    for law in laws:
        connection.exec_driver_sql(law)
