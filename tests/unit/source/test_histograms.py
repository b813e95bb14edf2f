"""What can become a category is decided row by row; which rows count, by the unit's own rows and the secret."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from synth_assets.domain import Column
from synth_assets.domain.codes import encode
from synth_assets.ledger.windows import parse_window
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.histograms import MOST_LETTERS, category_text, count_texts

JOB = Column(name="job", kind="categorical", categories=("other",), other="other", nullable=True, null_tokens=("NA",))
WARD = Column(name="ward", kind="categorical", categories=("rest",), other="rest")
SECRET = bytes(range(32))
Row = tuple[str | None, str | bytes | None, str | None]


def batch(rows: list[Row]) -> pa.RecordBatch:
    kinds = (pa.string(), pa.binary(), pa.string())
    columns = [pa.array([row[index] for row in rows], kind) for index, kind in enumerate(kinds)]
    return pa.record_batch(columns, names=["person", "job", "ward"])


def counted(
    path: Path, *tables: list[Row], max_rows: int | None = None, secret: bytes = SECRET, memory_bytes: int = 1 << 20
) -> list[dict[str, int]]:
    unit = PrivacyUnit() if max_rows is None else PrivacyUnit(column="person", max_rows=max_rows)
    return count_texts(
        [batch(rows) for rows in tables],
        columns=[JOB, WARD],
        unit=unit,
        secret=secret,
        scratch=path,
        memory_bytes=memory_bytes,
    )


@pytest.mark.parametrize("max_rows", [None, 1])
def test_every_text_has_its_number_of_rows(tmp_path: Path, max_rows: int | None) -> None:
    rows: list[Row] = [(f"p{number}", ("baker", "smith", "baker")[number % 3], "a") for number in range(30)]
    histograms = counted(tmp_path, rows[:11], rows[11:], max_rows=max_rows)
    assert histograms == [{"baker": 20, "smith": 10}, {"a": 30}]


@pytest.mark.parametrize("max_rows", [None, 3])
def test_null_blank_tokens_and_other_are_public_and_have_no_key(tmp_path: Path, max_rows: int | None) -> None:
    rows: list[Row] = [(str(number), text, None) for number, text in enumerate([None, "", "  ", "NA", "other", "x"])]
    assert counted(tmp_path, rows, max_rows=max_rows) == [{"x": 1}, {}]


@pytest.mark.parametrize(
    "value", [b"x" * (MOST_LETTERS + 1), b"a\nb", b"a\0b", b"\x1b[31mred", "a\x85b".encode(), b"\t"]
)
def test_a_text_that_no_table_of_categories_should_hold_counts_as_other(value: bytes) -> None:
    assert category_text(JOB, value) is None


@pytest.mark.parametrize(
    "value", [b"\xc3\xa9t\xc3\xa9", b"\xe9t\xe9", b" a", b"A\xc2\xa0B", b"1.0", b"x" * MOST_LETTERS]
)
def test_a_text_is_read_as_encoding_reads_it(value: bytes) -> None:
    text = category_text(JOB, value)
    assert text is not None
    closed = Column(name="job", kind="categorical", categories=(text, "other"), other="other", nullable=True)
    assert encode(closed, [value]).tolist() == [0]


def test_a_unit_counts_at_most_so_many_rows_in_all_histograms(tmp_path: Path) -> None:
    rows: list[Row] = [("p", f"job {number}", f"ward {number}") for number in range(50)]
    histograms = counted(tmp_path, rows, max_rows=3)
    assert [sum(histogram.values()) for histogram in histograms] == [3, 3]
    assert {text.split()[1] for text in histograms[0]} == {text.split()[1] for text in histograms[1]}


def test_rows_without_a_unit_are_dropped(tmp_path: Path) -> None:
    assert counted(tmp_path, [(None, "a", None), ("", "b", None), ("p", "c", None)], max_rows=2)[0] == {"c": 1}


def test_which_rows_count_does_not_depend_on_order_files_memory_or_other_units(tmp_path: Path) -> None:
    shuffler = np.random.default_rng(3)
    unit_rows: list[Row] = [("p", f"job {number}", "a") for number in range(12)]
    others: list[Row] = [(f"q{number}", f"job {number % 15}", "b") for number in range(40)]
    alone = counted(tmp_path, unit_rows, max_rows=2)[0]
    without = counted(tmp_path, others, max_rows=2)[0]
    for _ in range(5):
        mixed = [*unit_rows, *others]
        mixed = [mixed[number] for number in shuffler.permutation(len(mixed))]
        cut = int(shuffler.integers(len(mixed)))
        counts = counted(
            tmp_path, mixed[:cut], mixed[cut:], max_rows=2, memory_bytes=int(shuffler.choice([1, 1 << 20]))
        )[0]
        difference = {
            text: counts[text] - without.get(text, 0) for text in counts if counts[text] != without.get(text, 0)
        }
        assert difference == alone


def test_which_rows_count_depends_on_the_secret(tmp_path: Path) -> None:
    rows: list[Row] = [("p", f"job {number}", None) for number in range(20)]
    chosen = {tuple(counted(tmp_path, rows, max_rows=2, secret=bytes([i]) * 32)[0]) for i in range(8)}
    assert len(chosen) > 4


def test_equal_texts_of_two_columns_are_kept_apart(tmp_path: Path) -> None:
    assert counted(tmp_path, [("p", "a", "b"), ("q", "b", "b")], max_rows=1) == [{"a": 1, "b": 1}, {"b": 2}]


def test_only_rows_inside_the_window_are_there(tmp_path: Path) -> None:
    table = pa.record_batch([["p", "q"], ["a", "b"], ["2026-01-05", "2026-02-05"]], names=["person", "job", "seen"])
    window = parse_window("seen=2026-01-01/2026-02-01")
    histograms = count_texts([table], columns=[JOB], unit=PrivacyUnit(), secret=SECRET, scratch=tmp_path, window=window)
    assert histograms == [{"a": 1}]


def test_numbers_and_dictionaries_become_texts(tmp_path: Path) -> None:
    jobs = (
        pa.array([1, 2, 1, None]),
        pa.array(["a", "b", "a", None]).dictionary_encode(),
        pa.array([[1], [2], [], None]),
    )
    histograms = [
        count_texts(
            [pa.record_batch([values], names=["job"])],
            columns=[JOB],
            unit=PrivacyUnit(),
            secret=SECRET,
            scratch=tmp_path,
        )
        for values in jobs
    ]
    assert histograms == [[{"1": 2, "2": 1}], [{"a": 2, "b": 1}], [{}]]


def test_an_empty_source_has_no_texts(tmp_path: Path) -> None:
    assert counted(tmp_path, [], max_rows=2) == [{}, {}]
    assert counted(tmp_path) == [{}, {}]
