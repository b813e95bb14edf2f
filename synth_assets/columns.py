"""What a contract says of one column: its kind, its declared domain and where that comes from.

Each class is one ``type`` under ``columns`` and turns into a
:class:`~synth_assets.domain.Column`, the layout that encoding, measuring and
decoding share. A domain is declared by a person from public knowledge; what is
missing, contradictory or too large to measure is refused here.

Example:
    >>> educ = IntegerColumn.model_validate({"type": "integer", "min": 0, "max": 20, "domain_source": "codebook"})
    >>> educ.column("educ").size
    21
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from synth_assets.domain import FINEST, Column
from synth_assets.hierarchy import NumberTree, TextTree, check_leaves, leaves_of, parents_of
from synth_assets.times import DAY, SECONDS, Resolution, seconds_of, text_of

__all__ = [
    "LARGEST_DOMAIN",
    "BooleanColumn",
    "CategoricalColumn",
    "ColumnSpec",
    "DateColumn",
    "DatetimeColumn",
    "FloatColumn",
    "IntegerColumn",
    "Part",
]

LARGEST_DOMAIN = 4096
"""Most codes of one column: more cannot be measured with useful noise."""
_MOST_SPECIALS = 64
_LARGEST_WHOLE = 2**53  # beyond it doubles skip whole numbers
_LARGEST_REAL = 1e100  # the width of a range stays finite
_DATE_ALONE = len("2024-01-31")


class Part(BaseModel):
    """Frozen and strict about names: an unknown key is a fault, not a wish; so is NaN or infinity."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class _ColumnSpec(Part):
    nullable: bool = Field(
        default=False, description="Whether the synthetic column may be null; unreadable values become null."
    )
    null_tokens: tuple[str, ...] = Field(
        default=(), strict=False, description="Texts that mean null, besides the empty text."
    )
    domain_source: str = Field(
        min_length=1, description="Where the domain comes from: a codebook, a law, a standard, or `seen in data`."
    )
    description: str = ""


class _NumberSpec(_ColumnSpec):
    bins: int | None = Field(
        default=None, ge=1, le=FINEST, description="Bins of equal width; by default one a value if few."
    )


class IntegerColumn(_NumberSpec):
    """Whole numbers between ``min`` and ``max``, both included, or the listed ``values`` only."""

    type: Literal["integer"]
    min: int | None = None
    max: int | None = None
    values: tuple[int, ...] = Field(
        default=(), strict=False, description="The only values, ascending, where there are gaps."
    )
    edges: tuple[int, ...] = Field(
        default=(), strict=False, description="Inner bin edges, ascending, instead of equal bins."
    )
    special_values: tuple[int, ...] = Field(default=(), strict=False, description="Values with a meaning of their own.")
    hierarchy: NumberTree | None = Field(
        default=None, description="Groups of values, and groups of these; `values` may then be left out."
    )

    @model_validator(mode="before")
    @classmethod
    def _from_hierarchy(cls, value: Any) -> Any:
        return _with_leaves(value, "values", kind=int)

    @model_validator(mode="after")
    def _ordered(self) -> "IntegerColumn":
        if self.hierarchy is not None:
            check_leaves(self.hierarchy, self.values)
        if self.values:
            if (self.min, self.max, self.edges, self.bins) != (None, None, (), None):
                raise ValueError("values stand alone: remove min, max, edges and bins")
            if list(self.values) != sorted(set(self.values)) or len(self.values) > LARGEST_DOMAIN:
                raise ValueError(f"values must ascend, each once, at most {LARGEST_DOMAIN}")
            _check_range(self.values[0], self.values[-1], (), largest=_LARGEST_WHOLE)
        elif self.min is None or self.max is None:
            raise ValueError("needs min and max, or values: a domain is declared, never taken from private rows")
        else:
            _check_range(self.min, self.max, self.edges, largest=_LARGEST_WHOLE)
        _check_bins(self.bins, self.edges)
        _check_specials(self.special_values, self.values)
        return self

    def column(self, name: str) -> Column:
        """Return the layout of this column."""
        return Column(
            name=name,
            kind="integer",
            minimum=self.values[0] if self.values else self.min or 0,
            maximum=self.values[-1] if self.values else self.max or 0,
            values=self.values,
            edges=self.edges,
            bins=self.bins,
            specials=self.special_values,
            nullable=self.nullable,
            null_tokens=self.null_tokens,
            parents=parents_of(self.hierarchy, order=self.values) if self.hierarchy else (),
        )


