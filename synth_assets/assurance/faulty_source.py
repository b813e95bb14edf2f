"""A made-up source that fails while it is measured, as loudly as it can: what it prints must not get out.

It is registered in the made-up ledger of a leak test as a Python callable. What it does
stands in a file beside its rows, which is not there yet when it is registered.
"""

import csv
import logging
import os
import resource
import signal
import sys
import warnings
from pathlib import Path

import pyarrow as pa

__all__ = ["FAULT", "FAULTS", "ROWS", "rows"]

ROWS, FAULT = "rows.csv", "fault"
"""Names of the two files: the rows, and what goes wrong, followed by what is shouted."""
FAULTS = ("raise", "kill", "exit", "full")


def rows(folder: str) -> pa.RecordBatch:
    """Return the rows of a folder as texts, unless a fault is asked for."""
    asked = Path(folder) / FAULT
    if asked.exists():
        _fail(*asked.read_text("utf-8").split(maxsplit=1))
    with (Path(folder) / ROWS).open(encoding="utf-8", newline="") as file:
        names, *listed = csv.reader(file)
    return pa.record_batch([list(column) for column in zip(*listed, strict=True)], names=names)


def _fail(fault: str, shouted: str) -> None:
    """Write a text wherever a process can, then end as asked: by an error, a signal, an exit or a full disk."""
    sys.stdout.write(f"{shouted}\n")
    sys.stderr.write(f"{shouted}\n")
    logging.getLogger().error(shouted)
    warnings.warn(shouted, stacklevel=1)
    Path(f"{shouted}.tmp").write_text(shouted, encoding="utf-8")
    if fault == "raise":
        raise ValueError(shouted)
    if fault == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if fault == "exit":
        sys.exit(shouted)
    if fault == "full":
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
