r"""Write files atomically and durably, and digest their content.

Every artefact goes through these functions: bytes to a temporary name beside
the target, fsync, one ``os.replace``. A reader sees the old file or the new
one, never a part of either, even after ``kill -9`` or on a full disk.

Example:
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "a.json"
    >>> write_json(target, {"b": 1, "a": 2})
    >>> target.read_text()
    '{\n "a": 2,\n "b": 1\n}\n'
"""

import filecmp
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = [
    "canonical_json",
    "json_bytes",
    "publish_file",
    "publish_folder",
    "sha256_bytes",
    "sha256_file",
    "staging_folder",
    "write_bytes",
    "write_json",
    "write_new_bytes",
]

_CHUNK = 1 << 20


def canonical_json(value: Any) -> bytes:
    """Return the one byte string that stands for ``value``: sorted keys, no spaces, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def json_bytes(value: Any) -> bytes:
    """Return the bytes that :func:`write_json` writes for ``value``."""
    return f"{json.dumps(value, sort_keys=True, indent=1, allow_nan=False, ensure_ascii=False)}\n".encode()


def sha256_bytes(data: bytes) -> str:
    """Return the SHA-256 of ``data`` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal, read in pieces of 1 MiB."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def write_bytes(path: Path, data: bytes) -> None:
    """Replace ``path`` by ``data``, durably; its folder is created if missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _temporary_name(path)
    try:
        with temporary.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync(path.parent)


def write_new_bytes(path: Path, data: bytes) -> bool:
    """Write ``path`` durably unless it exists; return whether this call wrote it. Of concurrent calls, one does.

    Unlike the other functions here, this one can leave a partial file when the process is killed: an atomic
    hard link is not available on every file system. Use it only where the file's existence is what matters.
    """
    try:
        with path.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    except FileExistsError:
        return False
    _sync(path.parent)
    return True


def write_json(path: Path, value: Any) -> None:
    """Replace ``path`` by ``value`` as sorted, indented JSON with a final newline."""
    write_bytes(path, json_bytes(value))


@contextmanager
def staging_folder(beside: Path) -> Iterator[Path]:
    """Yield an empty folder next to ``beside`` and remove it afterwards, whatever happens.

    Fill it, then hand it to :func:`publish_folder` inside the block.
    """
    beside.parent.mkdir(parents=True, exist_ok=True)
    folder = _temporary_name(beside)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish_file(staged: Path, target: Path) -> None:
    """Move a finished file from a staging folder to its final path, durably and in one rename."""
    _sync(staged)
    staged.replace(target)
    _sync(target.parent)


def publish_folder(staged: Path, target: Path) -> None:
    """Move a finished folder to its content-addressed path in one rename.

    If ``target`` exists with the same content, the staged copy is dropped. If it
    was damaged since, it is replaced, so making an artefact again repairs it.
    """
    for path in staged.rglob("*"):
        _sync(path)
    _sync(staged)
    try:
        staged.rename(target)
    except OSError:  # a folder with content is never replaced, even if another process published first
        if not target.is_dir():
            raise
        if not _same_content(staged, target):
            damaged = _temporary_name(target)
            target.rename(damaged)
            staged.rename(target)
            shutil.rmtree(damaged, ignore_errors=True)
        shutil.rmtree(staged, ignore_errors=True)
    _sync(target.parent)


def _same_content(staged: Path, target: Path) -> bool:
    names, target_names = ({path.relative_to(root) for path in root.rglob("*")} for root in (staged, target))
    return names == target_names and all(
        filecmp.cmp(staged / name, target / name, shallow=False) for name in names if (staged / name).is_file()
    )


def _temporary_name(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp")


def _sync(path: Path) -> None:
    """Make a file or a folder's list of names durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
