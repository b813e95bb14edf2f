"""A made-up source that notes what the ledger says at the moment when its rows are read.

It is registered in the made-up ledger of :mod:`~synth_assets.assurance.order` as a Python
callable, so that the measuring process itself calls it.
"""

import json
from pathlib import Path

import pyarrow as pa

from synth_assets.ledger import open_ledger

__all__ = ["readings", "rows"]


def rows(ledger_url: str, notes: str) -> pa.RecordBatch:
    """Return a few made-up rows, and note the kinds of all entries that the ledger has by now."""
    kinds = [entry.kind for entry in open_ledger(ledger_url).entries()]
    with Path(notes).open("a", encoding="utf-8") as file:
        file.write(f"{json.dumps(kinds)}\n")
    return pa.record_batch({"a": ["0", "1", "2", "1"]})


def readings(notes: str) -> list[list[str]]:
    """Return what each reading noted, in their order."""
    path = Path(notes)
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
