"""Rows outside of a window are as if they were not there."""

import pyarrow as pa

from synth_assets.ledger.windows import parse_window
from synth_assets.source.window import inside_window


def test_only_rows_inside_are_left_and_what_cannot_be_read_is_outside() -> None:
    times = ["2026-11-01", "2026-11-30T23:59:59", "2026-12-01", "", None, "soon"]
    batch = pa.record_batch({"a": list(range(6)), "seen": times})
    (rows,) = inside_window([batch], parse_window("seen=2026-11-01/2026-12-01"))
    assert rows["a"].to_pylist() == [0, 1]
