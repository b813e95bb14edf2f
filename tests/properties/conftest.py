"""A PostgreSQL server of our own for the laws of counting in a warehouse."""

from postgres_server import make_server, server

__all__ = ["make_server", "server"]
