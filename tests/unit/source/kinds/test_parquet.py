"""Parquet files have the types that they declare, dictionaries among them."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synth_assets.errors import Fault
from synth_assets.source.kinds.kind import Partition
from synth_assets.source.kinds.parquet import PARTITION_ROWS, ParquetFiles


def test_types_are_named_for_people_and_rows_come_as_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"t": pa.array(["a", None], pa.large_string()), "n": pa.array([1, 2], pa.int16())}), path)
    assert ParquetFiles().file_columns(path, {}) == (("t", "text"), ("n", "int16"))
    (batch,) = ParquetFiles().partition_batches(Partition(str(path)), {}, ["n"])
    assert batch.to_pydict() == {"n": [1, 2]}
    with pytest.raises(Fault, match="lacks a registered column"):
        list(ParquetFiles().partition_batches(Partition(str(path)), {}, ["x"]))


def test_partitions_are_row_groups_that_are_worth_a_task(tmp_path: Path) -> None:
    path, rows = tmp_path / "a.parquet", PARTITION_ROWS + 2
    pq.write_table(pa.table({"n": range(rows)}), path, row_group_size=PARTITION_ROWS // 2)
    first, second = ParquetFiles().partitions(str(path), {})
    assert (first.groups, second.groups) == ((0, 2), (2, 3))
    read = [batch.column("n") for part in (first, second) for batch in ParquetFiles().partition_batches(part, {}, "n")]
    assert pa.chunked_array(read).to_pylist() == list(range(rows))
