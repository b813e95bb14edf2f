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
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, field_validator, model_validator

from synth_assets.domain import FINEST, Column

__all__ = [
    "DISCOVERED",
    "LARGEST_DOMAIN",
    "BooleanColumn",
    "CategoricalColumn",
    "ColumnSpec",
    "DateColumn",
    "FloatColumn",
    "IntegerColumn",
    "Part",
]

_EPOCH = dt.date(1970, 1, 1)
LARGEST_DOMAIN = 4096
"""Most codes of one column: more cannot be measured with useful noise."""
_MOST_SPECIALS = 64
_LARGEST_WHOLE = 2**53  # beyond it doubles skip whole numbers
_LARGEST_REAL = 1e100  # the width of a range stays finite


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

    @model_validator(mode="after")
    def _ordered(self) -> "IntegerColumn":
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

    @field_validator("min", "max", mode="before")
    @classmethod
    def _iso(cls, value: Any) -> Any:
        return dt.date.fromisoformat(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _ordered(self) -> "DateColumn":
        if self.min > self.max:
            raise ValueError(f"min={self.min} must not be above max={self.max}")
        return self

    def column(self, name: str) -> Column:
        """Return the layout of this column; its numbers are days since 1970-01-01."""
        first, last = (self.min - _EPOCH).days, (self.max - _EPOCH).days
        return Column(
            name=name,
            kind="date",
            minimum=first,
            maximum=last,
            bins=self.bins,
            nullable=self.nullable,
            null_tokens=self.null_tokens,
        )


_Listed = Annotated[tuple[str, ...], Field(min_length=1, max_length=LARGEST_DOMAIN, strict=False), Tag("list")]
_Discover = Annotated[Literal["discover"], Tag("discover")]
DISCOVERED = "discovered"
"""What ``domain_source`` says of a column whose categories are measured, and of no other."""


class CategoricalColumn(_ColumnSpec):
    """One of the listed texts; or of those that a measurement finds often enough, which is charged."""

    type: Literal["categorical"]
    categories: Annotated[
        _Listed | _Discover, Discriminator(lambda value: "discover" if isinstance(value, str) else "list")
    ] = Field(description="The texts, or `discover`: those that enough rows have, found under privacy.spend.")
    other: str | None = Field(default=None, description="The category that takes unknown values.")

    @property
    def discovered(self) -> bool:
        """Whether the categories are open until a measurement found them."""
        return self.categories == "discover"

    @field_validator("categories", mode="before")
    @classmethod
    def _texts(cls, value: Any) -> Any:
        if not isinstance(value, list | tuple) and value != "discover":
            raise ValueError(f"{value!r} must be a list of texts, or the word discover")
        for item in value if isinstance(value, list) else ():
            if isinstance(item, bool):
                raise ValueError(f'{item} is a boolean to YAML: quote it, as in ["yes", "no"]')  # noqa: TRY004 - pydantic's way
            if not isinstance(item, str):
                raise ValueError(f'{item!r} is not text: quote it, as in "{item}"')  # noqa: TRY004 - pydantic's way
        return value

    @model_validator(mode="after")
    def _known(self) -> "CategoricalColumn":
        if (self.domain_source == DISCOVERED) != self.discovered:
            raise ValueError(f"domain_source: {DISCOVERED} and categories: discover belong together")
        if isinstance(self.categories, str):
            return self._open()
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

    def _open(self) -> "CategoricalColumn":
        if self.other is None or not self.other.strip():
            raise ValueError('discovered categories need `other`, which takes what is too rare: add `other: "other"`')
        if self.other in self.null_tokens:
            raise ValueError("a null token cannot be a category too")
        return self

    def column(self, name: str, *, found: tuple[str, ...] = ()) -> Column:
        """Return the layout of this column; an open one has the categories ``found``, then ``other``."""
        return Column(
            name=name,
            kind="categorical",
            categories=(*found, str(self.other)) if isinstance(self.categories, str) else self.categories,
            other=self.other,
            nullable=self.nullable,
            null_tokens=self.null_tokens,
        )


class BooleanColumn(_ColumnSpec):
    """True or false."""

    type: Literal["boolean"]

    def column(self, name: str) -> Column:
        """Return the layout of this column."""
        return Column(name=name, kind="boolean", nullable=self.nullable, null_tokens=self.null_tokens)


ColumnSpec = Annotated[
    IntegerColumn | FloatColumn | DateColumn | CategoricalColumn | BooleanColumn, Field(discriminator="type")
]


def _check_range(low: float, high: float, edges: tuple[float, ...], *, largest: float) -> None:
    if low > high:
        raise ValueError(f"min={low} must not be above max={high}")
    if max(-low, high) > largest:
        raise ValueError(f"min={low} and max={high} must lie within {largest:g} of zero: declare a narrower domain")
    inside = all(low < edge <= high for edge in edges)
    if not inside or any(a >= b for a, b in pairwise(edges)):
        raise ValueError("edges must ascend and lie between min and max")
    if len(edges) >= LARGEST_DOMAIN:
        raise ValueError(f"{len(edges)} edges are too many to measure: at most {LARGEST_DOMAIN - 1}")


def _check_bins(bins: int | None, edges: tuple[float, ...]) -> None:
    if bins is not None and edges:
        raise ValueError("bins and edges say the same thing twice: keep one")


def _check_specials(specials: tuple[float, ...], values: tuple[float, ...]) -> None:
    if len(set(specials)) != len(specials) or len(specials) > _MOST_SPECIALS:
        raise ValueError(f"special_values must be listed once each, at most {_MOST_SPECIALS}")
    if set(specials) & set(values):
        raise ValueError("a special value cannot be one of values too: keep one")
    if any(abs(special) > _LARGEST_WHOLE for special in specials):
        raise ValueError(f"special_values must lie within {_LARGEST_WHOLE:g} of zero")
