"""Leaks that are planted on purpose into copies of public files, each in another way; a search must find them all."""

import base64
import gzip
import json
import shutil
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from synth_assets.assurance.canaries import Canaries

__all__ = ["PLANTED", "plant"]


def _in_json(folder: Path, original: Path, canaries: Canaries) -> None:
    document = {**json.loads(original.read_text("utf-8")), "note": f"seen: {canaries.letters}"}
    (folder / original.name).write_text(json.dumps(document), encoding="utf-8")


def _in_parquet(folder: Path, original: Path, canaries: Canaries) -> None:
    table = pq.read_table(original)
    notes = [base64.b64encode(f"row {row}: {canaries.word}".encode()).decode() for row in range(table.num_rows)]
    pq.write_table(table.append_column("note", pa.array(notes)), folder / original.name, compression="zstd")


def _as_number(folder: Path, original: Path, canaries: Canaries) -> None:
    table = pq.read_table(original)
    numbers = pa.array([canaries.number] * table.num_rows, pa.int64())
    pq.write_table(table.append_column("number", numbers), folder / original.name, compression="zstd")


def _in_database(folder: Path, original: Path, canaries: Canaries) -> None:
    shutil.copyfile(original, folder / original.name)
    with closing(sqlite3.connect(folder / original.name)) as database, database:
        database.execute("CREATE TABLE planted (body BLOB)")
        database.execute("INSERT INTO planted VALUES (?)", (zlib.compress(canaries.word.encode("utf-16")),))


def _in_gzip(folder: Path, original: Path, canaries: Canaries) -> None:
    content = original.read_bytes() + canaries.letters.encode("utf-16")
    (folder / f"{original.name}.gz").write_bytes(gzip.compress(content))


def _in_name(folder: Path, original: Path, canaries: Canaries) -> None:
    shutil.copyfile(original, folder / f"{canaries.word}-{original.name}")


PLANTED: dict[str, tuple[str, Callable[[Path, Path, Canaries], None]]] = {
    "JSON, escaped": ("project/data/promoted/*/versions/*/bundle/candidate.json", _in_json),
    "Parquet, base64": ("project/data/promoted/*/versions/*/data/*.parquet", _in_parquet),
    "Parquet, a number": ("project/data/promoted/*/versions/*/data/*.parquet", _as_number),
    "SQLite, compressed": ("project/.synth-assets/ledger.db", _in_database),
    "gzip, UTF-16": ("outputs/*", _in_gzip),
    "a file's name": ("project/dvc.yaml", _in_name),
}
"""Which public file is copied, and how a canary is put into the copy, by what it is."""


def plant(name: str, *, folder: Path, into: Path, canaries: Canaries) -> bool:
    """Copy a public file below ``folder`` with a canary in it into the folder ``into``; tell whether there was one."""
    pattern, put = PLANTED[name]
    original = next(iter(sorted(folder.glob(pattern))), None)
    if original is None:
        return False
    into.mkdir(parents=True)
    put(into, original, canaries)
    return True
