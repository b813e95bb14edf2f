r"""Content-addressed folders: releases, fitted generators, candidates, promoted versions.

Such a folder holds a description and the files that the description lists with
their digests. Its name is the SHA-256 of the description. Any altered byte is
therefore detected, writing the same content twice gives one folder, and writing an
artefact again repairs it. This module writes, finds and checks the folders; the
room that owns a kind defines the content of its descriptions.

Example:
    >>> import tempfile
    >>> notes = ArtefactKind(name="note", description="note.json", formats=(1,), hint="write it again")
    >>> folder = notes.write(Path(tempfile.mkdtemp()), fill=lambda staged: {"format_version": 1, "text": "hello"})
    >>> notes.read(folder)["text"]
    'hello'
    >>> _ = (folder / "note.json").write_text('{"format_version": 1, "text": "bye"}\n')
    >>> notes.read(folder)
    Traceback (most recent call last):
        ...
    synth_assets.errors.IntegrityError: note ... is missing or altered
      hint: write it again
"""

import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synth_assets.errors import IntegrityError
from synth_assets.files import publish_folder, sha256_file, staging_folder, write_json
from synth_assets.reading import read_json

__all__ = ["ArtefactKind", "altered_files"]


def _none(_: Mapping[str, Any]) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtefactKind:
    """One kind of content-addressed folder.

    Attributes:
        name: the word for such an artefact in messages.
        description: path of the file that describes it, relative to the folder; its SHA-256 is the folder's name.
        formats: values of the description's ``format_version`` that can be read.
        hint: what to do if one is missing or altered.
        files: returns the SHA-256 of each other file by its name, from a description.
    """

    name: str
    description: str
    formats: Collection[int]
    hint: str
    files: Callable[[Mapping[str, Any]], Mapping[str, str]] = _none

    def write(self, below: Path, *, fill: Callable[[Path], Mapping[str, Any]]) -> Path:
        """Publish a new folder below ``below`` and return it; the same content again changes nothing.

        Args:
            below: holds one folder per artefact.
            fill: writes the files into the empty folder that it receives, and returns the description:
                JSON values with ``format_version`` and the digest of each file.
        """
        with staging_folder(below / self.name) as staged:
            write_json(staged / self.description, fill(staged))
            folder = below / sha256_file(staged / self.description)
            publish_folder(staged, folder)
        return folder

    def read(self, folder: Path) -> dict[str, Any]:
        """Return the description of an artefact after checking its digest and its format; other files are not read.

        Raises:
            IntegrityError: it is missing or altered, or of a newer format.
        """
        if not self.is_described(folder):
            raise IntegrityError(f"{self._called(folder)} is missing or altered", hint=self.hint)
        description: dict[str, Any] = read_json(folder / self.description)
        if description["format_version"] not in self.formats:
            message = f"{self._called(folder)} has format {description['format_version']}"
            raise IntegrityError(message, hint="update synth-assets")
        return description

    def is_described(self, folder: Path) -> bool:
        """Return whether a folder holds the description that it is named after, in any format."""
        path = folder / self.description
        return path.is_file() and sha256_file(path) == folder.name

    def check_files(self, folder: Path, digests: Mapping[str, str]) -> None:
        """Compare the files of an artefact with their digests, by name.

        Raises:
            IntegrityError: a file is missing or altered; the message names the first.
        """
        for name in altered_files(folder, digests):
            raise IntegrityError(f"{name} of {self._called(folder)} is missing or altered", hint=self.hint)

    def find(self, below: Path, wanted: Mapping[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
        """Yield each folder below ``below`` whose description contains all of ``wanted``, with the description.

        A folder with an altered description is skipped; the other files are not read.
        """
        for path in sorted(below.glob(f"*/{self.description}")):
            folder = path.parents[self.description.count("/")]
            try:
                description = self.read(folder)
            except IntegrityError:  # altered, or still being written: neither can match
                continue
            if all(key in description and description[key] == value for key, value in wanted.items()):
                yield folder, description

    def copy(self, folder: Path, *, names: Iterable[str], below: Path) -> Path:
        """Publish a copy of a checked artefact below ``below``, replacing a damaged one, and return its folder."""
        with staging_folder(below / self.name) as staged:
            for name in (self.description, *names):
                shutil.copyfile(folder / name, staged / name)
            publish_folder(staged, below / folder.name)
        return below / folder.name

    def _called(self, folder: Path) -> str:
        return f"{self.name} {folder.name[:12]}"


def altered_files(folder: Path, digests: Mapping[str, str]) -> Iterator[str]:
    """Yield the names of the files of ``folder`` that are missing or do not have their SHA-256."""
    for name, digest in digests.items():
        if not (folder / name).is_file() or sha256_file(folder / name) != digest:
            yield name
