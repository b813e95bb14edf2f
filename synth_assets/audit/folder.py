"""What a folder holds, by looking only: nothing in it is opened, and no link is followed.

A bundle or a version that somebody sent may hold links out of the folder, pipes that
block a reader, or files that nobody listed. All of it is a fault, told by name.
"""

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from synth_assets.reading import digest_file

__all__ = ["Folder", "differences", "is_plain_name", "walk"]

_MOST_ENTRIES = 100_000
_DEEPEST = 8
_LONGEST_NAME = 400
_PLAIN = re.compile(r"[^\x00-\x1f\x7f\\]+")


@dataclass(slots=True, kw_only=True)
class Folder:
    """What a folder holds.

    Attributes:
        files: size of each regular file, by its name from the folder on.
        folders: names of the folders in it.
        faults: what may not be there: links, pipes, sockets, devices, too much or too deep.
    """

    files: dict[str, int] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)


def walk(root: Path) -> Folder:
    """List a folder; one that is not there is empty."""
    folder = Folder()
    for name, entry in _entries(root, "", folder):
        mode = entry.stat(follow_symlinks=False)
        if stat.S_ISREG(mode.st_mode):
            folder.files[name] = mode.st_size
        elif stat.S_ISDIR(mode.st_mode):
            folder.folders.add(name)
        else:
            kind = "a link" if stat.S_ISLNK(mode.st_mode) else "a pipe, a socket or a device"
            folder.faults.append(f"{name} is {kind}")
    return folder


def differences(root: Path, folder: Folder, listed: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Compare a folder with what a manifest lists, byte for byte; return what differs, by name."""
    wanted = {str(parent) for name in listed for parent in PurePosixPath(name).parents} - {"."}
    return [
        *folder.faults,
        *(f"{name} is missing" for name in sorted(set(listed) - set(folder.files))),
        *(f"{name} is not in the manifest" for name in sorted(set(folder.files) - set(listed))),
        *(f"folder {name} is not in the manifest" for name in sorted(folder.folders - wanted)),
        *(
            f"{name} was altered"
            for name, entry in sorted(listed.items())
            if name in folder.files and not _same(root / name, folder.files[name], entry)
        ),
    ]


def is_plain_name(name: Any) -> bool:
    """Tell whether a name stays inside its folder and is written in the one way that we write it."""
    if not isinstance(name, str) or len(name) > _LONGEST_NAME or not _PLAIN.fullmatch(name):
        return False
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and path.as_posix() == name != "."


def _entries(root: Path, above: str, folder: Folder) -> Iterator[tuple[str, "os.DirEntry[str]"]]:
    """Yield what lies below a folder, folders before what is in them."""
    try:
        with os.scandir(root / above) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError:
        if above:
            folder.faults.append(f"{above} cannot be listed")
        return
    for entry in entries:
        name = f"{above}/{entry.name}" if above else entry.name
        if len(folder.files) + len(folder.folders) + len(folder.faults) > _MOST_ENTRIES:
            folder.faults.append(f"there are more than {_MOST_ENTRIES:,} files")
            return
        yield name, entry
        if entry.is_dir(follow_symlinks=False):
            if name.count("/") + 1 >= _DEEPEST:
                folder.faults.append(f"{name} is nested too deeply")
            else:
                yield from _entries(root, name, folder)


def _same(path: Path, size: int, entry: Mapping[str, Any]) -> bool:
    return bool(size == entry["size"] and digest_file(path) == entry["sha256"])
