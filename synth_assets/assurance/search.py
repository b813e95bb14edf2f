"""Search files for canaries: their names, their bytes, and what is inside of them when it is unpacked.

Unpacked are gzip, zip and zlib streams, Parquet files (all columns and their metadata), and
the values of every table of an SQLite database, also where one is packed inside of another.
"""

import gzip
import io
import sqlite3
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from synth_assets.assurance.canaries import Needles

__all__ = ["Places", "search"]

_DEEPEST = 3
_LARGEST = 256 << 20
"""Streams that unpack to more are searched up to here."""
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_SQLITE = b"SQLite format 3\x00"


@dataclass(slots=True, kw_only=True)
class Places:
    """What a search came to.

    Attributes:
        hits: where something was found, each as a file and what it holds.
        files: how many files were searched.
        size: how many bytes they have.
    """

    hits: list[str] = field(default_factory=list)
    files: int = 0
    size: int = 0


def search(root: Path, needles: Needles, *, without: Collection[Path] = ()) -> Places:
    """Search all files below a folder.

    Args:
        root: the folder; links are not followed.
        needles: what to search for.
        without: folders that are left out.
    """
    places = Places()
    for path in sorted(root.rglob("*")):
        if any(path.is_relative_to(folder) for folder in without):
            continue
        shown = path.relative_to(root).as_posix()
        places.hits += [
            f"name of {shown}: {name}" for name in _matches(path.name.encode(errors="surrogateescape"), needles)
        ]
        if path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        places.files += 1
        places.size += len(content)
        hits = {name for part in _parts(content, path) for name in _matches(part, needles)}
        places.hits += [f"{shown}: {name}" for name in sorted(hits)]
    return places


def _matches(content: bytes, needles: Mapping[str, bytes]) -> list[str]:
    return [name for name, needle in needles.items() if needle in content]


def _parts(content: bytes, path: Path | None = None, *, depth: int = 0) -> Iterator[bytes]:
    """Yield bytes, and what they hold when they are unpacked."""
    yield content
    if depth == _DEEPEST:
        return
    inner: Iterator[bytes] = iter(())
    if content.startswith(b"\x1f\x8b"):
        inner = _gzip(content)
    elif content.startswith(b"PK\x03\x04"):
        inner = _zip(content)
    elif content.startswith(_ZLIB):
        inner = _zlib(content)
    elif content.startswith(b"PAR1"):
        inner = _parquet(content)
    elif content.startswith(_SQLITE) and path is not None:
        inner = _sqlite(path)
    for part in inner:
        yield from _parts(part, depth=depth + 1)


def _gzip(content: bytes) -> Iterator[bytes]:
    with suppress(OSError, EOFError, zlib.error), gzip.open(io.BytesIO(content)) as stream:
        yield stream.read(_LARGEST)


def _zlib(content: bytes) -> Iterator[bytes]:
    with suppress(zlib.error):
        yield zlib.decompressobj().decompress(content, _LARGEST)


def _zip(content: bytes) -> Iterator[bytes]:
    with suppress(zipfile.BadZipFile, RuntimeError, zlib.error), zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            yield name.encode()
            with archive.open(name) as member:
                yield member.read(_LARGEST)


def _parquet(content: bytes) -> Iterator[bytes]:
    with suppress(pa.ArrowException):
        table = pq.read_table(pa.BufferReader(content))
        yield str(table.schema.metadata).encode()
        for column in table.columns:
            for chunk in column.chunks:
                yield from (buffer.to_pybytes() for buffer in chunk.buffers() if buffer is not None)
                if isinstance(chunk, pa.DictionaryArray):
                    yield from (buffer.to_pybytes() for buffer in chunk.dictionary.buffers() if buffer is not None)


def _sqlite(path: Path) -> Iterator[bytes]:
    """Yield the values of all tables; a long one lies on several pages, so the file's bytes alone do not show it."""
    address = f"file:{quote(str(path))}?mode=ro&immutable=1"
    with suppress(sqlite3.Error), closing(sqlite3.connect(address, uri=True)) as database:
        database.text_factory = bytes
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            name = table.decode().replace('"', '""')
            for row in database.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - a name of that database, quoted
                yield from (cell if isinstance(cell, bytes) else str(cell).encode() for cell in row if cell is not None)
