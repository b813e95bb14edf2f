"""Take what a tool left behind into the curator's store: regular files alone, for their owner alone, within a limit.

The tool could have put anything there: links to files of the curator, devices, a folder that is a link. Nothing is
followed, and whatever is not taken is counted.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["MOST_BYTES", "Kept", "keep_output"]

MOST_BYTES = 2 << 30
"""Most bytes of all files of one tool together."""
_PIECE = 1 << 20
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


@dataclass(slots=True, kw_only=True)
class Kept:
    """What was taken.

    Attributes:
        files: size and SHA-256 of each file by its path.
        left_out: paths that were not taken, and why.
        space: bytes that may still be taken.
    """

    files: dict[str, dict[str, str | int]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    space: int = MOST_BYTES


def keep_output(folder: Path, *, name: str, target: Path, most: int = MOST_BYTES) -> Kept:
    """Copy all regular files of ``folder/name`` to ``target/name``, and say which.

    Args:
        folder: the tool's folder.
        name: of the folder in it that the tool wrote to; it need not exist.
        target: an existing folder.
        most: most bytes to copy.
    """
    kept = Kept(space=most)
    try:
        top = os.open(folder / name, _READ | os.O_DIRECTORY)
    except OSError:
        kept.left_out[name] = "not a folder"
        return kept
    try:
        for inner, names, below in _walk(top):
            copied = target / name / inner
            copied.mkdir(mode=0o700, parents=True, exist_ok=True)
            for file in names:
                _keep(kept, file, below, path=f"{name}/{_shown(inner)}{_shown(file)}", copied=copied)
    except (OSError, RecursionError) as error:
        kept.left_out[f"{name}/..."] = f"could not be read further: {type(error).__name__}"
    finally:
        os.close(top)
    return kept


def _walk(top: int) -> Iterator[tuple[str, list[str], int]]:
    """Yield each folder's path, the names of all but real folders in it, and its descriptor; follow no link."""
    for path, folders, files, below in os.fwalk(".", dir_fd=top, follow_symlinks=False):
        links = [name for name in folders if not stat.S_ISDIR(_kind(name, below))]
        folders[:] = sorted(set(folders) - set(links))
        inner = path.removeprefix(".").removeprefix("/")
        yield (f"{inner}/" if inner else ""), sorted([*files, *links]), below


def _kind(name: str, below: int) -> int:
    return os.stat(name, dir_fd=below, follow_symlinks=False).st_mode


def _keep(kept: Kept, name: str, below: int, *, path: str, copied: Path) -> None:
    try:
        source = os.open(name, _READ, dir_fd=below)
    except OSError:  # a link, or nothing that can be read
        kept.left_out[path] = "not a regular file"
        return
    with os.fdopen(source, "rb") as stream:
        facts = os.fstat(source)
        if not stat.S_ISREG(facts.st_mode):
            kept.left_out[path] = "not a regular file"
        elif facts.st_size > kept.space:
            kept.left_out[path] = f"too large: at most {MOST_BYTES:,} bytes are kept of one tool"
        else:
            kept.space -= facts.st_size
            digest = hashlib.sha256()
            with os.fdopen(os.open(copied / name, _WRITE, 0o600), "wb") as copy:
                while piece := stream.read(_PIECE):
                    copy.write(piece)
                    digest.update(piece)
            kept.files[path] = {"bytes": facts.st_size, "sha256": digest.hexdigest()}


def _shown(name: str) -> str:
    """Return a name as text that can be written, whatever its bytes are."""
    return os.fsencode(name).decode(errors="backslashreplace")
