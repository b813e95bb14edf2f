"""Sources that are Python callables."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from synth_assets.errors import Fault
from synth_assets.source.kinds.python import call_source, callable_exists, table_batches


def test_a_module_is_found_without_being_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "explosive_module.py").write_text("raise SystemExit")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert callable_exists("explosive_module:rows")
    assert not callable_exists("explosive_module")
    assert not callable_exists("no_such_module_anywhere:rows")
    assert not callable_exists("no_such.module_anywhere:rows")


def test_a_callable_gets_its_arguments() -> None:
    assert call_source("builtins:len", {"arguments": [[1, 2, 3]]}) == 3


ODD = [1, "x", None, np.nan, b"\xff", [1], object, "\ud800", 10**5000]


def test_an_odd_value_does_not_decide_how_others_are_read() -> None:
    (batch,) = table_batches(pd.DataFrame({"a": pd.Series(ODD, dtype=object)}))
    alone = [next(table_batches(pd.DataFrame({"a": pd.Series([v], dtype=object)}))).column(0)[0].as_py() for v in ODD]
    assert batch.column("a").to_pylist() == alone
    assert alone[:4] == [b"1", b"x", None, None]


def test_pandas_types_keep_their_values() -> None:
    frame = pd.DataFrame(
        {
            "number": [1, 2],
            "float": [1.5, np.nan],
            "nullable": pd.array([1, None], dtype="Int64"),
            "category": pd.Categorical(["x", None], categories=["x", "y"]),
            "text": ["a", "b"],
            "bool": [True, False],
        }
    )
    (batch,) = table_batches(frame)
    assert batch.to_pydict() == {
        "number": [1, 2],
        "float": [1.5, None],
        "nullable": [1, None],
        "category": [b"x", None],
        "text": [b"a", b"b"],
        "bool": [b"True", b"False"],
    }


BATCH = pa.record_batch({"a": [1]})


@pytest.mark.parametrize(
    "table",
    [BATCH, pa.table({"a": [1]}), iter([BATCH]), pa.RecordBatchReader.from_batches(BATCH.schema, [BATCH])],
    ids=["batch", "table", "iterator", "reader"],
)
def test_arrow_tables_and_iterators_are_streamed(table: Any) -> None:
    assert [batch.to_pydict() for batch in table_batches(table)] == [{"a": [1]}]


def test_something_else_is_a_fault() -> None:
    with pytest.raises(Fault, match="returned no table"):
        list(table_batches(3))


def test_one_null_does_not_change_how_the_truth_values_of_others_are_read() -> None:
    without = next(table_batches(pd.DataFrame({"a": [True, False]})))["a"].to_pylist()
    with_null = next(table_batches(pd.DataFrame({"a": [True, False, None]})))["a"].to_pylist()
    assert with_null == [*without, None]
