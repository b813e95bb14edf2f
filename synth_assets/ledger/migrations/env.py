"""Alembic's entry point: run the steps inside the caller's transaction."""

from alembic import context

from synth_assets.ledger.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
