"""Every column of a CSV file is text, and the delimiter is one character."""

from pathlib import Path
from typing import Any

import pytest

from synth_assets.errors import UsageError
from synth_assets.source.kinds.csv import CsvFiles


def test_columns_are_text_and_values_are_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x;y\n1;2\n")
    options = {"delimiter": ";"}
    assert CsvFiles().columns(str(tmp_path / "*.csv"), options) == (("x", "text"), ("y", "text"))
    (batch,) = CsvFiles().batches(str(tmp_path / "a.csv"), options, ["y"])
    assert batch.to_pydict() == {"y": [b"2"]}


@pytest.mark.parametrize("delimiter", ["", ";;", "\n", '"', "é", 5])
def test_a_delimiter_that_cannot_be_meant_is_refused(delimiter: Any) -> None:
    with pytest.raises(UsageError, match="one ASCII character"):
        CsvFiles().check({"delimiter": delimiter})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PAR1\x15\x04\x15,x\n", r"a\.csv is a Parquet file"),
        ("größe\n".encode("latin-1"), r"a\.csv does not begin with text in UTF-8"),
        ("x,y\n".encode("utf-16"), "UTF-8"),
        (b"x,\x00\n", "a character in its first line that no name has"),
        (b"x,y\rz\n", "a character in its first line"),
        (b"x\ty\n", "a character in its first line"),
        (b'"x,y\n', "a quote in its first line that does not end"),
    ],
)
def test_a_first_line_that_cannot_be_names_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(UsageError, match=message):
        CsvFiles().columns(str(tmp_path / "a.csv"), {})


@pytest.mark.parametrize(
    "content", [b"PAR1,PAR2\r\n", b"\xef\xbb\xbfPAR1,PAR2\n", b'"PAR1","PAR2"\n\xff\x00,\n', b"PAR1\tPAR2"]
)
def test_a_first_line_of_text_is_taken_and_what_follows_is_not_looked_at(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    options = {"delimiter": "\t" if b"\t" in content else ","}
    assert CsvFiles().columns(str(tmp_path / "a.csv"), options) == (("PAR1", "text"), ("PAR2", "text"))
