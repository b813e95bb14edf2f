"""A folder for one measuring process, readable by its owner alone, and deleted afterwards.

A process that uses a scratch folder holds a lock on a file in it. A folder whose lock
is free belongs to a process that was killed: the next process deletes it.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

__all__ = ["OUTPUT", "delete_scratch", "open_output", "open_scratch"]

OUTPUT = "output"
"""Name of the file for the output of the measuring process."""
_ROOT, _LOCK = "scratch", "lock"


@contextmanager
def open_scratch(private: Path) -> Iterator[Path]:
    """Yield a new empty folder in the private zone; it and the folders of dead processes are deleted."""
    root = private / _ROOT
    root.mkdir(mode=0o700, exist_ok=True)
    _delete_orphans(root)
    folder = root / secrets.token_hex(8)
    folder.mkdir(mode=0o700)
    try:
        with (folder / _LOCK).open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def delete_scratch(folder: Path) -> None:
    """Delete a folder of :func:`open_scratch`; any other is left alone, say a project where it was started."""
    if folder.parent.name == _ROOT and (folder / _LOCK).is_file():
        shutil.rmtree(folder, ignore_errors=True)


def open_output(scratch: Path) -> IO[bytes]:
    """Open the file for the output of the measuring process; it outlives the folder, so it has its own permissions."""
    return os.fdopen(os.open(scratch / OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _delete_orphans(root: Path) -> None:
    for folder in root.iterdir():
        try:
            with (folder / _LOCK).open("rb") as lock:
                if _is_free(lock):
                    shutil.rmtree(folder, ignore_errors=True)
        except FileNotFoundError:
            continue  # another process is creating or deleting it at this moment


def _is_free(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
