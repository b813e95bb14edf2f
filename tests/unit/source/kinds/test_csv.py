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
