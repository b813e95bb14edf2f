"""Encoding is total, silent and one value at a time; decoding gives back what the domain holds."""

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from synth_assets.domain import FINEST, Column
from synth_assets.domain.codes import as_text, decode, encode, encode_repeated

EDUC = Column(name="educ", kind="integer", minimum=0, maximum=20, nullable=True)
CITY = Column(name="city", kind="categorical", categories=("north", "south", "rest"), other="rest")
DAY = Column(name="day", kind="date", minimum=0, maximum=999, nullable=True)
AT = Column(name="at", kind="datetime", resolution="minute", minimum=0, maximum=999, nullable=True)
SHARE = Column(name="share", kind="float", minimum=0, maximum=1, nullable=True)


class _Unspeakable:
    def __str__(self) -> str:
        raise RuntimeError("this text must not appear")


def codes(column: Column, *values: Any) -> list[int]:
    return [int(code) for code in encode(column, list(values))]


def test_a_column_is_laid_out_as_regular_codes_then_specials_then_null() -> None:
    column = Column(name="a", kind="integer", minimum=0, maximum=9, specials=(98, 99), nullable=True)
    assert (column.regular, column.size, column.null_code) == (10, 13, 12)
    assert codes(column, 0, 9, 98, 99, None) == [0, 9, 10, 11, 12]


