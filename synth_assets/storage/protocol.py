"""What this room asks of a place that machines share: files by name, each written whole or not at all."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

__all__ = ["Storage", "Stored"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What a listing says of a file.

    Attributes:
        size: in bytes.
        modified: when it was written, in seconds since 1970.
    """

    size: int
    modified: float


class Storage(Protocol):
    """Files by name; a name is a relative path with ``/`` between its parts.

    Nothing is ever removed. What is read may come from anybody who can write there.

    Laws, each with a test:

    1. A reader sees the whole of a file or no file, also while it is written or after a writer was killed.
    2. Of any number of concurrent calls of ``create`` with one name, exactly one returns ``True``, and the file has its
       content from then on.
    3. ``listed`` has every file that a finished call wrote.

    Attributes:
        shown: the address for messages, without credentials.
    """

    shown: str

    def read(self, name: str, *, most: int) -> bytes | None:
        """Return the content of a file; ``None`` if there is none.

        Raises:
            IntegrityError: it has more than ``most`` bytes.
            StorageUnavailable: the storage cannot be reached or refuses. So do all other methods.
        """
        ...

    def get(self, name: str, path: Path) -> bool:
        """Write the content of a file to ``path`` and return ``True``; ``False`` if there is none."""
        ...

    def put(self, path: Path, name: str) -> None:
        """Write the content of ``path`` under a name, in place of what is there."""
        ...

    def create(self, name: str, content: bytes) -> bool:
        """Write a file unless there is one of that name; return whether this call wrote it."""
        ...

    def listed(self, below: str) -> dict[str, Stored]:
        """Return all files in a folder and its folders, by their names relative to it."""
        ...
