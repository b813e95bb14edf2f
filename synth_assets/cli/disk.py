"""Faults of disks in words: a folder that this user may not write, that is read only, or that is full.

Every command can meet one, so they are translated once, where a command ends. A path is named if it is the project's
or was typed; any other may be where private rows are.
"""

import errno
import os
from collections.abc import Sequence
from pathlib import Path

from synth_assets.cli.contracts import from_here
from synth_assets.errors import Fault
from synth_assets.workspace import STATE, Workspace

__all__ = ["disk_fault"]

_WORDS = {
    errno.EROFS: ("{} is on a disk that is read only", "take a folder that can be written, or mount the disk writable"),
    errno.ENOSPC: ("the disk of {} is full", "free some space and run again: nothing half-written is used"),
    **dict.fromkeys(
        (errno.EACCES, errno.EPERM),
        (
            "this user may not write {}",
            "take a folder that is yours, or ask its owner for the right to read and write",
        ),
    ),
}
_WORDS[errno.ENOTDIR] = ("{} is a file where a folder has to be", "take another path")
_WORDS[errno.EEXIST] = ("{} is there already", "take another path")
_WORDS[errno.EDQUOT] = _WORDS[errno.ENOSPC]


def disk_fault(error: Exception, *, arguments: Sequence[str]) -> Fault | None:
    """Return what is said of an error of the operating system about a folder; ``None`` of any other error.

    Args:
        error: any.
        arguments: what was typed.
    """
    if not isinstance(error, OSError) or error.errno not in _WORDS:
        return None
    words, hint = _WORDS[error.errno]
    return Fault(words.format(_name(error.filename, arguments=arguments)), hint=hint)


def _name(filename: object, *, arguments: Sequence[str]) -> str:
    """Name the file, or the folder in which it could not be made, if that says nothing of where private rows are."""
    if not isinstance(filename, str | os.PathLike):
        return "a folder that this command writes"
    path = Path(filename).absolute()
    there = next(known for known in (path, *path.parents) if os.path.lexists(known))
    root = Workspace.current().root
    for zone in ("private", "curator"):
        if there.is_relative_to(root / STATE / zone):
            return _shown(root / STATE / zone)
    typed = [Path(argument.partition("=")[2] or argument).absolute() for argument in arguments if argument]
    if there.is_relative_to(root) or any(given.is_relative_to(there) or there.is_relative_to(given) for given in typed):
        return _shown(there)
    return "a folder outside of the project"


def _shown(path: Path) -> str:
    return "the current folder" if path == Path.cwd() else str(from_here(path))