class FloatColumn(_NumberSpec):
    """Real numbers between ``min`` and ``max``."""

    type: Literal["float"]
    min: float
    max: float
    edges: tuple[float, ...] = Field(
        default=(), strict=False, description="Inner bin edges, ascending, instead of equal bins."
    )
    special_values: tuple[float, ...] = Field(
        default=(), strict=False, description="Values with a meaning of their own."
    )

    @model_validator(mode="after")
    def _ordered(self) -> "FloatColumn":
        _check_range(self.min, self.max, self.edges, largest=_LARGEST_REAL)
        _check_bins(self.bins, self.edges)
        _check_specials(self.special_values, ())
        bounds = self.column("").bounds()
        if self.min == self.max or (bounds[1:-1] <= bounds[:-2]).any():
            raise ValueError(f"min={self.min} must be far enough below max={self.max} for {len(bounds) - 1} bins")
        return self

    def column(self, name: str) -> Column:
        """Return the layout of this column."""
        return Column(
            name=name,
            kind="float",
            minimum=self.min,
            maximum=self.max,
            edges=self.edges,
            bins=self.bins,
            specials=self.special_values,
            nullable=self.nullable,
            null_tokens=self.null_tokens,
        )


class DateColumn(_NumberSpec):
    """Calendar dates between ``min`` and ``max``, both included."""

    type: Literal["date"]
    min: dt.date
    max: dt.date
    edges: tuple[dt.date, ...] = Field(
        default=(), strict=False, description="First dates of the second and later bins, instead of equal bins."
    )

    @field_validator("min", "max", "edges", mode="before")
    @classmethod
    def _iso(cls, value: Any) -> Any:
        return _each(value, lambda item: dt.date.fromisoformat(item) if isinstance(item, str) else item)

    @model_validator(mode="after")
    def _ordered(self) -> "DateColumn":
        _check_order(self.min, self.max, self.edges)
        _check_bins(self.bins, self.edges)
        return self

    def column(self, name: str) -> Column:
        """Return the layout of this column; its numbers are days since 1970-01-01."""
        return Column(
            name=name,
            kind="date",
            minimum=seconds_of(self.min) // DAY,
            maximum=seconds_of(self.max) // DAY,
            edges=tuple(seconds_of(edge) // DAY for edge in self.edges),
            bins=self.bins,
            nullable=self.nullable,
            null_tokens=self.null_tokens,
        )


class DatetimeColumn(_NumberSpec):
    """Points in time between ``min`` and ``max``, both included, in UTC, rounded down to a resolution."""

    type: Literal["datetime"]
    min: dt.datetime
    max: dt.datetime
    resolution: Resolution = Field(
        default="second", description="What times are rounded down to: second, minute or hour."
    )
    edges: tuple[dt.datetime, ...] = Field(
        default=(), strict=False, description="First moments of the second and later bins, instead of equal bins."
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
        _check_order(self.min, self.max, self.edges)
        _check_bins(self.bins, self.edges)
        return self

    def column(self, name: str) -> Column:
        """Return the layout of this column; its numbers are ticks of the resolution since 1970."""
        tick = SECONDS[self.resolution]
        return Column(
            name=name,
            kind="datetime",
            minimum=seconds_of(self.min) // tick,
            maximum=seconds_of(self.max) // tick,
            edges=tuple(seconds_of(edge) // tick for edge in self.edges),
            bins=self.bins,
            nullable=self.nullable,
            null_tokens=self.null_tokens,
            resolution=self.resolution,
        )


class CategoricalColumn(_ColumnSpec):
    """One of the listed texts."""

    type: Literal["categorical"]
    categories: tuple[str, ...] = Field(min_length=1, max_length=LARGEST_DOMAIN, strict=False)
    other: str | None = Field(default=None, description="The category that takes unknown values, when not null.")
    hierarchy: TextTree | None = Field(
        default=None, description="Groups of categories, and groups of these; `categories` may then be left out."
    )

    @model_validator(mode="before")
    @classmethod
    def _from_hierarchy(cls, value: Any) -> Any:
        return _with_leaves(value, "categories", kind=str)

    @field_validator("categories", mode="before")
    @classmethod
    def _texts(cls, value: Any) -> Any:
        for item in value if isinstance(value, list) else ():
            if isinstance(item, bool):
                raise ValueError(f'{item} is a boolean to YAML: quote it, as in ["yes", "no"]')  # noqa: TRY004 - pydantic's way
            if not isinstance(item, str):
                raise ValueError(f'{item!r} is not text: quote it, as in "{item}"')  # noqa: TRY004 - pydantic's way
        return value

    @model_validator(mode="after")
    def _known(self) -> "CategoricalColumn":
        if self.hierarchy is not None:
            check_leaves(self.hierarchy, self.categories)
        twice = [item for item, times in Counter(self.categories).items() if times > 1]
        if twice:
            raise ValueError(f"category {twice[0]!r} is listed twice")
        if any(not item.strip() for item in self.categories):
            raise ValueError("a blank category cannot be told from null: leave it out and set nullable")
        if self.other is not None and self.other not in self.categories:
            raise ValueError(f"other={self.other!r} must be one of the categories")
        if set(self.null_tokens) & set(self.categories):
            raise ValueError("a null token cannot be a category too")
        return self

    def column(self, name: str) -> Column:
        """Return the layout of this column."""
        return Column(
            name=name,
            kind="categorical",
            categories=self.categories,
            other=self.other,
            nullable=self.nullable,
            null_tokens=self.null_tokens,
            parents=parents_of(self.hierarchy, order=self.categories) if self.hierarchy else (),
        )


class BooleanColumn(_ColumnSpec):
    """True or false."""

    type: Literal["boolean"]

    def column(self, name: str) -> Column:
        """Return the layout of this column."""
        return Column(name=name, kind="boolean", nullable=self.nullable, null_tokens=self.null_tokens)


ColumnSpec = Annotated[
    IntegerColumn | FloatColumn | DateColumn | DatetimeColumn | CategoricalColumn | BooleanColumn,
    Field(discriminator="type"),
]


def _with_leaves(value: Any, key: str, *, kind: type[str] | type[int]) -> Any:
    """List the leaves of a hierarchy under ``key`` where a column leaves that out; numbers must ascend there."""
    if not isinstance(value, dict) or value.get("hierarchy") is None or key in value:
        return value
    leaves = list(dict.fromkeys(leaf for leaf in leaves_of(value["hierarchy"]) if type(leaf) is kind))
    return value | {key: leaves if kind is str else sorted(leaves)} if leaves else value


def _each(value: Any, read: Callable[[Any], Any]) -> Any:
    return [read(item) for item in value] if isinstance(value, list | tuple) else read(value)


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


def _read_time(text: str) -> dt.date:
    try:
        return (dt.date if len(text.strip()) <= _DATE_ALONE else dt.datetime).fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(f"{text!r} is no time: write it as 2024-01-31T00:00:00") from error


def _check_range(low: float, high: float, edges: tuple[float, ...], *, largest: float) -> None:
    _check_order(low, high, edges)
    if max(-low, high) > largest:
        raise ValueError(f"min={low} and max={high} must lie within {largest:g} of zero: declare a narrower domain")


def _check_order(low: Any, high: Any, edges: tuple[Any, ...]) -> None:
    if low > high:
        raise ValueError(f"min={low} must not be above max={high}")
    inside = all(low < edge <= high for edge in edges)
    if not inside or any(a >= b for a, b in pairwise(edges)):
        raise ValueError("edges must ascend and lie between min and max")
    if len(edges) >= LARGEST_DOMAIN:
        raise ValueError(f"{len(edges)} edges are too many to measure: at most {LARGEST_DOMAIN - 1}")


def _check_bins(bins: int | None, edges: tuple[Any, ...]) -> None:
    if bins is not None and edges:
        raise ValueError("bins and edges say the same thing twice: keep one")


def _check_specials(specials: tuple[float, ...], values: tuple[float, ...]) -> None:
    if len(set(specials)) != len(specials) or len(specials) > _MOST_SPECIALS:
        raise ValueError(f"special_values must be listed once each, at most {_MOST_SPECIALS}")
    if set(specials) & set(values):
        raise ValueError("a special value cannot be one of values too: keep one")
    if any(abs(special) > _LARGEST_WHOLE for special in specials):
        raise ValueError(f"special_values must lie within {_LARGEST_WHOLE:g} of zero")
