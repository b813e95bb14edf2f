"""PRIVATE: the kinds of sources, one module each: registering one, asking whether it can be reached, reading its rows.

A new kind is a module here and a line in :data:`KINDS`. A kind is imported when it is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from synth_assets.errors import UsageError

if TYPE_CHECKING:  # the protocol alone would load pyarrow
    from synth_assets.source.kinds.kind import SourceKind

__all__ = ["KINDS", "kind_named"]

KINDS: dict[str, str] = {
    "parquet": "synth_assets.source.kinds.parquet:ParquetFiles",
    "csv": "synth_assets.source.kinds.csv:CsvFiles",
    "sql": "synth_assets.source.kinds.sql:SqlTable",
    "sql_rows": "synth_assets.source.kinds.sql:SqlRows",
    "python": "synth_assets.source.kinds.python:PythonCallable",
}
"""The name that officers write, and where its class is."""


def kind_named(name: str) -> "SourceKind":
    """Return the kind of a name.

    Raises:
        UsageError: there is no such kind.
    """
    if name not in KINDS:
        raise UsageError(f"kind={name!r} must be one of {', '.join(KINDS)}", hint="--kind parquet")
    module, _, attribute = KINDS[name].partition(":")
    kind: SourceKind = getattr(import_module(module), attribute)()
    return kind
