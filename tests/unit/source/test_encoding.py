"""Values of any type become codes, each by itself."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from odd_arrays import odd_arrays

from synth_assets.domain import Column, Domain
from synth_assets.ledger.windows import parse_window
from synth_assets.source.encoding import code_dtype, distinct_texts, encode_batch, encode_column, rows_in_window

AGE = Column(name="age", kind="integer", minimum=0, maximum=9, nullable=True)
CITY = Column(name="city", kind="categorical", categories=("x", "1", "1.5"), nullable=True)
DAY = Column(name="day", kind="date", minimum=0, maximum=9, nullable=True)
AT = Column(name="at", kind="datetime", resolution="hour", minimum=0, maximum=9, nullable=True)
FLAG = Column(name="flag", kind="boolean", nullable=True)


def ticks(*values: int, kind: pa.DataType) -> pa.Array:
    return pa.array(values, pa.int64()).view(kind)


FAR = 2**63 - 1
STRANGE = odd_arrays()


@pytest.mark.parametrize("column", [AGE, CITY, DAY, AT, FLAG], ids=lambda column: column.kind)
@pytest.mark.parametrize("values", STRANGE.values(), ids=STRANGE)
def test_every_value_of_every_type_has_a_code_and_it_is_its_own(column: Column, values: pa.Array) -> None:
    together = encode_column(column, values)
    assert together.shape == (len(values),)
    assert (together < column.size).all()
    alone = [encode_column(column, values.slice(index, 1))[0] for index in range(len(values))]
    assert together.tolist() == alone


def test_texts_and_typed_values_mean_the_same() -> None:
    texts = [b"3", b"12", b"", None, b"x", b"2.9"]
    assert encode_column(AGE, pa.array(texts)).tolist() == [3, 9, 10, 10, 10, 2]
    assert encode_column(AGE, pa.array([3, 12, None, None, None, 2])).tolist() == [3, 9, 10, 10, 10, 2]
    assert encode_column(DAY, pa.array([b"1970-01-03", b"1970-02-30", b"2000-01-01"])).tolist() == [2, 10, 9]
    assert encode_column(DAY, pa.array([dt.date(1970, 1, 3), None, dt.date(2000, 1, 1)])).tolist() == [2, 10, 9]
    at = [dt.datetime(1970, 1, 1, 3, 59), None, dt.datetime(2000, 1, 1)]  # noqa: DTZ001 - in UTC
    assert encode_column(AT, pa.array([b"1970-01-01T03:59", b"03:59", b"2000-01-01"])).tolist() == [3, 10, 9]
    assert encode_column(AT, pa.array(at)).tolist() == [3, 10, 9]
    assert encode_column(FLAG, pa.array([b"yes", b"F", b"maybe"])).tolist() == [1, 0, 2]
    assert encode_column(FLAG, pa.array([True, False, None])).tolist() == [1, 0, 2]
    assert encode_column(CITY, pa.array([1, 2, None])).tolist() == [1, 3, 3]
    assert encode_column(CITY, pa.array([1.0, 1.5, None])).tolist() == [1, 2, 3]


def test_times_are_read_whatever_their_zone_is_called() -> None:
    stamps = ticks(3600 * 10**6, FAR, kind=pa.timestamp("us", tz="Nowhere/Else"))
    for values in (stamps, stamps.dictionary_encode()):
        assert encode_column(AT, values).tolist() == [1, 9]


def test_the_last_moment_of_a_day_belongs_to_it() -> None:
    moment = 86_400_000_000_000 * 3 - 1
    assert encode_column(DAY, pa.array([moment, None]).view(pa.timestamp("ns"))).tolist() == [2, 10]


def test_codes_are_as_small_as_they_can_be() -> None:
    wide = Column(name="w", kind="integer", minimum=0, maximum=999)
    assert code_dtype(AGE) is np.uint8
    assert code_dtype(wide) is np.uint16
    assert encode_column(wide, pa.array(["999"])).dtype == np.uint16


def test_a_batch_is_encoded_in_the_domains_order() -> None:
    batch = pa.record_batch({"city": ["x", "?"], "age": ["1", "2"]})
    assert [codes.tolist() for codes in encode_batch(Domain(columns=(AGE, CITY)), batch)] == [[1, 2], [0, 3]]


def test_distinct_texts_have_nulls_last_but_one_from_the_end() -> None:
    texts, places = distinct_texts(pa.array(["b", None, "a", "b"]))
    assert texts == [b"b", b"a"]
    assert places.tolist() == [0, -1, 1, 0]


def test_a_row_is_in_a_window_by_its_own_time_stamp() -> None:
    window = parse_window("seen=2026-11-01/2026-12-01")
    texts = ["2026-11-01", "2026-11-30T23:59:59", "2026-12-01", "2026-11-05T00:00:00+00:00", "soon", None, ""]
    assert rows_in_window(pa.array(texts), window).tolist() == [True, True, False, False, False, False, False]
    typed = pa.array([dt.datetime(2026, 11, 2), None, dt.datetime(2026, 10, 31)])  # noqa: DTZ001 - the window has none
    assert rows_in_window(typed, window).tolist() == [True, False, False]


@pytest.mark.parametrize("window", ["at=1970-01-01/2027-01-01", "at=1970-01-01T00:00Z/2027-01-01T00:00Z"])
@pytest.mark.parametrize("values", STRANGE.values(), ids=STRANGE)
def test_every_value_of_every_type_is_inside_a_window_or_not(values: pa.Array, window: str) -> None:
    together = rows_in_window(values, parse_window(window))
    alone = [rows_in_window(values.slice(index, 1), parse_window(window))[0] for index in range(len(values))]
    assert together.tolist() == alone


@pytest.mark.parametrize("zone", ["UTC", "+02:00", "Europe/Berlin", "Mars/Phobos"])
def test_a_moment_with_a_zone_is_inside_a_window_with_one_whatever_the_zone_is_called(zone: str) -> None:
    noon = pa.array([12 * 3600], pa.int64()).cast(pa.timestamp("s", zone))
    inside = parse_window("at=1970-01-01T12:00Z/1970-01-01T13:00Z")
    assert rows_in_window(noon, inside).tolist() == [True]
    assert rows_in_window(noon, parse_window("at=1970-01-01T12:00/1970-01-01T13:00")).tolist() == [False]


def test_the_text_of_a_moment_with_a_zone_is_in_utc() -> None:
    (text,), _ = distinct_texts(pa.array([0], pa.int64()).cast(pa.timestamp("s", "Mars/Phobos")))
    assert text == b"1970-01-01 00:00:00Z"
