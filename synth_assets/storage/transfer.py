"""Copy artefacts to the shared storage and bring them from there, by their digests.

The storage has the paths of the workspace's ``data`` folder. An artefact's files are put first and its description
last, so what has a description is complete. A name stands for one content, so whoever puts it again does no harm, and
repairs it: what is put was compared with its digests. What comes from the storage is written beside its target,
compared with its digests, and moved there when all of it is right.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from synth_assets.artefact import ArtefactKind
from synth_assets.errors import IntegrityError
from synth_assets.files import publish_file, publish_folder, sha256_bytes, staging_folder, write_bytes
from synth_assets.reading import MOST_BYTES, digest_file, parse_json
from synth_assets.storage.address import open_storage
from synth_assets.storage.protocol import Storage
from synth_assets.workspace import Workspace

__all__ = ["described", "digests_in", "fetch", "fetch_file", "share", "share_file"]

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_PUT_AGAIN = (
    "on a machine that has it whole, the step that made it puts it there again, and so does "
    "`synth-assets status --repair` if it is promoted"
)
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*){0,3}", re.ASCII)
"""Names of an artefact's files: none leaves its folder, whoever wrote the description."""


def share(kind: ArtefactKind, folder: Path, *, workspace: Workspace) -> None:
    """Copy an artefact to the shared storage, if there is one; what is there already is repaired by that.

    Args:
        kind: what it is.
        folder: where it is.
        workspace: the project's folders.

    Raises:
        IntegrityError: it is not whole here, or a byte of it was altered; nothing was put.
        StorageUnavailable: the storage cannot be used; the artefact is still in its folder.
    """
    storage = open_storage(workspace)
    if storage is None:
        return
    name, files = _name(folder, workspace), kind.files(kind.read(folder))
    kind.check_files(folder, files)
    for file in [*files, kind.description]:
        storage.put(folder / file, f"{name}/{file}")


def fetch(kind: ArtefactKind, folder: Path, *, workspace: Workspace) -> bool:
    """Bring an artefact that is missing here from the shared storage, if there is one; return whether it was brought.

    Raises:
        IntegrityError: the storage does not hold it whole, or a byte of it was altered; nothing was written.
        StorageUnavailable: the storage cannot be used.
    """
    storage = open_storage(workspace)
    if storage is None or _is_here(kind, folder):
        return False
    _bring(storage, kind, folder, name=_name(folder, workspace))
    return True


def described(kind: ArtefactKind, folder: Path, *, workspace: Workspace) -> dict[str, Any]:
    """Return the description of an artefact, here or in the shared storage; its other files are not brought.

    Raises:
        IntegrityError, StorageUnavailable: as for :func:`fetch`.
    """
    storage = open_storage(workspace)
    if storage is None or kind.is_described(folder):
        return kind.read(folder)
    return _description(storage, kind, folder, name=_name(folder, workspace))[1]


def digests_in(kind: ArtefactKind, below: Path, *, workspace: Workspace) -> list[str]:
    """Return the digests of all artefacts of a kind in a folder, here and in the shared storage, the newest last."""
    ages = {
        path.parents[kind.description.count("/")].name: path.stat().st_mtime
        for path in below.glob(f"[0-9a-f]*/{kind.description}")
    }
    storage = open_storage(workspace)
    if storage is not None:
        stored = storage.listed(_name(below, workspace))
        suffix = f"/{kind.description}"
        ages |= {name.removesuffix(suffix): facts.modified for name, facts in stored.items() if name.endswith(suffix)}
    return sorted(filter(_DIGEST.fullmatch, ages), key=ages.__getitem__)


def share_file(path: Path, *, workspace: Workspace) -> None:
    """Copy one file to the shared storage, if there is one.

    Raises:
        StorageUnavailable: the storage cannot be used.
    """
    if (storage := open_storage(workspace)) is not None:
        storage.put(path, _name(path, workspace))


def fetch_file(path: Path, *, workspace: Workspace) -> None:
    """Bring a file that is missing here from the shared storage, if there is one that has it.

    Nothing says which bytes it should have: whoever reads it checks it against what was paid for.

    Raises:
        StorageUnavailable: the storage cannot be used.
    """
    storage = open_storage(workspace)
    if storage is not None and not path.exists():
        with staging_folder(path) as staged:
            if storage.get(_name(path, workspace), staged / path.name):
                publish_file(staged / path.name, path)


def _bring(storage: Storage, kind: ArtefactKind, folder: Path, *, name: str) -> None:
    content, description = _description(storage, kind, folder, name=name)
    files = _files(kind, description, called=_called(kind, folder, storage))
    with staging_folder(folder) as staged:
        for file, digest in files.items():
            path = staged / file
            path.parent.mkdir(parents=True, exist_ok=True)
            if not storage.get(f"{name}/{file}", path) or digest_file(path) != digest:
                raise _altered(f"{file} of {_called(kind, folder, storage)}")
        write_bytes(staged / kind.description, content)
        publish_folder(staged, folder)


def _description(storage: Storage, kind: ArtefactKind, folder: Path, *, name: str) -> tuple[bytes, dict[str, Any]]:
    """Return the bytes of a description and what they say, after comparing them with the artefact's name."""
    content = storage.read(f"{name}/{kind.description}", most=MOST_BYTES)
    if content is None or sha256_bytes(content) != folder.name:
        raise _altered(_called(kind, folder, storage))
    return content, parse_json(content, name=kind.description)


def _files(kind: ArtefactKind, description: dict[str, Any], *, called: str) -> Mapping[str, str]:
    """Return the digest of each file of an artefact by its name; a digest that somebody chose may describe anything."""
    try:
        files = dict(kind.files(description))
        odd = [file for file in files if not _NAME.fullmatch(file) or file == kind.description]
        odd += [file for file, digest in files.items() if not _DIGEST.fullmatch(digest)]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise IntegrityError(
            f"{called} cannot be read", hint="it was altered, or written by a newer version"
        ) from error
    if odd:
        raise IntegrityError(f"{called} names a file that none of ours has", hint="it is not one of ours")
    return files


def _is_here(kind: ArtefactKind, folder: Path) -> bool:
    return kind.is_described(folder) and all((folder / file).is_file() for file in kind.files(kind.read(folder)))


def _altered(called: str) -> IntegrityError:
    return IntegrityError(f"{called} is missing or altered", hint=_PUT_AGAIN)


def _called(kind: ArtefactKind, folder: Path, storage: Storage) -> str:
    return f"{kind.name} {folder.name[:12]} in {storage.shown}"


def _name(path: Path, workspace: Workspace) -> str:
    return path.relative_to(workspace.artefacts).as_posix()
