"""Whether folders can be written and hold what will come: tried, not guessed from rights.

Rights say little: root may do anything, a file system may be read-only or out of
its quota, a network share may have rules of its own. So a nameless file is made
where something will be written and is gone at once.
"""

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

__all__ = ["lacking_space", "owned_by_another", "unopenable", "unwritable"]

_GRAIN = 10**8
"""What is free is rounded down to this: exact bytes would tell the size of a private table on the same disk."""


def unwritable(folder: Path) -> str | None:
    """Return why nothing can be written in a folder, which need not be there yet; ``None`` when it can."""
    existing = _existing(folder)
    if not existing.is_dir():
        return f"{existing.name} is a file where a folder has to be"
    try:
        with tempfile.TemporaryFile(dir=existing):
            return None
    except OSError as error:
        return f"{existing.name or existing} cannot be written: {error.strerror}{_whose(existing)}"


def unopenable(file: Path) -> str | None:
    """Return why an existing file cannot be opened for writing; ``None`` when it can or is not there."""
    try:
        os.close(os.open(file, os.O_WRONLY))
    except (FileNotFoundError, NotADirectoryError):  # the folder is unwritable's to judge
        return None
    except OSError as error:
        return f"{file.name} cannot be written: {error.strerror}{_whose(file)}"
    return None


def lacking_space(needed: Iterable[tuple[Path, int]]) -> tuple[int, int] | None:
    """Return how many bytes are needed and about how many are free where that is too little, else ``None``.

    Args:
        needed: folders, there or not, and the bytes that will come into each; what lies on one disk is added up.
    """
    disks: dict[int, tuple[Path, int]] = {}
    for folder, size in needed:
        existing = _existing(folder)
        first, sum_ = disks.get(existing.stat().st_dev, (existing, 0))
        disks[existing.stat().st_dev] = (first, sum_ + size)
    return next(iter(_short(disks)), None)


def _short(disks: Mapping[int, tuple[Path, int]]) -> list[tuple[int, int]]:
    compared = [(size, shutil.disk_usage(folder).free // _GRAIN * _GRAIN) for folder, size in disks.values()]
    return [(size, free) for size, free in compared if size > free]


def _existing(path: Path) -> Path:
    """Return the path itself, or the nearest folder above it that is there."""
    path = path.absolute()
    return next(candidate for candidate in (path, *path.parents) if os.path.lexists(candidate))


def owned_by_another(path: Path) -> str | None:
    """Name the user whose path it is; ``None`` when it is this process's own or not there."""
    if not os.path.lexists(path) or (uid := path.lstat().st_uid) == os.geteuid():
        return None
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _whose(path: Path) -> str:
    """Say whose it is when it is somebody else's: two people may share a project's folder."""
    owner = owned_by_another(path)
    return "" if owner is None else f" (it belongs to {owner})"
