"""Alembic's entry: run the steps inside the transaction that was already begun."""

from alembic import context

from synth_assets.ledger.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
