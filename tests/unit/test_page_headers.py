"""Headers of pages are read as they are written, and refused when they are cut, long or of another kind."""

import contextlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.errors import IntegrityError
from synth_assets.page_headers import PageHeader, page_headers

GOOD = bytes([0x15, 0, 0x15, 200, 1, 0x15, 20, 0x2C, 0x15, 10, 0x15, 0, 0x15, 6, 0x15, 6, 0, 0])
"""A data page of 5 values, 100 bytes unpacked, 10 bytes packed, plain."""


def _headers(content: bytes) -> list[PageHeader]:
    return list(page_headers(io.BytesIO(content), start=0, end=len(content)))


def test_a_header_is_read_with_what_follows_skipped() -> None:
    page = PageHeader(dictionary=False, unpacked=100, packed=10, values=5, encoding=0)
    assert _headers(GOOD + b"x" * 10) == [page]
    assert _headers((GOOD + b"x" * 10) * 3) == [page] * 3
    assert _headers(b"") == []


@pytest.mark.parametrize("compression", ["zstd", "snappy", "gzip", "none"])
def test_the_pages_that_arrow_writes_add_up(tmp_path: Path, compression: str) -> None:
    table = pa.table({"a": [f"text {n % 50}" for n in range(9000)], "b": [n if n % 3 else None for n in range(9000)]})
    path = tmp_path / "x.parquet"
    pq.write_table(table, path, compression=compression, row_group_size=4000, data_page_size=1000)
    metadata = pq.read_metadata(path)
    with path.open("rb") as stream:
        for group in map(metadata.row_group, range(metadata.num_row_groups)):
            for chunk in map(group.column, range(2)):
                start = chunk.dictionary_page_offset if chunk.has_dictionary_page else chunk.data_page_offset
                pages = list(page_headers(stream, start=start, end=start + chunk.total_compressed_size))
                assert [page.dictionary for page in pages] == [True, *[False] * (len(pages) - 1)]
                assert sum(page.values for page in pages[1:]) == group.num_rows
                assert sum(page.unpacked for page in pages) < chunk.total_uncompressed_size


CHANGES: dict[str, Callable[[bytearray], Any]] = {
    "an index page": lambda page: page.__setitem__(1, 2),
    "a page of version 2": lambda page: page.__setitem__(1, 6),
    "a negative size": lambda page: page.__setitem__(6, 1),
    "more bytes than there are": lambda page: page.__setitem__(6, 22),
    "an unknown type": lambda page: page.__setitem__(0, 0x1D),
    "a number without an end": lambda page: page.__setitem__(slice(3, 5), b"\xff" * 12),
    "a long text": lambda page: page.__setitem__(slice(0, 0), b"\x98\xff\xff\xff\xff\x0f"),
    "a long list": lambda page: page.__setitem__(slice(0, 0), b"\x99\xf5\xff\xff\xff\xff\x0f"),
    "a deep struct": lambda page: page.__setitem__(slice(0, 0), b"\x9c" * 50),
    "a deep list": lambda page: page.__setitem__(slice(0, 0), b"\x99" + b"\x19" * 50),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_not_such_a_page_is_refused(name: str) -> None:
    page = bytearray(GOOD + b"x" * 10)
    CHANGES[name](page)
    with pytest.raises(IntegrityError, match="a Parquet file breaks a rule"):
        _headers(bytes(page))


def test_pages_without_an_end_are_refused() -> None:
    empty = bytearray(GOOD)
    empty[6] = 0
    with pytest.raises(IntegrityError, match="too many pages"):
        _headers(bytes(empty) * 20_001)


@given(st.binary(max_size=60))
def test_any_bytes_are_pages_or_are_refused(content: bytes) -> None:
    with contextlib.suppress(IntegrityError):
        assert all(page.packed >= 0 for page in _headers(content))
