"""Rows are encoded and bounded by one function, whoever counts them."""

from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.privacy import PrivacyUnit
from synth_assets.source.bounded import bounded_rows

BATCH = pa.record_batch([pa.array(["u", "u", "v", None]), pa.array([1, 2, 3, 4])], names=["person", "value"])


def values(batch: pa.RecordBatch) -> list[NDArray[np.uint8]]:
    return [batch.column("value").to_numpy().astype(np.uint8)]


def kept(unit: PrivacyUnit, scratch: Path) -> list[int]:
    rows = bounded_rows([BATCH], encode=values, dtypes=[np.uint8], unit=unit, secret=bytes(32), scratch=scratch)
    return sorted(value for block in rows for value in block[0].tolist())


def test_without_a_unit_all_rows_stay(tmp_path: Path) -> None:
    assert kept(PrivacyUnit(), tmp_path) == [1, 2, 3, 4]


def test_of_a_unit_at_most_so_many_rows_stay_and_none_of_nobody(tmp_path: Path) -> None:
    of_u, of_v = kept(PrivacyUnit(column="person", max_rows=1), tmp_path)
    assert of_u in {1, 2}
    assert of_v == 3
