"""CSV files: every column is text, read as bytes by ``source.lines``.

An officer's step reads the first line, which becomes public as names of columns; so it must be text, and nothing else.
A measurement reads whatever is there.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from synth_assets.characters import refused_in
from synth_assets.errors import UsageError
from synth_assets.source.kinds.files import Files
from synth_assets.source.kinds.kind import Columns, Partition, refuse_lacking
from synth_assets.source.lines import is_blank, line_batches, read_first_line, read_header

__all__ = ["CsvFiles"]

_PARQUET = re.compile(rb"PAR1[\x00-\x08\x0e-\x1f]")


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
        if not any(names) and is_blank(path):
            return None
        _refuse_unlike_text(path, delimiter=_delimiter(options))
        return tuple((name, "text") for name in names)

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


def _refuse_unlike_text(path: Path, *, delimiter: str) -> None:
    """Refuse a file whose first line cannot be names, without a word of what is in it."""
    line = read_first_line(path)
    fault, hint = _unlike_text(line.removesuffix(b"\r"), delimiter=delimiter)
    if fault:
        raise UsageError(f"{path.name} {fault}", hint=hint)


def _unlike_text(line: bytes, *, delimiter: str) -> tuple[str, str]:
    """Return why a first line cannot be names and what to do, or empty texts."""
    if _PARQUET.match(line):
        return "is a Parquet file", "--kind parquet"
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "does not begin with text in UTF-8", "write it in UTF-8; of a spreadsheet's own format, export CSV"
    if refused_in(text.replace(delimiter, "")):
        return (
            "has a character in its first line that no name has",
            'check kind and encoding, line ends, and the delimiter; a tab is --options \'{"delimiter": "\\t"}\'',
        )
    if text.count('"') % 2:
        return "has a quote in its first line that does not end there", "write each name on one line"
    return "", ""
