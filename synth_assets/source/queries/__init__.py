"""PRIVATE: the exact values of each kind of query, one module per kind, named as in ``release.kinds``.

A module has two functions:

- ``exact(queries, engine)`` returns the exact values of some queries, in as few passes over the
  rows as the engine can;
- ``unit_vector(query, rows)`` returns what one unit's rows add to them, or the most that they can move
  them by. It is the specification: tests hold ``exact`` and the stability bound against it, nothing
  else calls it.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from synth_assets.release.answers import Query
from synth_assets.source.engine import CountEngine

__all__ = ["exact_values"]


def exact_values(queries: Sequence[Query], engine: CountEngine) -> list[Any]:
    """Return the exact values of queries of one kind, which leave the private zone with noise only."""
    module = import_module(f"{__name__}.{queries[0].kind}")
    values: list[Any] = module.exact(queries, engine)
    return values
