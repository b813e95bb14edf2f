"""Values of any type become codes, each by itself."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from synth_assets.domain import Column, Domain
from synth_assets.ledger.windows import parse_window
from synth_assets.source.encoding import code_dtype, distinct_texts, encode_batch, encode_column, rows_in_window

AGE = Column(name="age", kind="integer", minimum=0, maximum=9, nullable=True)
CITY = Column(name="city", kind="categorical", categories=("x", "1", "1.5"), nullable=True)
DAY = Column(name="day", kind="date", minimum=0, maximum=9, nullable=True)
AT = Column(name="at", kind="datetime", resolution="hour", minimum=0, maximum=9, nullable=True)
FLAG = Column(name="flag", kind="boolean", nullable=True)


def bad_text() -> pa.Array:
    buffers = [None, pa.py_buffer(np.array([0, 2, 3], np.int32)), pa.py_buffer(b"\xff\xfex")]
    return pa.Array.from_buffers(pa.string(), 2, buffers)


def ticks(*values: int, kind: pa.DataType) -> pa.Array:
    return pa.array(values, pa.int64()).view(kind)


FAR = 2**63 - 1
STRANGE = [
    pa.array([1, None]),
    pa.array([2**64 - 1, 0], pa.uint64()),
    pa.array([np.nan, np.inf, -np.inf, None]),
    pa.array([1.5, None], pa.float16()),
    pa.array([True, None]),
    pa.array([Decimal("1.5"), None]),
    pa.array([Decimal(10) ** 37], pa.decimal128(38, 0)),
    pa.array([2**31 - 1, -(2**31)], pa.int32()).view(pa.date32()),
    ticks(FAR, -FAR, kind=pa.timestamp("us")),
    ticks(FAR, -FAR, kind=pa.timestamp("ns", tz="UTC")),
    ticks(FAR, -FAR, kind=pa.timestamp("s", tz="Europe/Berlin")),
    ticks(FAR, 5, kind=pa.date64()),
    ticks(FAR, 5, kind=pa.timestamp("us")).dictionary_encode(),
    ticks(2**62, kind=pa.duration("s")),
    ticks(2**62, kind=pa.time64("us")),
    pa.array(["x", None, "ä"]),
    pa.array(["x"], pa.large_string()),
    pa.array(["x"], pa.string_view()),
    pa.array([b"\xff", b"x", b""]),
    pa.array([b"\xff"], pa.binary_view()),
    pa.array([b"ab"], pa.binary(2)),
    bad_text(),
    bad_text().dictionary_encode(),
    pa.array(["x", None, "x"]).dictionary_encode(),
    pa.array([1, 2]).dictionary_encode(),
    pa.array([[1], None]),
    pa.array([{"a": 1}]),
    pa.nulls(2),
    pa.array([(1, 2, 3)], pa.month_day_nano_interval()),
    pa.array([], pa.string()),
]


@pytest.mark.parametrize("column", [AGE, CITY, DAY, AT, FLAG], ids=lambda column: column.kind)
@pytest.mark.parametrize("values", STRANGE, ids=lambda values: str(values.type))
def test_every_value_of_every_type_has_a_code_and_it_is_its_own(column: Column, values: pa.Array) -> None:
    together = encode_column(column, values)
    assert together.shape == (len(values),)
    assert (together < column.size).all()
    alone = [encode_column(column, values.slice(place, 1))[0] for place in range(len(values))]
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
