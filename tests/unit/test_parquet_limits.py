"""Parquet files are refused before they are read when reading them would take more than they declare."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synth_assets import parquet_limits
from synth_assets.errors import IntegrityError
from synth_assets.parquet_limits import check_parquet

ROWS = 5000
TABLE = pa.table(
    {
        "text": [f"category {n % 40}" if n % 11 else None for n in range(ROWS)],
        "whole": list(range(ROWS)),
        "real": [n / 7 for n in range(ROWS)],
        "flag": [n % 3 == 0 for n in range(ROWS)],
        "day": pa.array(np.arange(ROWS, dtype=np.int32)).cast(pa.date32()),
        "time": pa.array(np.arange(ROWS)).cast(pa.timestamp("us")),
    }
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "x.parquet"
    pq.write_table(TABLE, path, compression="zstd", row_group_size=2000)
    return path


def _refused(path: Path, fault: str, *, rows: int = ROWS) -> None:
    with pytest.raises(IntegrityError, match=fault) as caught:
        check_parquet(path, rows=rows)
    assert caught.value.hint


def test_what_we_write_passes(path: Path) -> None:
    check_parquet(path, rows=ROWS)


def test_an_empty_table_passes(tmp_path: Path) -> None:
    pq.write_table(TABLE.slice(0, 0), tmp_path / "x.parquet")
    check_parquet(tmp_path / "x.parquet", rows=0)


def test_other_rows_than_are_declared_are_refused(path: Path) -> None:
    _refused(path, "it has 5,000 rows and is said to have 4,999", rows=4999)


@pytest.mark.parametrize(
    ("table", "options", "fault"),
    [
        (pa.table({"a": [[1], [2]]}), {}, "nested columns"),
        (pa.table({"a": [{"b": 1}, {"b": 2}]}), {}, "nested columns"),
        (pa.table({"a": pa.array([1.0, 2.0], pa.float32())}), {}, "type FLOAT"),
        (pa.table({"a": pa.array([b"xy", b"zz"], pa.binary(2))}), {}, "type FIXED_LEN_BYTE_ARRAY"),
        (pa.table({"a": [1, 2]}), {"data_page_version": "2.0"}, "version 1"),
        (pa.table({"a": ["x", "y"]}), {"use_dictionary": False, "column_encoding": "DELTA_BYTE_ARRAY"}, "encoding"),
        (pa.table({"a": [1, 2]}), {"use_dictionary": False, "column_encoding": "DELTA_BINARY_PACKED"}, "encoding"),
    ],
)
def test_what_we_never_write_is_refused(tmp_path: Path, table: pa.Table, options: dict[str, Any], fault: str) -> None:
    pq.write_table(table, tmp_path / "x.parquet", **options)
    _refused(tmp_path / "x.parquet", fault, rows=2)


def test_a_short_text_that_many_rows_point_to_passes_and_a_long_one_does_not(tmp_path: Path) -> None:
    for length, passes in ((1000, True), (1 << 20, False)):
        texts = pa.DictionaryArray.from_arrays(pa.array(np.zeros(200_000, dtype=np.int32)), pa.array(["x" * length]))
        path = tmp_path / f"{length}.parquet"
        pq.write_table(pa.table({"a": texts}), path, compression="zstd", store_schema=False, row_group_size=1 << 17)
        assert path.stat().st_size < 50_000
        if passes:
            check_parquet(path, rows=200_000)
        else:
            _refused(path, "texts are too long", rows=200_000)


def test_texts_are_added_up_where_the_sizes_of_pages_do_not_settle_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = sum(len(text or "") for text in TABLE["text"].slice(0, 2000).to_pylist())
    monkeypatch.setattr(parquet_limits, "_LARGEST_TEXTS", texts)
    check_parquet(path, rows=ROWS)
    monkeypatch.setattr(parquet_limits, "_LARGEST_TEXTS", texts - 100)
    _refused(path, "texts are too long")


@pytest.mark.parametrize(
    ("name", "most", "fault"),
    [
        ("_LARGEST_FOOTER", 100, "footer is too large"),
        ("_MOST_GROUPS", 2, "too many groups"),
        ("_MOST_GROUP_ROWS", 1999, "a group has too many rows"),
        ("_MOST_GROUP_CELLS", 11_999, "too many cells"),
        ("_MOST_COLUMNS", 5, "no columns or too many"),
        ("_LARGEST_PAGE", 1000, "a page is too large"),
        ("_LARGEST_PAGES", 20_000, "pages are too large together"),
    ],
)
def test_each_limit_is_kept(path: Path, monkeypatch: pytest.MonkeyPatch, name: str, most: int, fault: str) -> None:
    monkeypatch.setattr(parquet_limits, name, most)
    _refused(path, fault)


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "short": lambda _: b"PAR1",
    "another end": lambda content: content[:-4] + b"PARE",
    "another beginning": lambda content: b"PAR2" + content[4:],
    "a footer longer than the file": lambda content: content[:-8] + struct.pack("<I", len(content)) + b"PAR1",
    "no footer": lambda content: content[:-8] + struct.pack("<I", 0) + b"PAR1",
    "cut in the middle": lambda content: content[:100] + content[-8:],
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_file_is_refused(path: Path, name: str) -> None:
    path.write_bytes(DAMAGES[name](path.read_bytes()))
    _refused(path, "breaks a limit")


def test_a_page_that_declares_a_huge_size_is_refused_before_it_is_unpacked(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_limits, "_LARGEST_PAGE", 100_000)
    check_parquet(path, rows=ROWS)
    content = bytearray(path.read_bytes())
    chunk = pq.read_metadata(path).row_group(0).column(1)
    start = chunk.dictionary_page_offset
    # The page's type, then its size when unpacked: a number of three bytes becomes one that declares a million.
    assert content[start : start + 3] == b"\x15\x04\x15"
    content[start + 3 : start + 6] = b"\xfe\xff\x7f"
    path.write_bytes(content)
    _refused(path, "a page is too large when it is unpacked")


def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    (tmp_path / "link.parquet").symlink_to(path)
    _refused(tmp_path / "link.parquet", "cannot be read")
