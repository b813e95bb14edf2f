"""Queries see the tables that the migrations make."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from synth_assets.ledger import schema
from synth_assets.ledger.sql import SqlLedger


def test_the_tables_of_queries_and_of_migrations_are_the_same(empty: SqlLedger) -> None:
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []


def test_where_a_source_is_stands_in_a_table_of_its_own() -> None:
    assert "location" not in schema.sources.c
    assert set(schema.places.c.keys()) == {"source", "location", "options", "salt"}
