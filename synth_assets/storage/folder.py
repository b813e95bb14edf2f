"""A folder that machines share, such as a network drive: whole files by renaming, one writer by a hard link.

Example:
    >>> import tempfile
    >>> shared = FolderStorage(Path(tempfile.mkdtemp()))
    >>> shared.create("a/1.json", b"one"), shared.create("a/1.json", b"two"), shared.read("a/1.json", most=10)
    (True, False, b'one')
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from synth_assets.errors import StorageUnavailable
from synth_assets.files import publish_file, staging_folder, write_bytes
from synth_assets.reading import read_file
from synth_assets.storage.protocol import Stored

__all__ = ["FolderStorage"]


class FolderStorage:
    """Keeps files in a folder, which must exist: where a drive is not mounted, nothing is written in its place.

    Args:
        root: the folder.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self.shown = str(root)

    def read(self, name: str, *, most: int) -> bytes | None:
        """See :class:`~synth_assets.storage.protocol.Storage`."""
        with self._faults():
            return read_file(self._root / name, most=most) if (self._root / name).exists() else None

    def get(self, name: str, path: Path) -> bool:
        """See :class:`~synth_assets.storage.protocol.Storage`."""
        with self._faults():
            if not (self._root / name).is_file():
                return False
            shutil.copyfile(self._root / name, path)
            return True

    def put(self, path: Path, name: str) -> None:
        """See :class:`~synth_assets.storage.protocol.Storage`."""
        target = self._root / name
        with self._faults(), staging_folder(target) as staged:
            shutil.copyfile(path, staged / target.name)
            publish_file(staged / target.name, target)

    def create(self, name: str, content: bytes) -> bool:
        """See :class:`~synth_assets.storage.protocol.Storage`: a hard link is made or not, and never replaces."""
        target = self._root / name
        with self._faults(), staging_folder(target) as staged:
            write_bytes(staged / target.name, content)
            try:
                os.link(staged / target.name, target)
            except FileExistsError:
                return False
            return True

    def listed(self, below: str) -> dict[str, Stored]:
        """See :class:`~synth_assets.storage.protocol.Storage`; what a writer has not finished is left out."""
        folder = self._root / below
        with self._faults():
            names = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
            whole = {name: path.stat() for name, path in names.items() if not any(map(_unfinished, name.parts))}
            return {
                name.as_posix(): Stored(size=facts.st_size, modified=facts.st_mtime) for name, facts in whole.items()
            }

    @contextmanager
    def _faults(self) -> Iterator[None]:
        if not self._root.is_dir():
            raise StorageUnavailable(
                f"the storage {self.shown} is not a folder", hint="mount the drive, or make the folder"
            )
        try:
            yield
        except OSError as error:
            raise StorageUnavailable(
                f"the storage {self.shown} cannot be used: {error.strerror}", hint="is it mounted, and writable here?"
            ) from error


def _unfinished(part: str) -> bool:
    return part.startswith(".")
