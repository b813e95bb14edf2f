"""Dates and times are whole ticks, whose numbers in a source are texts and in a table of ours ticks."""

import datetime as dt

import numpy as np
import pyarrow as pa

from synth_assets.domain import Column
from synth_assets.domain.cells import cell_values

DAY = Column(name="day", kind="date", minimum=0, maximum=9, nullable=True)
HOUR = Column(name="at", kind="datetime", resolution="hour", minimum=0, maximum=47)


def test_numbers_are_texts_in_a_source_and_days_in_a_table_of_ours() -> None:
    numbers = pa.array([3, 19700103])
    assert DAY.kind_of.encode_source(DAY, numbers) is None
    assert DAY.kind_of.encode_typed(DAY, numbers).tolist() == [3, 9]  # type: ignore[union-attr] # typed


def test_typed_dates_and_times_are_read_as_ticks_everywhere() -> None:
    times = pa.array([dt.datetime.fromisoformat("1970-01-02T03:59:59"), None])
    assert DAY.kind_of.encode_source(DAY, times).tolist() == [1, 10]  # type: ignore[union-attr] # typed
    assert HOUR.kind_of.encode_typed(HOUR, times).tolist() == [27, 0]  # type: ignore[union-attr] # typed


def test_a_time_that_is_finer_than_its_resolution_is_not_inside() -> None:
    times = [dt.datetime.fromisoformat(text) for text in ("1970-01-01T05:00", "1970-01-01T05:30", "1970-01-09T00:00")]
    inside = HOUR.kind_of.inside(HOUR, pa.chunked_array([pa.array(times)]))
    assert [bool(value) for value in inside.to_pylist()] == [True, False, False]


def test_domains_are_described_as_dates_and_times() -> None:
    assert DAY.kind_of.domain_json(DAY) == {"min": "1970-01-01", "max": "1970-01-10"}
    assert HOUR.kind_of.domain_json(HOUR)["max"] == "1970-01-02T23:00:00"


def test_a_mean_of_times_is_a_mean_of_ticks() -> None:
    values, known = cell_values(HOUR)
    assert values.tolist() == list(range(48))
    assert known.all()
    assert np.array_equal(cell_values(DAY)[0][:10], np.arange(10))