def test_out_of_range_is_clamped() -> None:
    assert codes(EDUC, -1, 21, 10**400 // 10**390) == [0, 20, 20]


@pytest.mark.parametrize(
    "value", [None, "", "  ", "abc", "nan", float("nan"), float("inf"), "-inf", b"\xff", [], {}, _Unspeakable()]
)
def test_what_is_not_a_number_becomes_null(value: Any) -> None:
    assert codes(EDUC, value) == [21]


def test_infinities_in_an_array_become_null_and_are_not_clamped() -> None:
    assert encode(EDUC, np.array([np.inf, -np.inf, np.nan, 1e300])).tolist() == [21, 21, 21, 20]


def test_an_integer_of_thousands_of_digits_becomes_null() -> None:
    assert codes(EDUC, 10**5000) == [21]


def test_unknown_goes_to_other_and_without_it_to_the_first_code() -> None:
    assert codes(CITY, "north", "nowhere", None) == [0, 2, 2]
    assert codes(Column(name="c", kind="categorical", categories=("a", "b")), "b", "z", None) == [1, 0, 0]


def test_in_a_nullable_column_null_is_null_and_unknown_is_other() -> None:
    column = Column(name="c", kind="categorical", categories=("a", "rest"), other="rest", nullable=True)
    assert codes(column, "a", "z", "rest", None, " ") == [0, 1, 1, 2, 2]
    assert codes(Column(name="c", kind="categorical", categories=("a",), nullable=True), "z", None) == [1, 1]


@pytest.mark.parametrize("value", [True, np.True_, Decimal(1), 1.0, "1", b"1"])
def test_a_value_is_read_by_itself_whatever_stands_before_it(value: Any) -> None:
    # Python holds True, 1 and Decimal(1) for equal: one row must not decide how others are read.
    texts = Column(name="c", kind="categorical", categories=("1", "True", "1.0"), nullable=True)
    for column in (EDUC, texts):
        alone = codes(column, 1)
        assert codes(column, value, 1)[1:] == alone
        assert codes(column, 1, value)[1:] == codes(column, value)


def test_whole_floats_are_read_as_the_category_without_a_point() -> None:
    column = Column(name="c", kind="categorical", categories=("1", "2"), nullable=True)
    assert encode(column, np.array([1.0, 2.0, np.nan])).tolist() == [0, 1, 2]


@pytest.mark.parametrize("values", [np.array([5, -9]), ["5", "-9"], [5, -9], pa.array([5, -9]), pd.Series([5, -9])])
def test_null_tokens_mean_null_in_numbers_and_in_texts(values: Any) -> None:
    column = Column(name="a", kind="integer", minimum=0, maximum=9, nullable=True, null_tokens=("-9",))
    assert encode(column, values).tolist() == [5, 10]


@pytest.mark.parametrize(
    ("value", "code"),
    [(True, 1), (False, 0), ("YES", 1), ("f", 0), (1, 1), (0.0, 0), ("1.0", 1), (b"no", 0), ("maybe", 2), (0.5, 2)],
)
def test_booleans_are_read_in_their_usual_spellings(value: Any, code: int) -> None:
    assert codes(Column(name="b", kind="boolean", nullable=True), value) == [code]


@pytest.mark.parametrize(
    "value",
    [
        dt.date(1970, 1, 11),
        dt.datetime(1970, 1, 11, 5),  # noqa: DTZ001 - a table's times often have no zone
        "1970-01-11",
        b"1970-01-11T05:00",
        np.datetime64("1970-01-11"),
        pd.Timestamp("1970-01-11 23:00"),
    ],
)
def test_dates_are_read_from_dates_times_and_iso_texts(value: Any) -> None:
    assert codes(DAY, value) == [10]


def test_typed_arrays_of_dates_are_read_as_dates() -> None:
    days = [dt.date(1970, 1, 11), None]
    assert encode(DAY, pa.array(days, pa.date32())).tolist() == [10, 1000]
    assert encode(DAY, pd.to_datetime(pd.Series(days))).tolist() == [10, 1000]


@pytest.mark.parametrize(
    "value",
    [
        "1970-01-01T00:10",
        b"1970-01-01 00:10:59.999999",
        "19700101T001000Z",
        " 1970-01-01T02:10:00+02:00 ",
        "1969-12-31T19:10-05:00",
        dt.datetime(1970, 1, 1, 0, 10),  # noqa: DTZ001 - a table's times often have no zone
        dt.datetime(1970, 1, 1, 0, 10, tzinfo=dt.UTC),
        np.datetime64("1970-01-01T00:10:30"),
        pd.Timestamp("1970-01-01 01:10:30.123456789", tz="Europe/Berlin"),
    ],
)
def test_times_are_read_from_times_and_iso_texts_in_utc(value: Any) -> None:
    assert codes(AT, value) == [10]


@pytest.mark.parametrize("value", ["00:10", "1970-01-01T24:30", "1970-01-01T00:00:60", "600", 600, 600.0, "01.01.1970"])
def test_what_is_not_a_time_becomes_null(value: Any) -> None:
    assert codes(AT, value) == [1000]


def test_times_out_of_range_are_clamped_also_before_year_one_in_utc() -> None:
    assert codes(AT, "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", "1969-12-31") == [0, 999, 0]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Berlin"])
def test_typed_times_of_every_unit_are_read_exactly(unit: str, zone: str | None) -> None:
    per_minute = 60 * {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    ends = pa.array([10 * per_minute, 11 * per_minute - 1, -1, 2**63 - 1, -(2**63), None])
    values = ends.view(pa.timestamp(unit, zone))
    assert encode(AT, values).tolist() == [10, 10, 0, 999, 0, 1000]
    assert encode(AT, values.dictionary_encode()).tolist() == [10, 10, 0, 999, 0, 1000]
    assert encode(AT, pa.chunked_array([values, values])).tolist() == [10, 10, 0, 999, 0, 1000] * 2


@pytest.mark.parametrize("far", [pa.array([2**31 - 1, None], pa.int32()).view(pa.date32()), pa.array([2**62, None])])
def test_typed_dates_that_python_cannot_read_are_clamped_as_others_are(far: pa.Array) -> None:
    values = far if pa.types.is_date(far.type) else far.view(pa.timestamp("s"))
    assert encode(DAY, values).tolist() == [999, 1000]
    assert encode(AT, values).tolist() == [999, 1000]


def test_null_tokens_of_dates_and_times_are_read_as_such() -> None:
    day = Column(name="d", kind="date", minimum=0, maximum=9, nullable=True, null_tokens=("9999-12-31", "-1"))
    values = [dt.date(9999, 12, 31), dt.date(1969, 12, 31), dt.date(1970, 1, 2)]
    assert encode(day, pa.array(values)).tolist() == encode(day, values).tolist() == [10, 0, 1]
    at = Column(name="t", kind="datetime", minimum=0, maximum=9, nullable=True, null_tokens=("1970-01-01T00:00:03",))
    assert encode(at, pa.array([3, 4]).view(pa.timestamp("s"))).tolist() == [10, 4]
    assert codes(at, "1970-01-01 00:00:03", "1970-01-01 00:00:04") == [10, 4]


def test_times_inside_a_bin_are_rounded_down_to_the_resolution_and_stay_in_range() -> None:
    hour = Column(name="t", kind="datetime", resolution="hour", minimum=0, maximum=47, edges=(24,))
    times = decode(hour, np.array([0, 0, 1, 1]), within=np.array([0.0, 1 - 2**-53, 0.5, 1 - 2**-53]))
    expected = [dt.datetime(1970, 1, 1 + day, at) for day, at in ((0, 0), (0, 23), (1, 12), (1, 23))]  # noqa: DTZ001
    assert times.to_pylist() == expected


@pytest.mark.parametrize(
    "values",
    [
        pa.array([b"\xff\xfe", None], pa.binary()).view(pa.string()),
        pa.array([b"\xff\xfe", None], pa.binary()).view(pa.string()).dictionary_encode(),
        pa.array([[1], None]),
        pa.array([{"a": 1}, None]),
        pa.nulls(2),
        pd.Series(pa.array([b"\xff\xfe", None], pa.binary()).view(pa.string()), dtype=pd.ArrowDtype(pa.string())),
        np.array([1j, 2j]),
        np.array(["\ud800", None], dtype=object),
    ],
)
@pytest.mark.parametrize("column", [EDUC, CITY, DAY, AT, SHARE], ids=lambda column: column.kind)
def test_arrays_that_python_cannot_read_are_encoded_all_the_same(column: Column, values: Any) -> None:
    assert encode(column, values).tolist() == [column.fallback_code] * 2


@pytest.mark.parametrize("empty", [[], np.array([]), pa.array([], pa.string()), pd.Series([], dtype=object)])
def test_no_rows_give_no_codes(empty: Any) -> None:
    assert encode(CITY, empty).shape == (0,)


def test_declared_values_take_the_nearest() -> None:
    waves = Column(name="y", kind="integer", minimum=1994, maximum=2004, values=(1994, 1996, 2004))
    assert codes(waves, 1900, 1994, 1995.1, 1999, 2001, 3000) == [0, 0, 1, 1, 2, 2]
    assert decode(waves, np.array([0, 2])).to_pylist() == [1994, 2004]


def test_many_values_are_binned_and_decoded_inside_their_bin() -> None:
    wide = Column(name="w", kind="integer", minimum=0, maximum=10**6)
    assert wide.regular == FINEST
    assert not wide.exact
    inside = decode(wide, np.array([0, 0, FINEST - 1]), within=np.array([0.0, 0.999999999, 0.999999999])).to_pylist()
    bounds = wide.bounds()
    assert inside == [0, bounds[1] - 1, 10**6]


def test_the_end_of_a_bin_of_reals_is_not_reached() -> None:
    share = np.array([1 - 2**-53])
    column = Column(name="x", kind="float", minimum=0, maximum=3, bins=3)
    for code in range(3):
        assert encode(column, decode(column, np.array([code]), within=share)).tolist() == [code]


def test_a_special_inside_the_range_is_the_special() -> None:
    column = Column(name="a", kind="float", minimum=0, maximum=100, specials=(99.0,))
    assert codes(column, 99.0) == [column.regular]
    assert decode(column, np.array([column.regular])).to_pylist() == [99.0]


def test_decoded_arrays_have_the_declared_types() -> None:
    kinds = {EDUC: pa.int64(), CITY: pa.string(), DAY: pa.date32(), AT: pa.timestamp("us"), SHARE: pa.float64()}
    for column, kind in kinds.items():
        assert decode(column, np.array([0, column.size - 1])).type == kind == column.arrow_type()
        assert decode(column, np.array([], dtype=np.uint16)).type == kind


def test_every_value_has_a_text_or_none() -> None:
    assert [as_text(v) for v in (None, np.nan, pd.NA, pd.NaT, 3.0, b"a\xff", "x", 1)] == [None] * 4 + [
        "3",
        "a\ufffd",
        "x",
        "1",
    ]


@pytest.mark.parametrize("column", [EDUC, CITY, DAY, Column(name="m", kind="boolean", nullable=True)])
def test_columns_of_synthetic_tables_come_back_whether_or_not_their_values_repeat(column: Column) -> None:
    drawn = np.array([0, 1, 0, column.size - 1, 1, 0], dtype=np.uint16)
    values = decode(column, drawn)
    for chunks in ([values], [values[:2], values[2:2], values[2:]]):
        again = encode_repeated(column, pa.chunked_array(chunks))
        assert again.dtype == np.uint16
        assert again.tolist() == drawn.tolist() == encode(column, values).tolist()
    assert encode_repeated(column, pa.chunked_array([], column.arrow_type())).shape == (0,)
