"""Open a registered source and stream its rows as Arrow record batches.

:func:`open_source` is the only way in and asks for a permit, which the ledger
gives only for a reservation that was paid. Batches hold the asked columns and
nothing else, typed as the file has them; CSV columns are bytes.

What can follow from whose rows there are is silent: a glob that matches nothing
and a file that is empty have no rows. What cannot is a fault: the one file of a
source is gone, a file is damaged, or lacks a column that was registered.
"""

import glob
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from synth_assets.errors import Fault
from synth_assets.ledger.types import DataPermit, Source
from synth_assets.source.callables import call_source, table_batches
from synth_assets.source.guard import require_measuring_process
from synth_assets.source.lines import is_blank, line_batches, read_header

__all__ = ["BATCH_ROWS", "RowReader", "files_of", "folder_of", "open_source"]

BATCH_ROWS = 1 << 16
"""Rows of one batch of a Parquet file."""


_BUFFER_BYTES = 1 << 20


class RowReader(Protocol):
    """Streams a source once or more; every batch has exactly the asked columns, in order."""

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield the rows. Raises Fault when a file lacks a column, or the one file there was is gone."""
        ...


def open_source(source: Source, permit: DataPermit) -> RowReader:
    """Return the reader of ``source``, which the ledger handed over for ``permit``.

    Raises:
        Fault: the permit is for another source, or this is not the measuring process.
    """
    require_measuring_process()
    if permit.source != source.name or not source.location:
        raise Fault("the permit is for another source", hint="redeem the permit and open what it returns")
    if source.kind == "python":
        return _Called(source)
    return _Files(source, _parquet_batches if source.kind == "parquet" else _csv_batches)


def files_of(location: str) -> list[Path]:
    """Return the files of a path or glob, in order of their names."""
    return sorted(Path(name) for name in glob.glob(location, recursive=True) if Path(name).is_file())  # noqa: PTH207 - absolute globs


def folder_of(location: str) -> Path | None:
    """Return the folder below which the files of a glob lie, there or not; ``None`` for the path of one file."""
    if not glob.has_magic(location):
        return None
    parts = Path(location).parts
    return Path(*parts[: next(place for place, part in enumerate(parts) if glob.has_magic(part))])


_FileBatches = Callable[[Path, Source, Sequence[str]], Iterator[pa.RecordBatch]]


class _Files:
    """One or more files of one format."""

    __slots__ = ("_read", "_source")

    def __init__(self, source: Source, read: _FileBatches) -> None:
        self._source = source
        self._read = read

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """See :class:`RowReader`."""
        files = files_of(self._source.location)
        if not files and folder_of(self._source.location) is None:
            raise Fault("the source's file is gone", hint="ask who registered it")
        for path in files:
            if path.stat().st_size:
                yield from self._read(path, self._source, columns)


class _Called:
    """What a Python callable returns."""

    __slots__ = ("_source",)

    def __init__(self, source: Source) -> None:
        self._source = source

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """See :class:`RowReader`."""
        for batch in table_batches(call_source(self._source.location, self._source.options)):
            _check_columns(batch.schema.names, columns)
            yield batch.select(list(columns))


def _parquet_batches(path: Path, _: Source, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(path) as opened:
        schema = opened.schema_arrow
    _check_columns(schema.names, columns)
    # Texts that are stored as a dictionary stay one: only the dictionary is then encoded.
    texts = [name for name in columns if _is_text(schema.field(name).type)]
    with pq.ParquetFile(path, read_dictionary=texts, buffer_size=_BUFFER_BYTES) as opened:
        for batch in opened.iter_batches(batch_size=BATCH_ROWS, columns=list(columns)):
            yield batch.select(list(columns))


def _csv_batches(path: Path, source: Source, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    delimiter = str(source.options.get("delimiter", ","))
    names = read_header(path, delimiter=delimiter)
    if not any(names) and is_blank(path):
        return
    _check_columns(names, columns)
    yield from line_batches(path, columns=columns, delimiter=delimiter)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_binary(kind))


def _check_columns(found: Sequence[str], wanted: Sequence[str]) -> None:
    if not set(wanted) <= set(found):
        raise Fault("a file of the source lacks a registered column", hint="register the source again")
