"""Check untrusted Parquet files before they are read, so that reading needs bounded memory.

First the footer: its size, rows, groups, a flat schema of plain types. Then the
header of every page, so that no page decompresses to more than the limit. Then
texts: a dictionary of one long text that a million rows point to is small in the
file and huge in memory, so the size of the text columns is bounded by the sizes of
their pages, or, if that bound is too large, computed from the text lengths. A file
that passes can be read batch by batch in bounded memory.

Files that this package writes pass: groups of at most 131,072 rows, data pages of version 1,
plain or dictionary encoding.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from synth_assets.errors import IntegrityError
from synth_assets.page_headers import PageHeader, page_headers
from synth_assets.reading import open_regular

__all__ = ["check_parquet"]

_MAGIC = b"PAR1"
_TAIL = 8
_LARGEST_FOOTER = 32 << 20
_MOST_GROUPS = 100_000
_MOST_GROUP_ROWS = 1 << 20
_MOST_GROUP_CELLS = 1 << 28
_MOST_COLUMNS = 10_000
_LARGEST_PAGE = 8 << 20
_LARGEST_PAGES = 512 << 20
_LARGEST_TEXTS = 512 << 20
"""Limit for all text columns of one batch together, in bytes."""
_BATCH_ROWS = 1 << 17
_TYPES = ("BOOLEAN", "INT32", "INT64", "DOUBLE", "BYTE_ARRAY")
_ENCODINGS = (0, 2, 3, 8)
"""Plain, the older dictionary, run lengths, dictionary: with these a value is never longer than its page."""
_HINT = "the file was not written by synth-assets, or was altered"


def check_parquet(path: Path, *, rows: int) -> None:
    """Check a file before anything reads it.

    Args:
        path: the file.
        rows: how many rows it must have.

    Raises:
        IntegrityError: it breaks a limit, has another number of rows, or is not a flat Parquet file.
    """
    with open_regular(path) as stream:
        body = _check_tail(stream)
        try:
            metadata = pq.read_metadata(stream)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise _fault("its footer cannot be read") from error
        _check_schema(metadata)
        _check_groups(metadata, rows)
        sizes = [_check_group(stream, metadata.row_group(index), body) for index in range(metadata.num_row_groups)]
        if any(size > _LARGEST_TEXTS for size in sizes):
            _check_texts(stream, metadata)


def _fault(what: str) -> IntegrityError:
    return IntegrityError(f"a Parquet file breaks a limit: {what}", hint=_HINT)


def _check_tail(stream: BinaryIO) -> int:
    """Check the file's two ends; return where its footer begins."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _TAIL))
    length, magic = struct.unpack("<I4s", stream.read(_TAIL).rjust(_TAIL, b"\0"))
    stream.seek(0)
    if magic != _MAGIC or stream.read(4) != _MAGIC:
        raise _fault("it does not begin and end as one")
    if length > _LARGEST_FOOTER or length + _TAIL + len(_MAGIC) > size:
        raise _fault("its footer is too large")
    stream.seek(0)
    return int(size - _TAIL - length)


def _check_schema(metadata: Any) -> None:
    if not 1 <= metadata.num_columns <= _MOST_COLUMNS:
        raise _fault("it has no columns or too many")
    for index in range(metadata.num_columns):
        column = metadata.schema.column(index)
        if column.max_repetition_level > 0 or column.max_definition_level > 1 or column.path != column.name:
            raise _fault("it has nested columns")
        if column.physical_type not in _TYPES:
            raise _fault(f"it has a column of type {column.physical_type}")


def _check_groups(metadata: Any, rows: int) -> None:
    if metadata.num_row_groups > _MOST_GROUPS:
        raise _fault("it has too many groups of rows")
    group_rows = [metadata.row_group(index).num_rows for index in range(metadata.num_row_groups)]
    if any(not 0 <= count <= _MOST_GROUP_ROWS for count in group_rows):
        raise _fault("a group has too many rows")
    if any(count * metadata.num_columns > _MOST_GROUP_CELLS for count in group_rows):
        raise _fault("a group has too many cells")
    if sum(group_rows) != metadata.num_rows:
        raise _fault("its groups do not add up to its rows")
    if metadata.num_rows != rows:
        raise _fault(f"it has {metadata.num_rows:,} rows and is said to have {rows:,}")


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Memory bounds of one column chunk in bytes: its largest page, and its texts if every row has the longest."""

    largest_page: int
    texts: int


def _check_group(stream: BinaryIO, group: Any, body: int) -> int:
    """Check the pages of all columns; return how many bytes of text a batch of it holds at most."""
    chunks = [_check_chunk(stream, group.column(index), group.num_rows, body) for index in range(group.num_columns)]
    if sum(chunk.largest_page for chunk in chunks) > _LARGEST_PAGES:
        raise _fault("its pages are too large together")
    return sum(chunk.texts for chunk in chunks)


def _check_chunk(stream: BinaryIO, chunk: Any, rows: int, body: int) -> _Chunk:
    if rows == chunk.num_values == chunk.total_compressed_size == 0:
        return _Chunk(largest_page=0, texts=0)
    start = chunk.dictionary_page_offset if chunk.has_dictionary_page else chunk.data_page_offset
    end = start + chunk.total_compressed_size
    if chunk.file_path or not len(_MAGIC) <= start <= end <= body:
        raise _fault("a column lies outside of the file")
    pages = list(page_headers(stream, start=start, end=end))
    if any(page.encoding not in _ENCODINGS for page in pages):
        raise _fault("a page has an unusual encoding")
    if any(page.unpacked > _LARGEST_PAGE for page in pages):
        raise _fault("a page is too large when it is unpacked")
    if any(page.dictionary for page in pages[1:]):
        raise _fault("a dictionary does not come first")
    data = [page for page in pages if not page.dictionary]
    if sum(page.values for page in data) != rows or chunk.num_values != rows:
        raise _fault("a column has other rows than its group")
    return _Chunk(
        largest_page=max((page.unpacked for page in pages), default=0),
        texts=_texts(pages, rows) if chunk.physical_type == "BYTE_ARRAY" else 0,
    )


def _texts(pages: Sequence[PageHeader], rows: int) -> int:
    """Bound the bytes of text: plain pages hold their own, and a dictionary value is not longer than its page."""
    plain = sum(page.unpacked for page in pages if not page.dictionary)
    return plain + min(rows, _BATCH_ROWS) * sum(page.unpacked for page in pages if page.dictionary)


def _check_texts(stream: BinaryIO, metadata: Any) -> None:
    """Add up the texts of each batch from the lengths of its distinct ones."""
    columns = [metadata.schema.column(index) for index in range(metadata.num_columns)]
    names = [column.name for column in columns if column.physical_type == "BYTE_ARRAY"]
    stream.seek(0)
    try:
        file = pq.ParquetFile(stream, read_dictionary=names)
        sizes = [sum(map(_size, batch.columns)) for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=names)]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _fault("its texts cannot be read") from error
    if max(sizes, default=0) > _LARGEST_TEXTS:
        raise _fault("its texts are too long together")


def _size(column: Any) -> int:
    lengths = pc.binary_length(column.dictionary.cast(pa.binary())).cast(pa.int64())
    return int(pc.sum(lengths.take(column.indices)).as_py() or 0)
