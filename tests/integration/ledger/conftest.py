"""A PostgreSQL server of our own for the tests of the ledger."""

from postgres_server import make_server, postgres_ledger_url, server

__all__ = ["make_server", "postgres_ledger_url", "server"]
