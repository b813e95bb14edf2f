"""What tasks leave in the scratch folder is used again, made again where it is missing, and found by its coding."""

from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synth_assets.domain import Column, Domain
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.cluster.rows import Coding, SourceRows
from synth_assets.source.cluster.tasks import coding_files, count_buckets, count_partition, sort_partition
from synth_assets.source.encoding import encode_batch
from synth_assets.source.kernel import count_tables
from synth_assets.source.kinds.kind import Partition

DOMAIN = Domain(columns=(Column(name="age", kind="integer", minimum=0, maximum=3),))
COUNT = partial(count_tables, tables=[(("age",), "fine")], domain=DOMAIN, grids={})


def rows_in(folder: Path, unit: PrivacyUnit) -> tuple[SourceRows, Coding, Partition]:
    path = folder / "a.parquet"
    pq.write_table(pa.table({"person": ["a", "a", "b"], "age": [1, 1, 2]}), path)
    rows = SourceRows(kind="parquet", options={}, unit=unit, window=None, part=None, split_key=None, scratch=folder)
    encode = partial(encode_batch, DOMAIN)
    coding = Coding(name="7", columns=("age",), encode=encode, dtypes=(np.uint8,), secret=bytes(32))
    return rows, coding, Partition(str(path))


def test_codes_are_kept_and_made_again_where_they_are_missing(tmp_path: Path) -> None:
    rows, coding, partition = rows_in(tmp_path, PrivacyUnit())
    (first,) = count_partition(rows, coding, COUNT, 0, partition)
    (kept,) = coding_files(rows, coding)
    source = Path(partition.path).read_bytes()
    Path(partition.path).unlink()
    (again,) = count_partition(rows, coding, COUNT, 0, partition)
    assert first.tolist() == again.tolist() == [0, 2, 1, 0]
    kept.unlink()
    with pytest.raises(FileNotFoundError):
        count_partition(rows, coding, COUNT, 0, partition)
    Path(partition.path).write_bytes(source)
    (anew,) = count_partition(rows, coding, COUNT, 0, partition)
    assert anew.tolist() == [0, 2, 1, 0]


def test_a_unit_in_two_partitions_is_bounded_once(tmp_path: Path) -> None:
    rows, coding, partition = rows_in(tmp_path, PrivacyUnit(column="person", max_rows=1))
    for number in range(2):
        sort_partition(rows, coding, 3, number, partition)
    pieces = [count_buckets(rows, coding, COUNT, 2, range(first, 3, 2)) for first in range(2)]
    assert sum(counts[0] for counts in map(list, pieces)).tolist() == [0, 1, 1, 0]
    assert {path.name for path in coding_files(rows, coding)} == {"7-sorted-0", "7-sorted-1", "7-units-0", "7-units-1"}


def test_buckets_of_which_a_partition_is_missing_are_not_counted(tmp_path: Path) -> None:
    rows, coding, partition = rows_in(tmp_path, PrivacyUnit(column="person", max_rows=1))
    sort_partition(rows, coding, 3, 0, partition)
    with pytest.raises(FileNotFoundError):
        count_buckets(rows, coding, COUNT, 2, range(3))
