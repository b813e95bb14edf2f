"""Which rows of a unit stay; the laws are in tests/properties."""

from pathlib import Path

import numpy as np
import pytest

from synth_assets.source import bounding
from synth_assets.source.bounding import SECRET_BYTES, Bounder, keep_smallest, unit_keys

SECRET = bytes(SECRET_BYTES)


def bounded(
    path: Path, ids: list[bytes | None], rows: list[tuple[int, int]], *, max_rows: int, secret: bytes = SECRET
) -> list[int]:
    """Return the codes that stay of rows of (place among ids, code)."""
    places, codes = zip(*rows, strict=True)
    bounder = Bounder(max_rows=max_rows, secret=secret, dtypes=[np.uint16], scratch=path)
    bounder.add(ids, np.array(places), [np.array(codes)])
    return sorted(code for block in bounder.rows() for code in block[0].tolist())


def test_each_unit_keeps_at_most_so_many_rows(tmp_path: Path) -> None:
    codes = bounded(tmp_path, [b"u", b"v"], [*((0, code) for code in range(1, 6)), (1, 10), (1, 11)], max_rows=3)
    assert len([code for code in codes if code < 10]) == 3
    assert [code for code in codes if code >= 10] == [10, 11]


def test_rows_without_an_id_are_dropped(tmp_path: Path) -> None:
    assert bounded(tmp_path, [b"u", b"", None], [(0, 1), (1, 2), (2, 3), (-1, 4)], max_rows=3) == [1]


def test_which_rows_stay_depends_on_the_secret(tmp_path: Path) -> None:
    chosen = {
        tuple(
            bounded(tmp_path, [b"u"], [(0, code) for code in range(20)], max_rows=2, secret=bytes([i]) * SECRET_BYTES)
        )
        for i in range(10)
    }
    assert len(chosen) > 5


def test_surplus_rows_are_dropped_before_they_fill_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = bounded(tmp_path, [b"u"], [(0, code) for code in range(100)], max_rows=3)
    monkeypatch.setattr(bounding, "COMPACT_ROWS", 4)
    bounder = Bounder(max_rows=3, secret=SECRET, dtypes=[np.uint16], scratch=tmp_path)
    for start in range(0, 100, 10):
        bounder.add([b"u"], np.zeros(10, dtype=np.int64), [np.arange(start, start + 10)])
    assert sorted(code for block in bounder.rows() for code in block[0].tolist()) == expected


def test_units_are_told_apart_by_all_128_bits() -> None:
    first, second = np.array([7, 7, 7], np.uint64), np.array([1, 2, 1], np.uint64)
    assert sorted(keep_smallest(first, second, np.array([3, 2, 1], np.uint64), most=1).tolist()) == [1, 2]
    assert sorted(keep_smallest(second, first, np.array([3, 2, 1], np.uint64), most=1).tolist()) == [1, 2]


def test_the_key_of_a_unit_is_keyed_and_the_same_everywhere() -> None:
    first = unit_keys(b"k", [b"a", b"b"])
    second = unit_keys(b"k", [b"b", b"c"])
    assert (first[0][1], first[1][1]) == (second[0][0], second[1][0])
    assert first[0][0] != unit_keys(b"other", [b"a"])[0][0]


def test_it_shows_nothing_of_its_content(tmp_path: Path) -> None:
    bounder = Bounder(max_rows=1, secret=SECRET, dtypes=[np.uint8], scratch=tmp_path)
    assert repr(bounder) == "Bounder(private)"


def test_another_hash_orders_rows_otherwise_and_keeps_as_many(tmp_path: Path) -> None:
    kept = {}
    for row_hash in ("siphash", "sha256"):
        bounder = Bounder(max_rows=3, secret=SECRET, dtypes=[np.uint16], scratch=tmp_path, row_hash=row_hash)
        bounder.add([b"u", None], np.array([0] * 20 + [1]), [np.arange(21)])
        kept[row_hash] = sorted(code for block in bounder.rows() for code in block[0].tolist())
    assert [len(codes) for codes in kept.values()] == [3, 3]
    assert kept["siphash"] != kept["sha256"]
