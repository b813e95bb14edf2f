"""One line is one row."""

import gzip
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.source import lines
from synth_assets.source.lines import is_blank, line_batches, parse_block, read_first_line, read_header

NAMES = ["a", "b", "c"]


def rows_of(block: bytes, delimiter: str = ",") -> list[tuple[bytes | None, ...]]:
    batches = list(parse_block(block, names=NAMES, columns=NAMES, delimiter=delimiter))
    return [tuple(row[name] for name in NAMES) for batch in batches for row in batch.to_pylist()]


@pytest.mark.parametrize(
    ("line", "row"),
    [
        (b"1,2,3", (b"1", b"2", b"3")),
        (b"1,,3", (b"1", b"", b"3")),
        (b'"1,2",2,3', (b"1,2", b"2", b"3")),
        (b'"a""b",2,3', (b'a"b', b"2", b"3")),
        (b'"",2,3', (b"", b"2", b"3")),
        (b"1,2", (b"1", b"2", None)),
        (b"1,2,3,4,5", (b"1", b"2", b"3")),
        (b'1,"2,3', (b"1", b"2,3", None)),
        (b'1,a"b,3', (b"1", b'a"b', b"3")),
        (b'a"b,"c,3', (b'a"b', b"c,3", None)),
        (b"\xff\xfe,2,3", (b"\xff\xfe", b"2", b"3")),
        (b"\x00,2,3", (b"\x00", b"2", b"3")),
        (b"1\r2,2,3", (b"1 2", b"2", b"3")),
        (b"1,2,3\r", (b"1", b"2", b"3")),
        (b"NULL,NA,nan", (b"NULL", b"NA", b"nan")),
        (b" 1 ,2,3", (b" 1 ", b"2", b"3")),
    ],
)
def test_a_line_is_read(line: bytes, row: tuple[bytes | None, ...]) -> None:
    assert rows_of(line + b"\n") == [row]


@pytest.mark.parametrize("line", [b"", b"\r"])
def test_an_empty_line_is_not_a_row(line: bytes) -> None:
    assert rows_of(b"1,2,3\n" + line + b"\n4,5,6\n") == [(b"1", b"2", b"3"), (b"4", b"5", b"6")]


line_bytes = st.lists(st.sampled_from([b"a", b",", b'"', b"\r", b"\xff", b" ", b"1", b'""', b'","']), max_size=12).map(
    b"".join
)


@given(st.lists(line_bytes, max_size=8), line_bytes, st.integers(0, 8))
def test_no_line_changes_what_another_line_is(others: list[bytes], odd: bytes, index: int) -> None:
    def alone(line: bytes) -> list[tuple[bytes | None, ...]]:
        return rows_of(line + b"\n")

    together = [*others[:index], odd, *others[index:]]
    expected = [row for line in together for row in alone(line)]
    rows = rows_of(b"".join(line + b"\n" for line in together))
    assert sorted(rows, key=repr) == sorted(expected, key=repr)


@given(line_bytes)
def test_a_line_is_at_most_one_row(line: bytes) -> None:
    assert len(rows_of(line + b"\n")) == (1 if line.rstrip(b"\r") or line.count(b"\r") > 1 else 0)


def test_another_delimiter_leaves_commas_alone() -> None:
    assert rows_of(b"1,5;2;3\n", delimiter=";") == [(b"1,5", b"2", b"3")]


def test_a_file_is_cut_into_blocks_without_losing_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "BLOCK_BYTES", 7)
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b,c\n" + b"".join(b"%d,%d,longer than a block\n" % (i, i) for i in range(50)) + b"50,50,last")
    table = pa.Table.from_batches(line_batches(path, columns=["c", "a"]))
    assert table.column_names == ["c", "a"]
    assert sorted(int(value) for value in table["a"].to_pylist()) == list(range(51))


def test_the_header_may_have_a_byte_order_mark_quotes_and_blanks(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b'\xef\xbb\xbf"a, b", c\r\n1,2\r\n')
    assert read_header(tmp_path / "a.csv", delimiter=",") == ["a, b", "c"]


@pytest.mark.parametrize("content", [b"", b"a,b,c", b"a,b,c\n", b"a,b,c\r\n\r\n"])
def test_a_file_without_rows_has_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    assert sum(len(batch) for batch in line_batches(tmp_path / "a.csv", columns=["a"] if content else [])) == 0


def test_compressed_files_are_read_by_their_ending(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"a,b\n1,2\n"))
    (batch,) = line_batches(tmp_path / "a.csv.gz", columns=["b"])
    assert batch.to_pydict() == {"b": [b"2"]}


@pytest.mark.parametrize("fields", [b"", b",2"])
def test_a_byte_order_mark_in_a_row_is_read_the_same_wherever_the_row_stands(fields: bytes) -> None:
    names = ["x", "y"][: 1 + len(fields) // 2]
    odd, plain = b"\xef\xbb\xbf7" + fields + b"\n", b"1" + fields + b"\n"

    def values(block: bytes) -> list[bytes]:
        return pa.Table.from_batches(parse_block(block, names=names, columns=["x"]))["x"].to_pylist()

    assert sorted(values(odd + plain)) == sorted(values(plain + odd)) == [b"1", b"\xef\xbb\xbf7"]


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
@pytest.mark.parametrize("width", [1, 2])
@given(
    lengths=st.lists(st.integers(0, 12), min_size=1, max_size=8),
    block=st.integers(1, 30),
)
def test_what_a_long_line_becomes_depends_on_that_line_alone(
    lengths: list[int], block: int, width: int, ending: bytes
) -> None:
    """Whether a line is too long is decided the same wherever it lies in the file and however that is read."""
    names = ["a", "b"][:width]
    data = b"".join(b"x" * length + ending for length in lengths)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "LONGEST_LINE", 6)
        patch.setattr(lines, "BLOCK_BYTES", block)
        values = [
            row["a"]
            for part in lines._blocks(pa.BufferReader(data))
            for batch in parse_block(part, names=names, columns=["a"])
            for row in batch.to_pylist()
        ]
    expected = [b"x" * length if length <= 6 else b"" for length in lengths if length]
    assert sorted(values) == sorted(expected)


def test_a_line_that_is_too_long_is_a_row_of_nulls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST_LINE", 20)
    assert rows_of(b"1,2,3\n" + b"4,5," + b"x" * 17 + b"\n6,7,8\n") == [
        (b"1", b"2", b"3"),
        (b"6", b"7", b"8"),
        (b"", None, None),
    ]


def test_of_a_line_that_is_too_long_nothing_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST_LINE", 10)
    line = lines._Line()
    for _ in range(100):
        line.add(b"x" * 5)
        assert sum(map(len, line.parts())) <= 11


@pytest.mark.parametrize(("content", "blank"), [(b"", True), (b"\xef\xbb\xbf\r\n", True), (b"\n\nx", False)])
def test_a_file_is_blank_if_no_line_of_it_is_filled(tmp_path: Path, content: bytes, *, blank: bool) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    assert is_blank(tmp_path / "a.csv") is blank


def test_the_first_line_is_returned_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbfx,\xff\r\n1,2\n")
    assert read_first_line(tmp_path / "a.csv") == b"\xef\xbb\xbfx,\xff\r"
