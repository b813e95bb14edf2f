"""Borrow the made-up private table."""

from measuring_here import measuring_here
from private_table import table

__all__ = ["measuring_here", "table"]
