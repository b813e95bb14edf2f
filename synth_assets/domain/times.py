"""Dates and times as whole numbers since 1970, exactly, and back.

A date is a number of days, a time a number of *ticks*: whole seconds, minutes
or hours, in UTC. Whatever is finer is rounded down by integer division, so the
last microsecond of a day stays on it, which floats would not keep. Everything
here is total: what is not a time is NaN, what is out of Python's years is a number
all the same.

Example:
    >>> moment_of("2024-01-01T02:30:59.9+02:00", seconds=60)
    28401150
    >>> text_of(28401150, seconds=60)
    '2024-01-01T00:30:00'
"""

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = [
    "DAY",
    "PER_SECOND",
    "SECONDS",
    "WHOLE_SECONDS",
    "ZONED",
    "Resolution",
    "arrow_of",
    "moment_of",
    "moments",
    "natural_edges",
    "seconds_of",
    "text_of",
]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Resolution = Literal["second", "minute", "hour"]

SECONDS: dict[Resolution, int] = {"second": 1, "minute": 60, "hour": 3600}
"""Seconds of a tick of each resolution of a time."""
DAY = 86_400
"""Seconds of a day, the tick of a date."""
ZONED = "timestamp[us, tz=UTC]"
"""The one registered type of a moment that is known in every zone."""
WHOLE_SECONDS: Mapping[str, float] = {"date32[day]": DAY, "timestamp[us]": 1e-6, ZONED: 1e-6}
"""Seconds of what a date or time of a database is a whole number of, by its registered type."""
_WEEK = 7 * DAY
_MONDAY = 4 * DAY  # the first one since 1970
_STEPS = (60, 5 * 60, 15 * 60, 3600, 3 * 3600, 6 * 3600, 12 * 3600, DAY, _WEEK)
PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
"""Ticks of a second of each unit of Arrow's time stamps."""
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def seconds_of(value: dt.date) -> int:
    """Return the whole seconds since 1970 of a time or date, rounded down; what has no zone is in UTC."""
    if not isinstance(value, dt.datetime):
        return (value - _EPOCH.date()).days * DAY
    zoned = value if value.utcoffset() is not None else value.replace(tzinfo=dt.UTC)
    return (zoned - _EPOCH) // dt.timedelta(seconds=1)


def moment_of(text: str, *, seconds: int) -> float:
    """Return the tick of a text in ISO 8601, NaN when it is none; of dates (a tick of a day) the time is dropped.

    Args:
        text: such as ``2024-01-31``, ``2024-01-31 12:00:00.5`` or ``20240131T1200+0100``.
        seconds: of a tick.
    """
    text = text.strip()
    try:
        read = dt.date.fromisoformat(text[:10]) if seconds == DAY else dt.datetime.fromisoformat(text)
    except ValueError:
        return math.nan
    return seconds_of(read) // seconds


def moments(values: Any, *, seconds: int) -> Floats | None:
    """Return the ticks of typed dates and times, NaN for null, shape (rows,); ``None`` for any other type.

    Args:
        values: anything; typed are Arrow, NumPy and pandas arrays of dates and times of
            every unit, with or without a time zone (they hold UTC inside), also as dictionaries.
        seconds: of a tick.
    """
    array = _arrow(values)
    if array is None:
        return None
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    kind = array.type
    ticks = array.cast(pa.int32()).cast(pa.int64()) if pa.types.is_date32(kind) else array.cast(pa.int64())
    whole = _floored(ticks.fill_null(0).to_numpy(zero_copy_only=False), kind, seconds)
    numbers: Floats = np.where(ticks.is_null().to_numpy(zero_copy_only=False), np.nan, whole)
    return numbers


def arrow_of(ticks: Integers, *, seconds: int, null: NDArray[np.bool_] | None = None) -> pa.Array:
    """Return ticks as an Arrow array: ``date32`` for ticks of a day, else ``timestamp[us]`` without a zone.

    Args:
        ticks: since 1970, shape (rows,), within the years 1 to 9999.
        seconds: of a tick.
        null: which are null.
    """
    if seconds == DAY:
        return pa.array(ticks.astype(np.int32), pa.int32(), mask=null).cast(pa.date32())
    return pa.array(ticks * (seconds * PER_SECOND["us"]), pa.int64(), mask=null).cast(pa.timestamp("us"))


def text_of(ticks: float, *, seconds: int) -> str:
    """Return a tick in ISO 8601, without a time for ticks of a day."""
    moment = _EPOCH + dt.timedelta(seconds=int(ticks) * seconds)
    return moment.date().isoformat() if seconds == DAY else moment.replace(tzinfo=None).isoformat()


def natural_edges(first: int, last: int, *, seconds: int, most: int) -> Integers:
    """Return inner edges of at most ``most`` bins over ticks ``first`` to ``last``, on the clock or the calendar.

    Bins are the shortest that fit of: one tick, 1, 5 or 15 minutes, 1, 3, 6 or 12
    hours, a day, weeks from Monday. The first and the last bin may be shorter.
    """
    if last - first < most:
        return np.arange(first + 1, last + 1)
    width = (last - first) * seconds
    step = next((step for step in _STEPS if step > seconds and width // step + 2 <= most), 0)
    step = step or math.ceil(width / (most - 2) / _WEEK) * _WEEK
    return _edges_every(step // seconds, first, last, start=_MONDAY // seconds if step % _WEEK == 0 else 0)


def _edges_every(ticks: int, first: int, last: int, *, start: int) -> Integers:
    """Return the ticks in ``(first, last]`` that lie a multiple of ``ticks`` from ``start``."""
    return np.arange(first + 1 + (start - first - 1) % ticks, last + 1, ticks)


def _arrow(values: Any) -> Any:
    """Return dates and times as an Arrow array; ``None`` when the type is another."""
    if isinstance(values, pa.Array | pa.ChunkedArray):
        kind = values.type.value_type if pa.types.is_dictionary(values.type) else values.type
        return values if pa.types.is_date(kind) or pa.types.is_timestamp(kind) else None
    dtype: Any = getattr(values, "dtype", None)
    if getattr(dtype, "kind", "O") != "M":
        return None
    if hasattr(dtype, "tz"):  # pandas' own times with a zone, which are in UTC inside
        values = values.to_numpy(dtype=f"M8[{dtype.unit}]")
    try:
        return pa.array(values)
    except pa.ArrowNotImplementedError:  # NumPy's rarer units, such as hours
        return pa.array(np.asarray(values).astype("M8[s]"))


def _floored(ticks: Integers, kind: pa.DataType, seconds: int) -> Integers:
    if pa.types.is_date32(kind):
        return ticks * DAY // seconds
    return ticks // ((PER_SECOND["ms"] if pa.types.is_date64(kind) else PER_SECOND[kind.unit]) * seconds)
