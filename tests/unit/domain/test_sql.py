"""What is written means what was read, and is written the same when it is read again."""

import pytest

from synth_assets.domain.sql import read_sql, write_sql


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("round(9.75, 1)", "ROUND(9.75, 1)"),
        ("ROUND(CAST(x AS DOUBLE), 1)", "ROUND(CAST(x AS DOUBLE PRECISION), 1)"),
        ("ROUND(CASE WHEN b THEN 1.5 ELSE 2 END, 1)", "ROUND(CASE WHEN b THEN 1.5 ELSE 2 END, 1)"),
        ("ROUND(x)", "ROUND(x)"),
        ("NOT a IS NULL and \"B\">'x' -- why", "NOT a IS NULL AND \"B\" > 'x'"),
    ],
)
def test_rounding_stays_as_it_stands_and_comments_are_left_out(text: str, written: str) -> None:
    assert write_sql(read_sql(text)) == written
    assert write_sql(read_sql(written)) == written
