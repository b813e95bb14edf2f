"""Parquet files have the types that they declare, dictionaries among them."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synth_assets.errors import Fault
from synth_assets.source.kinds.parquet import ParquetFiles


def test_types_are_named_for_people_and_rows_come_as_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"t": pa.array(["a", None], pa.large_string()), "n": pa.array([1, 2], pa.int16())}), path)
    assert ParquetFiles().file_columns(path, {}) == (("t", "text"), ("n", "int16"))
    (batch,) = ParquetFiles().file_batches(path, {}, ["n"])
    assert batch.to_pydict() == {"n": [1, 2]}
    with pytest.raises(Fault, match="lacks a registered column"):
        list(ParquetFiles().file_batches(path, {}, ["x"]))
