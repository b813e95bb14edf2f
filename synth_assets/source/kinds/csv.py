"""CSV files: every column is text, read as bytes by ``source.lines``."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from synth_assets.errors import UsageError
from synth_assets.source.kinds.files import Files
from synth_assets.source.kinds.kind import Columns, Partition, refuse_lacking
from synth_assets.source.lines import is_blank, line_batches, read_header

__all__ = ["CsvFiles"]


class CsvFiles(Files):
    """Implements ``SourceKind``; ``delimiter`` is one ASCII character, a comma if it is not given."""

    name: ClassVar[str] = "csv"
    options: ClassVar[frozenset[str]] = frozenset({"delimiter"})
    typed: ClassVar[bool] = False

    def check(self, options: Mapping[str, Any]) -> None:
        """See ``SourceKind``."""
        given = options.get("delimiter", ",")
        if not (isinstance(given, str) and len(given) == 1 and given.isascii() and given not in '\n\r"'):
            raise UsageError(f"delimiter={given!r} must be one ASCII character", hint="such as ; or a tab")

    def file_columns(self, path: Path, options: Mapping[str, Any]) -> Columns | None:
        """See ``Files``."""
        names = read_header(path, delimiter=_delimiter(options))
        return None if not any(names) and is_blank(path) else tuple((name, "text") for name in names)

    def partition_batches(
        self, partition: Partition, options: Mapping[str, Any], columns: Sequence[str]
    ) -> Iterator[pa.RecordBatch]:
        """See ``PartedKind``; a partition is a file."""
        path = Path(partition.path)
        names = read_header(path, delimiter=_delimiter(options))
        if not any(names) and is_blank(path):
            return
        refuse_lacking(names, columns)
        yield from line_batches(path, columns=columns, delimiter=_delimiter(options))


def _delimiter(options: Mapping[str, Any]) -> str:
    return str(options.get("delimiter", ","))
