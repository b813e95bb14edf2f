"""Borrow the made-up private table."""

from private_table import table

__all__ = ["table"]
