"""Files are searched by name, by byte, and inside of what is packed; what is left out is left out."""

import gzip
import sqlite3
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synth_assets.assurance.search import search

WORD = "kanari-word"
NEEDLES = {"the word": WORD.encode()}


def in_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/b.txt", f"says {WORD}")


def name_in_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{WORD}.txt", "nothing")


def in_parquet(path: Path) -> None:
    pq.write_table(pa.table({"a": ["x", WORD] * 500}), path, compression="zstd")


def in_plain_parquet(path: Path) -> None:
    pq.write_table(pa.table({"a": ["x", WORD] * 500}), path, compression="zstd", use_dictionary=False)


def in_metadata(path: Path) -> None:
    table = pa.table({"a": [1]}).replace_schema_metadata({"note": WORD})
    pq.write_table(table, path, compression="zstd")


def in_database(path: Path, value: object = f"{'x' * 30_000}{WORD}{'y' * 9}") -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute('CREATE TABLE "a ""table" (body)')
        database.execute('INSERT INTO "a ""table" VALUES (?)', (value,))


def packed_in_database(path: Path) -> None:
    in_database(path, zlib.compress(gzip.compress(WORD.encode())))


WAYS: dict[str, Callable[[Path], object]] = {
    "as it is": lambda path: path.write_text(f"a {WORD} b"),
    "gzip": lambda path: path.write_bytes(gzip.compress(WORD.encode() * 5)),
    "zlib": lambda path: path.write_bytes(zlib.compress(WORD.encode() * 5)),
    "zip": in_zip,
    "a name in a zip": name_in_zip,
    "Parquet": in_parquet,
    "Parquet without dictionaries": in_plain_parquet,
    "Parquet's metadata": in_metadata,
    "SQLite": in_database,
    "packed twice, in SQLite": packed_in_database,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_word_is_found_in_each_kind_of_file(way: str, tmp_path: Path) -> None:
    WAYS[way](tmp_path / "file")
    assert search(tmp_path, NEEDLES).hits == ["file: the word"]
    assert search(tmp_path, {"another": b"another word"}).hits == []


def test_names_of_files_and_folders_are_searched(tmp_path: Path) -> None:
    (tmp_path / f"a-{WORD}").mkdir()
    (tmp_path / f"a-{WORD}" / f"{WORD}.txt").write_text("")
    assert len(search(tmp_path, NEEDLES).hits) == 2


@pytest.mark.parametrize("content", [b"\x1f\x8b broken", b"PK\x03\x04 broken", b"PAR1 broken", b"\x78\x9c broken"])
def test_a_damaged_file_is_searched_as_it_is(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content + WORD.encode())
    (tmp_path / "other").write_bytes(b"SQLite format 3\x00" + content)
    places = search(tmp_path, NEEDLES)
    assert places.hits == ["file: the word"]
    assert (places.files, places.size) == (2, sum(path.stat().st_size for path in tmp_path.iterdir()))


def test_folders_are_left_out_and_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "file").write_text(WORD)
    (tmp_path / "link").symlink_to(tmp_path / "private" / "file")
    assert search(tmp_path, NEEDLES, without=[tmp_path / "private"]).hits == []
    assert search(tmp_path, NEEDLES).hits == ["private/file: the word"]
