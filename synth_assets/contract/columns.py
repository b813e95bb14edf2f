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
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from synth_assets.contract.declared import (
    LARGEST_DOMAIN,
    LARGEST_REAL,
    LARGEST_WHOLE,
    LATER,
    DeclaredColumn,
    DeclaredNumber,
    Part,
    check_bins,
    check_grid,
    check_range,
    check_specials,
    check_step,
    shown,
)
from synth_assets.contract.time_columns import DateColumn, DatetimeColumn
from synth_assets.domain import FINEST, Column
from synth_assets.domain.hierarchy import NumberTree, TextTree, check_leaves, check_size, leaves_of, parents_of
from synth_assets.domain.kinds.grid import FINEST_STEP
from synth_assets.domain.round_edges import grid_edges, round_edges

__all__ = [
    "DISCOVERED",
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

_MOST_DECIMALS = 15
"""Doubles hold about so many digits."""


class IntegerColumn(DeclaredNumber):
    """Whole numbers between ``min`` and ``max``, both included, or the listed ``values`` only."""

    type: Literal["integer"] = Field(description="The kind of column.")
    min: int | None = Field(default=None, description="The smallest value that there can be.", examples=[0])
    max: int | None = Field(default=None, description="The largest value that there can be.", examples=[110])
    values: tuple[int, ...] = Field(
        default=(),
        strict=False,
        examples=[[1994, 1996, 1998]],
        description="The only values, ascending, where there are gaps.",
    )
    edges: tuple[int, ...] = Field(
        default=(),
        strict=False,
        examples=[[10, 20, 50]],
        description="First values of the second and later bins, ascending.",
    )
    special_values: tuple[int, ...] = Field(
        default=(), strict=False, description="Values with a meaning of their own.", examples=[[999]]
    )
    step: Annotated[int | None, LATER] = Field(
        default=None,
        ge=1,
        le=LARGEST_WHOLE,
        examples=[5],
        description="What all values are multiples of, such as 5 or 100.",
    )
    hierarchy: NumberTree | None = Field(
        default=None,
        examples=[{"north": [1, 2], "south": [3]}],
        description="Groups of values, and groups of these; `values` may then be left out.",
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
            if (self.min, self.max, self.edges, self.bins, self.step) != (None, None, (), None, None):
                raise ValueError("values stand alone: remove min, max, edges, bins and step")
            if list(self.values) != sorted(set(self.values)) or len(self.values) > LARGEST_DOMAIN:
                raise ValueError(f"values must ascend, each once, at most {LARGEST_DOMAIN}")
            check_range(self.values[0], self.values[-1], (), largest=LARGEST_WHOLE)
        elif self.min is None or self.max is None:
            raise ValueError("needs min and max, or values: a domain is declared, never taken from private rows")
        else:
            check_range(self.min, self.max, self.edges, largest=LARGEST_WHOLE)
        check_bins(self.bins, self.edges)
        check_specials(self.special_values, self.values)
        if self.step is not None:
            check_step(self.min or 0, self.max or 0, step=self.step)
            check_grid(self.column(""))
        return self

    def column(self, name: str) -> Column:
        """Return the layout of this column."""
        edges = self.edges or self._round_edges()
        return Column(
            name=name,
            kind=self.type,
            minimum=self.values[0] if self.values else self.min or 0,
            maximum=self.values[-1] if self.values else self.max or 0,
            values=self.values,
            edges=edges,
            bins=1 if self.step and not edges and self.bins is None else self.bins,  # the only multiple
            specials=self.special_values,
            step=self.step or 0,
            nullable=self.nullable,
            null_tokens=self.null_tokens,
            parents=parents_of(self.hierarchy, order=self.values) if self.hierarchy else (),
        )

    def _round_edges(self) -> tuple[float, ...]:
        """Return the edges that stand in for undeclared ones where one code per value would be too many."""
        if self.bins is not None or self.min is None or self.max is None:
            return ()
        if self.step is not None:
            return tuple(map(int, grid_edges(self.min, self.max, step=self.step)))
        return round_edges(self.min, self.max) if self.max - self.min >= FINEST else ()


class FloatColumn(DeclaredNumber):
    """Real numbers between ``min`` and ``max``."""

    type: Literal["float"] = Field(description="The kind of column.")
    min: float = Field(description="The smallest value that there can be.", examples=[0.0])
    max: float = Field(description="The largest value that there can be.", examples=[500.0])
    edges: tuple[float, ...] = Field(
        default=(),
        strict=False,
        examples=[[10, 20, 50]],
        description="First values of the second and later bins, ascending.",
    )
    special_values: tuple[float, ...] = Field(
        default=(), strict=False, description="Values with a meaning of their own.", examples=[[0.5]]
    )
    decimals: Annotated[int | None, LATER] = Field(
        default=None, ge=0, le=_MOST_DECIMALS, examples=[2], description="Digits behind the point, at most."
    )
    step: Annotated[float | None, LATER] = Field(
        default=None,
        ge=FINEST_STEP,
        le=LARGEST_WHOLE,
        examples=[0.05],
        description="What all values are multiples of, such as 0.05.",
    )

    @model_validator(mode="after")
    def _ordered(self) -> "FloatColumn":
        check_range(self.min, self.max, self.edges, largest=LARGEST_REAL)
        check_bins(self.bins, self.edges)
        check_specials(self.special_values, ())
        if self.decimals is not None and self.step is not None:
            raise ValueError("decimals and step say the same thing twice: keep one")
        if self._step:
            check_step(self.min, self.max, step=self._step)
        bounds = self.column("").bounds()
        if self.min == self.max or (bounds[1:-1] <= bounds[:-2]).any():
            raise ValueError(f"min={self.min} must be far enough below max={self.max} for {len(bounds) - 1} bins")
        if self._step:
            check_grid(self.column(""))
        return self

    @property
    def _step(self) -> float:
        """What all values are multiples of; 0 where any number will do."""
        return self.step or 0 if self.decimals is None else float(f"1e-{self.decimals}")

    def column(self, name: str) -> Column:
        """Return the layout of this column."""
        edges = self.edges or self._round_edges()
        return Column(
            name=name,
            kind=self.type,
            minimum=self.min,
            maximum=self.max,
            edges=edges,
            bins=1 if self._step and not edges and self.bins is None else self.bins,  # the only multiple
            specials=self.special_values,
            step=self._step,
            nullable=self.nullable,
            null_tokens=self.null_tokens,
        )

    def _round_edges(self) -> tuple[float, ...]:
        """Return the edges that stand in for undeclared ones."""
        if self.bins is not None or self.min == self.max:
            return ()
        if self._step:
            return grid_edges(self.min, self.max, step=self._step)
        return round_edges(self.min, self.max, whole=False)


_Listed = Annotated[tuple[str, ...], Field(min_length=1, max_length=LARGEST_DOMAIN, strict=False), Tag("list")]
_Discover = Annotated[Literal["discover"], Tag("discover")]
DISCOVERED = "discovered"
"""What ``domain_source`` says of a column whose categories are measured, and of no other."""


class CategoricalColumn(DeclaredColumn):
    """One of the listed texts; or of those that a measurement finds often enough, which is charged."""

    type: Literal["categorical"] = Field(description="The kind of column.")
    categories: Annotated[
        _Listed | _Discover, Discriminator(lambda value: "discover" if isinstance(value, str) else "list")
    ] = Field(
        examples=[["low", "high"]],
        description="The texts, or `discover`: those that enough rows have, found under privacy.spend.",
    )
    other: str | None = Field(default=None, examples=["other"], description="The category that takes unknown values.")
    hierarchy: TextTree | None = Field(
        default=None,
        examples=[{"Services": ["7970", "7980"]}],
        description="Groups of categories, and groups of these; `categories` may then be left out.",
    )

    @property
    def discovered(self) -> bool:
        """Whether the categories are open until a measurement found them."""
        return self.categories == "discover"

    @model_validator(mode="before")
    @classmethod
    def _from_hierarchy(cls, value: Any) -> Any:
        return _with_leaves(value, "categories", kind=str)

    @field_validator("categories", mode="before")
    @classmethod
    def _texts(cls, value: Any) -> Any:
        if not isinstance(value, list | tuple) and value != "discover":
            raise ValueError(f"{shown(value)} must be a list of texts, or the word discover")
        for category in value if isinstance(value, list) else ():
            if isinstance(category, bool):
                raise ValueError(f'{shown(category)} is a boolean to YAML: quote it, as in ["yes", "no"]')  # noqa: TRY004 - pydantic's way
            if not isinstance(category, str):
                quoted = f': quote it, as in "{category}"' if isinstance(category, int | float | dt.date) else ""
                raise ValueError(f"{shown(category)} is not text{quoted}")  # noqa: TRY004 - pydantic's way
        return value

    @model_validator(mode="after")
    def _known(self) -> "CategoricalColumn":
        if (self.domain_source == DISCOVERED) != self.discovered:
            raise ValueError(f"domain_source: {DISCOVERED} and categories: discover belong together")
        if isinstance(self.categories, str):
            return self._open()
        if self.hierarchy is not None:
            check_leaves(self.hierarchy, self.categories)
        twice = [category for category, times in Counter(self.categories).items() if times > 1]
        if twice:
            raise ValueError(f"category {twice[0]!r} is listed twice")
        if any(not category.strip() for category in self.categories):
            raise ValueError("a blank category cannot be told from null: leave it out and set nullable")
        if self.other is not None and self.other not in self.categories:
            raise ValueError(f"other={self.other!r} must be one of the categories")
        if set(self.null_tokens) & set(self.categories):
            raise ValueError("a null token cannot be a category too")
        return self

    def _open(self) -> "CategoricalColumn":
        if self.hierarchy is not None:
            raise ValueError("a hierarchy lists the categories: remove it, or `categories: discover`")
        if self.other is None or not self.other.strip():
            raise ValueError('discovered categories need `other`, which takes what is too rare: add `other: "other"`')
        if self.other in self.null_tokens:
            raise ValueError("a null token cannot be a category too")
        return self

    @property
    def fallback_text(self) -> str:
        """See :attr:`DeclaredColumn.fallback_text`; ``other`` comes first, where there is one."""
        return super().fallback_text if self.other is None else repr(self.other)

    def _first_text(self) -> str:
        return repr(self.categories[0])

    def column(self, name: str, *, found: tuple[str, ...] = ()) -> Column:
        """Return the layout of this column; an open one has the categories ``found``, then ``other``."""
        return Column(
            name=name,
            kind=self.type,
            categories=(*found, str(self.other)) if isinstance(self.categories, str) else self.categories,
            other=self.other,
            nullable=self.nullable,
            null_tokens=self.null_tokens,
            parents=parents_of(self.hierarchy, order=self.categories) if self.hierarchy else (),
        )


class BooleanColumn(DeclaredColumn):
    """True or false."""

    type: Literal["boolean"] = Field(description="The kind of column.")

    def _first_text(self) -> str:
        return "false"

    def column(self, name: str) -> Column:
        """Return the layout of this column."""
        return Column(name=name, kind=self.type, nullable=self.nullable, null_tokens=self.null_tokens)


ColumnSpec = Annotated[
    IntegerColumn | FloatColumn | DateColumn | DatetimeColumn | CategoricalColumn | BooleanColumn,
    Field(discriminator="type"),
]


def _with_leaves(value: Any, key: str, *, kind: type[str] | type[int]) -> Any:
    """List the leaves of a hierarchy under ``key`` where a column leaves that out; numbers must ascend there."""
    if not isinstance(value, dict) or value.get("hierarchy") is None:
        return value
    check_size(value["hierarchy"])
    if key in value:
        return value
    leaves = list(dict.fromkeys(leaf for leaf in leaves_of(value["hierarchy"]) if type(leaf) is kind))
    return value | {key: leaves if kind is str else sorted(leaves)} if leaves else value
