"""Dates and points in time become whole numbers; what contradicts itself is refused."""

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

from synth_assets.contract.time_columns import DateColumn, DatetimeColumn


def spec(**parts: Any) -> DateColumn | DatetimeColumn:
    kind = DateColumn if parts["type"] == "date" else DatetimeColumn
    return kind.model_validate({"domain_source": "definition", **parts})


def test_dates_may_have_edges() -> None:
    dates = spec(type="date", min="1970-01-01", max="1970-12-31", edges=["1970-01-04", "1970-02-01"]).column("c")
    assert (dates.edges, dates.regular) == ((3, 31), 3)


def test_times_are_declared_in_utc_with_or_without_an_offset() -> None:
    parts: dict[str, Any] = {
        "type": "datetime",
        "resolution": "hour",
        "min": dt.datetime(1970, 1, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=2))),
        "max": "1970-01-02T23:00Z",
        "edges": ["1970-01-01T12:00"],
        "null_tokens": ["9999-12-31"],
    }
    column = spec(**parts).column("c")
    assert (column.minimum, column.maximum, column.edges, column.resolution) == (0, 47, (12,), "hour")
    again = DatetimeColumn.model_validate(spec(**parts).model_dump(mode="json"))
    assert again.column("c") == column


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (
            {"type": "date", "min": "2020-13-01", "max": "2020-01-01"},
            "is not a date: write it as 2024-01-31",
        ),
        ({"type": "date", "min": "2021-01-01", "max": "2020-01-01"}, "must not be above"),
        (
            {"type": "date", "min": "2020-01-01", "max": "2021-01-01", "edges": ["2022-01-01"]},
            "lie between min and max",
        ),
        ({"type": "date", "min": "2020-01-01", "max": "2021-01-01", "edges": ["2020-02-01"], "bins": 2}, "keep one"),
        ({"type": "datetime", "min": "2020-01-01", "max": "2021-01-01T00:00"}, "write 2020-01-01T00:00:00"),
        ({"type": "datetime", "min": dt.date(2020, 1, 1), "max": "2021-01-01T00:00"}, "no time of day"),
        ({"type": "datetime", "min": "soon", "max": "2021-01-01T00:00"}, "'soon' is not a time: write it as"),
        ({"type": "datetime", "min": "soon enough, not now", "max": "2021-01-01T00:00"}, "is not a time: write it as"),
        ({"type": "datetime", "min": 5, "max": "2021-01-01T00:00"}, "valid datetime"),
        ({"type": "datetime", "min": "2021-01-01T00:00", "max": "2020-01-01T00:00"}, "must not be above"),
        ({"type": "datetime", "min": "0001-01-01T00:00+14:00", "max": "2020-01-01T00:00"}, "outside the years"),
        (
            {"type": "datetime", "min": "2020-01-01T00:00", "max": "2020-01-01T23:59:59", "resolution": "hour"},
            "finer than its resolution: write 2020-01-01T23:00:00",
        ),
        (
            {"type": "datetime", "min": "2020-01-01T00:00:00.5", "max": "2020-01-02T00:00"},
            "finer than its resolution: write 2020-01-01T00:00:00",
        ),
        (
            {"type": "datetime", "min": "2020-01-01T00:00", "max": "2020-01-02T00:00", "resolution": "day"},
            "'second', 'minute' or 'hour'",
        ),
        (
            {"type": "datetime", "min": "2020-01-01T00:00", "max": "2020-01-02T00:00", "edges": ["2019-01-01T00:00"]},
            "lie between min and max",
        ),
    ],
    ids=str,
)
def test_a_column_that_contradicts_itself_is_refused(parts: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        spec(**parts)
    assert message in str(caught.value)
