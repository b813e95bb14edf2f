"""Dates and times are whole numbers since 1970, exactly."""

import datetime as dt
import math
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.domain.times import DAY, SECONDS, arrow_of, moment_of, moments, natural_edges, seconds_of, text_of

FAR = 2**63 - 1


def test_a_time_without_a_zone_is_in_utc() -> None:
    naive = dt.datetime(2024, 6, 1, 12, 30, 59, 999_999)  # noqa: DTZ001 - that is the point
    assert seconds_of(naive) == seconds_of(naive.replace(tzinfo=dt.UTC)) == 1_717_245_059
    east = dt.timezone(dt.timedelta(hours=2))
    assert seconds_of(naive.replace(tzinfo=east)) == 1_717_245_059 - 7200
    assert seconds_of(dt.date(1969, 12, 31)) == -DAY


@given(st.datetimes(timezones=st.none() | st.timezones()), st.sampled_from([1, 60, 3600]))
def test_text_and_typed_values_of_a_time_mean_the_same(value: dt.datetime, seconds: int) -> None:
    zoned = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
    micros = (zoned - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)
    typed = moments(pa.array([micros]).view(pa.timestamp("us")), seconds=seconds)
    assert typed is not None
    assert moment_of(value.isoformat(), seconds=seconds) == typed[0] == micros // (seconds * 1_000_000)


@given(st.integers(-(2**63) + 1, FAR), st.sampled_from(["s", "ms", "us", "ns"]), st.sampled_from([1, 60, 3600, DAY]))
def test_ticks_are_rounded_down_as_integers(stamp: int, unit: str, seconds: int) -> None:
    ticks = moments(pa.array([stamp, None]).view(pa.timestamp(unit, "UTC")), seconds=seconds)
    assert ticks is not None
    per_tick = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit] * seconds
    assert ticks[0] == float(stamp // per_tick)
    assert math.isnan(ticks[1])


@pytest.mark.parametrize(
    "values",
    [
        pa.array([dt.date(2020, 1, 1), None]),
        pa.array([dt.date(2020, 1, 1), None], pa.date64()),
        pd.Series(pd.to_datetime(["2020-01-01", None])),
        pd.Series(pd.to_datetime(["2020-01-01 01:00", None])).dt.tz_localize("Europe/Berlin"),
        pd.Series(pd.to_datetime(["2020-01-01", None])).convert_dtypes(dtype_backend="pyarrow"),
        *(np.array(["2020-01-01", "NaT"], f"M8[{unit}]") for unit in ("D", "h", "m", "s", "ms", "us", "ns", "M", "Y")),
    ],
    ids=lambda values: str(getattr(values, "dtype", getattr(values, "type", ""))),
)
def test_arrays_of_every_library_are_read(values: Any) -> None:
    ticks = moments(values, seconds=3600)
    assert ticks is not None
    assert ticks[0] == 438_288
    assert math.isnan(ticks[1])


@pytest.mark.parametrize("values", [[1], ["2020-01-01"], np.array([1.0]), pa.array([1]), pa.array(["x"]), None])
def test_what_is_not_typed_as_date_or_time_is_left_to_others(values: Any) -> None:
    assert moments(values, seconds=60) is None


@pytest.mark.parametrize("text", ["", "x", "12:00", "2020-13-01", "2020-01-01T24:30", "1577836800", "1.1.2020"])
def test_what_is_not_an_iso_text_is_not_a_time(text: str) -> None:
    assert math.isnan(moment_of(text, seconds=60))


def test_the_time_of_day_does_not_matter_to_a_date() -> None:
    assert moment_of("1970-01-02T99:99", seconds=DAY) == 1
    assert moment_of(" 1970-01-02 ", seconds=DAY) == 1


@given(st.integers(-62_135_596_800 // 60, 253_402_300_799 // 60))
def test_a_tick_comes_back_from_its_text_and_from_arrow(tick: int) -> None:
    assert moment_of(text_of(tick, seconds=60), seconds=60) == tick
    ticks = moments(arrow_of(np.array([tick]), seconds=60), seconds=60)
    assert ticks is not None
    assert ticks.tolist() == [tick]


def test_nulls_stay_null_in_arrow() -> None:
    null = np.array([False, True])
    assert arrow_of(np.array([1, 1]), seconds=60, null=null).to_pylist() == [dt.datetime(1970, 1, 1, 0, 1), None]  # noqa: DTZ001
    assert arrow_of(np.array([1, 1]), seconds=DAY, null=null).to_pylist() == [dt.date(1970, 1, 2), None]


@pytest.mark.parametrize(
    ("last", "bins", "second"),
    [
        ("2024-01-01T00:10:00", 601, "2024-01-01T00:00:01"),
        ("2024-01-01T12:00:00", 721, "2024-01-01T00:01:00"),
        ("2024-01-31T23:59:59", 744, "2024-01-01T01:00:00"),
        ("2024-12-31T23:59:59", 732, "2024-01-01T12:00:00"),
        ("2025-12-31T23:59:59", 731, "2024-01-02T00:00:00"),
        ("2033-12-31T23:59:59", 522, "2024-01-08T00:00:00"),
    ],
)
def test_bins_lie_on_the_clock_and_the_calendar(last: str, bins: int, second: str) -> None:
    first, end = (seconds_of(dt.datetime.fromisoformat(text)) for text in ("2024-01-01", last))
    edges = natural_edges(first, end, seconds=1, most=1024)
    assert (edges.size + 1, text_of(edges[0], seconds=1)) == (bins, second)


@given(st.datetimes(), st.datetimes(), st.sampled_from(list(SECONDS.values())), st.integers(3, 1024))
def test_natural_edges_ascend_inside_the_range_and_are_few(
    left: dt.datetime, right: dt.datetime, seconds: int, most: int
) -> None:
    first, last = sorted(seconds_of(value) // seconds for value in (left, right))
    edges = natural_edges(first, last, seconds=seconds, most=most)
    assert edges.size < most
    assert (np.diff(edges) > 0).all()
    assert all(first < edge <= last for edge in edges)
