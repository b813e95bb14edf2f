"""Tables give each row the value of its key: null for null, the default for what they lack."""

from typing import Any

import pyarrow as pa
import pytest

from synth_assets.domain.expressions import parse
from synth_assets.domain.lookup import LookupTable, derive_values, type_of
from synth_assets.errors import UsageError

TEXT, WHOLE, TRUTH = pa.string(), pa.int64(), pa.bool_()


@pytest.mark.parametrize(
    ("key", "rows", "table", "values"),
    [
        (TEXT, ["b", None, "a"], {"a": 1, "b": 2}, [2, None, 1]),
        (WHOLE, [-1, 10, None], {"10": "ten", "-1": "less"}, ["less", "ten", None]),
        (TRUTH, [True, False, None], {"true": 0.5, "false": 2}, [0.5, 2.0, None]),
        (TEXT, ["a", "b"], {"a": None, "b": True}, [None, True]),
    ],
)
def test_each_row_gets_the_value_of_its_key(key: pa.DataType, rows: list[Any], table: Any, values: list[Any]) -> None:
    looked_up = LookupTable.of("k", table, key=key, default=None)
    found = looked_up.find(pa.table({"k": pa.chunked_array([rows[:1], rows[1:]], key)}))
    assert (found.to_pylist(), found.type) == (values, looked_up.type)


def test_a_key_that_is_not_there_gets_the_default_and_null_stays_null() -> None:
    rows = pa.table({"k": pa.array(["a", "x", None])})
    assert LookupTable.of("k", {"a": 1}, key=TEXT, default=9).find(rows).to_pylist() == [1, 9, None]
    assert LookupTable.of("k", {"a": 1}, key=TEXT, default=None).find(rows).to_pylist() == [1, None, None]


def test_no_rows_have_no_values() -> None:
    found = LookupTable.of("k", {"a": 1}, key=TEXT, default=2).find(pa.table({"k": pa.array([], TEXT)}))
    assert (len(found), found.type) == (0, pa.int64())


@pytest.mark.parametrize("key", ["1.0", "+1", "01", "", "-", "one", "\u0661", "9" * 400])
def test_a_key_that_is_not_written_like_a_whole_number_is_refused(key: str) -> None:
    with pytest.raises(UsageError, match="is not a value of the column, whose type is int64"):
        LookupTable.of("k", {"1": 1, key: 2}, key=WHOLE, default=None)


def test_reals_dates_and_times_are_not_looked_up() -> None:
    for kind in (pa.float64(), pa.date32(), pa.timestamp("us")):
        with pytest.raises(UsageError, match="cannot be looked up"):
            LookupTable.of("k", {"1": 1}, key=kind, default=None)


def test_values_have_one_type() -> None:
    assert type_of([1, 2.5, None]) == pa.float64()
    with pytest.raises(UsageError, match="holds true or false and whole numbers"):
        type_of([1, True])
    with pytest.raises(UsageError, match="holds no value"):
        type_of([None])


def test_expressions_and_tables_are_computed_in_the_order_they_stand() -> None:
    rows = pa.table({"k": ["a", "b"], "n": [1, 2]})
    table = LookupTable.of("k", {"a": 1.5, "b": 0.5}, key=TEXT, default=None)
    values = derive_values([parse("n + 1", rows.schema), table, parse("n > 1", rows.schema)], rows)
    assert [column.to_pylist() for column in values] == [[2, 3], [1.5, 0.5], [False, True]]


def test_a_number_with_leading_zeros_is_refused_with_what_to_write() -> None:
    with pytest.raises(UsageError, match="'07' is not a value of the column") as caught:
        LookupTable.of("n", {"07": 1}, key=pa.int64(), default=None)
    assert caught.value.hint == "write 7"
