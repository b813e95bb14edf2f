"""What a contract says of a column of dates or of points in time.

Example:
    >>> seen = DatetimeColumn.model_validate({
    ...     "type": "datetime", "resolution": "hour", "domain_source": "definition",
    ...     "min": "2024-01-01T00:00", "max": "2024-12-31T23:00",
    ... })
    >>> seen.column("seen").size  # half days
    732
"""

import datetime as dt
from collections.abc import Callable
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from synth_assets.contract.declared import DeclaredNumber, check_bins, check_order
from synth_assets.domain import Column
from synth_assets.domain.times import DAY, SECONDS, Resolution, seconds_of, text_of

__all__ = ["DateColumn", "DatetimeColumn"]

_DATE_ALONE = len("2024-01-31")


class DateColumn(DeclaredNumber):
    """Calendar dates between ``min`` and ``max``, both included."""

    type: Literal["date"] = Field(description="The kind of column.")
    min: dt.date = Field(description="The smallest value that there can be.", examples=["2020-01-01"])
    max: dt.date = Field(description="The largest value that there can be.", examples=["2026-12-31"])
    edges: tuple[dt.date, ...] = Field(
        default=(),
        strict=False,
        examples=[["2021-01-01", "2024-01-01"]],
        description="First dates of the second and later bins, instead of equal bins.",
    )

    @field_validator("min", "max", "edges", mode="before")
    @classmethod
    def _iso(cls, value: Any) -> Any:
        return _each(value, lambda part: _read_date(part) if isinstance(part, str) else part)

    @model_validator(mode="after")
    def _ordered(self) -> "DateColumn":
        check_order(self.min, self.max, self.edges)
        check_bins(self.bins, self.edges)
        return self

    def column(self, name: str) -> Column:
        """Return the layout of this column; its numbers are days since 1970-01-01."""
        return Column(
            name=name,
            kind=self.type,
            minimum=seconds_of(self.min) // DAY,
            maximum=seconds_of(self.max) // DAY,
            edges=tuple(seconds_of(edge) // DAY for edge in self.edges),
            bins=self.bins,
            nullable=self.nullable,
            null_tokens=self.null_tokens,
        )


class DatetimeColumn(DeclaredNumber):
    """Points in time between ``min`` and ``max``, both included, in UTC, rounded down to a resolution."""

    type: Literal["datetime"] = Field(description="The kind of column.")
    min: dt.datetime = Field(description="The smallest value that there can be.", examples=["2020-01-01T00:00:00"])
    max: dt.datetime = Field(description="The largest value that there can be.", examples=["2026-12-31T23:59:59"])
    resolution: Resolution = Field(
        default="second", description="What times are rounded down to: second, minute or hour."
    )
    edges: tuple[dt.datetime, ...] = Field(
        default=(),
        strict=False,
        examples=[["2021-01-01T00:00:00"]],
        description="First moments of the second and later bins, instead of equal bins.",
    )

    @field_validator("min", "max", "edges", mode="before")
    @classmethod
    def _iso(cls, value: Any) -> Any:
        return _each(value, _utc_time)

    @model_validator(mode="after")
    def _ordered(self) -> "DatetimeColumn":
        for name, value in (("min", self.min), ("max", self.max), *(("edges", edge) for edge in self.edges)):
            tick = SECONDS[self.resolution]
            if value.microsecond or seconds_of(value) % tick:
                whole = text_of(seconds_of(value) // tick, seconds=tick)
                raise ValueError(f"{name} {value.isoformat()} is finer than its resolution: write {whole}")
        check_order(self.min, self.max, self.edges)
        check_bins(self.bins, self.edges)
        return self

    def column(self, name: str) -> Column:
        """Return the layout of this column; its numbers are ticks of the resolution since 1970."""
        tick = SECONDS[self.resolution]
        return Column(
            name=name,
            kind=self.type,
            minimum=seconds_of(self.min) // tick,
            maximum=seconds_of(self.max) // tick,
            edges=tuple(seconds_of(edge) // tick for edge in self.edges),
            bins=self.bins,
            nullable=self.nullable,
            null_tokens=self.null_tokens,
            resolution=self.resolution,
        )


def _each(value: Any, read: Callable[[Any], Any]) -> Any:
    return [read(part) for part in value] if isinstance(value, list | tuple) else read(value)


def _utc_time(value: Any) -> Any:
    """Read a time as YAML or JSON has it and turn it into UTC."""
    if isinstance(value, str):
        value = _read_time(value)
    if not isinstance(value, dt.datetime):
        if isinstance(value, dt.date):
            raise ValueError(f"{value} has no time of day: write {value}T00:00:00")  # noqa: TRY004 - pydantic's way
        return value
    try:
        return value if value.tzinfo is None else value.astimezone(dt.UTC).replace(tzinfo=None)
    except OverflowError as error:
        raise ValueError(f"{value.isoformat()} is outside the years 1 to 9999 in UTC") from error


def _read_date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a date: write it as 2024-01-31") from error


def _read_time(text: str) -> dt.date:
    try:
        return (dt.date if len(text.strip()) <= _DATE_ALONE else dt.datetime).fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(f"{text!r} is not a time: write it as 2024-01-31T00:00:00") from error
