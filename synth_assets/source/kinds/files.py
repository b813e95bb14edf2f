"""What kinds of files have in common: a path or a glob, columns that all files share, silence about which are there."""

import glob
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from synth_assets.errors import Fault, UsageError
from synth_assets.source.kinds.kind import Columns, Partition

__all__ = ["Files", "files_of", "folder_of"]


class Files(ABC):
    """One or more files of one format. Implements ``SourceKind`` but for how one file is read."""

    name: ClassVar[str]
    options: ClassVar[frozenset[str]] = frozenset()
    attested: ClassVar[bool] = False
    what: ClassVar[str] = "table of files"
    typed: ClassVar[bool] = True

    @abstractmethod
    def file_columns(self, path: Path, options: Mapping[str, Any]) -> Columns | None:
        """Return the columns of a file that has bytes; ``None`` where it is blank, as a part without rows may be."""

    @abstractmethod
    def partition_batches(
        self, partition: Partition, options: Mapping[str, Any], columns: Sequence[str]
    ) -> Iterator[pa.RecordBatch]:
        """See ``PartedKind``; its file has bytes. Raises Fault when it lacks a column."""

    def file_partitions(self, path: Path) -> Sequence[Partition]:
        """Return the partitions of a file that has bytes."""
        return [Partition(str(path))]

    def check(self, options: Mapping[str, Any]) -> None:
        """See ``SourceKind``."""
        del options

    def absolute(self, location: str) -> str:
        """See ``SourceKind``."""
        return str(Path(location).absolute())

    def columns(self, location: str, options: Mapping[str, Any]) -> Columns:
        """See ``SourceKind``; files of one glob have the columns of the first."""
        paths = files_of(location)
        if not paths:
            raise UsageError(
                f"there is no file at {location}", hint="a path, or a quoted glob such as 'visits/*.parquet'"
            )
        by_file = {path: columns for path in paths if (columns := self._columns_of(path, options)) is not None}
        if not by_file:
            raise UsageError(f"every file at {location} is empty", hint="register it when one has a header")
        first, wanted = next(iter(by_file.items()))
        for path, columns in by_file.items():
            # Told by its position: of a file without names the first line is a row.
            lacking = [position for position, (name, _) in enumerate(wanted, start=1) if name not in dict(columns)]
            if lacking:
                raise UsageError(
                    f"{path.name} lacks column {lacking[0]} of {first.name}",
                    hint="each file that the glob matches needs the same names in its first line or schema",
                )
        return wanted

    def is_reachable(self, location: str, options: Mapping[str, Any], columns: Columns) -> bool:
        """See ``SourceKind``.

        Which files a glob matches is not asked: where each person has a file, that would tell who is there.
        """
        del options, columns
        folder = folder_of(location)
        if folder is not None:
            return folder.is_dir() and os.access(folder, os.R_OK | os.X_OK)
        return bool(files_of(location)) and os.access(location, os.R_OK)

    def batches(self, location: str, options: Mapping[str, Any], columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """See ``SourceKind``."""
        for path in _filled(location):
            yield from self.partition_batches(Partition(str(path)), options, columns)

    def partitions(self, location: str, options: Mapping[str, Any]) -> Sequence[Partition]:
        """See ``PartedKind``."""
        del options
        return [partition for path in _filled(location) for partition in self.file_partitions(path)]

    def _columns_of(self, path: Path, options: Mapping[str, Any]) -> Columns | None:
        try:
            return self.file_columns(path, options) if path.stat().st_size else None
        except (OSError, pa.ArrowInvalid) as error:
            raise UsageError(
                f"{path.name} cannot be read as {self.name}", hint="check kind, path and rights"
            ) from error


def _filled(location: str) -> Iterator[Path]:
    """Yield the files that have bytes. Raises Fault when the one file there was is gone."""
    paths = files_of(location)
    if not paths and folder_of(location) is None:
        raise Fault("the source's file is gone", hint="ask who registered it")
    yield from (path for path in paths if path.stat().st_size)


def files_of(location: str) -> list[Path]:
    """Return the files of a path or glob, in order of their names."""
    return sorted(Path(name) for name in glob.glob(location, recursive=True) if Path(name).is_file())  # noqa: PTH207 - absolute globs


def folder_of(location: str) -> Path | None:
    """Return the folder below which the files of a glob lie, there or not; ``None`` for the path of one file."""
    if not glob.has_magic(location):
        return None
    parts = Path(location).parts
    return Path(*parts[: next(index for index, part in enumerate(parts) if glob.has_magic(part))])
