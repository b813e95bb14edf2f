"""A folder for one measuring process, readable by its owner alone, and gone afterwards.

Whoever holds a scratch folder holds a lock on a file in it. A folder whose lock
is free belongs to a process that was killed: the next one wipes it.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

__all__ = ["OUTPUT", "open_output", "open_scratch"]

OUTPUT = "output"
"""Name of the file that takes what the measuring process prints."""


@contextmanager
def open_scratch(private: Path) -> Iterator[Path]:
    """Yield a new empty folder in the private zone; it and those of dead processes are wiped."""
    root = private / "scratch"
    root.mkdir(mode=0o700, exist_ok=True)
    _wipe_orphans(root)
    folder = root / secrets.token_hex(8)
    folder.mkdir(mode=0o700)
    try:
        with (folder / "lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def open_output(scratch: Path) -> IO[bytes]:
    """Open the file that takes what the measuring process prints; it outlives the folder, so its rights are its own."""
    return os.fdopen(os.open(scratch / OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _wipe_orphans(root: Path) -> None:
    for folder in root.iterdir():
        try:
            with (folder / "lock").open("rb") as lock:
                if _is_free(lock):
                    shutil.rmtree(folder, ignore_errors=True)
        except FileNotFoundError:
            continue  # being made or wiped by another process at this moment


def _is_free(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
