"""The number of rows is the contract's, or else the released one."""

import pytest

from synth_assets.checks.kinds.row_count import ROW_COUNT


@pytest.mark.parametrize(
    ("rows", "counted", "passed"), [(10, 10, True), (10, 9, False), (None, 12, True), (None, 10, False)]
)
def test_rows_are_the_contracts_or_else_the_released_ones(rows: int | None, counted: int, passed: bool) -> None:  # noqa: FBT001
    assert ROW_COUNT.verdict({"rows": counted, "released_rows": 12}, {"rows": rows})[0] is passed
