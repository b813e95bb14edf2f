"""What every part of a contract keeps, what every declared column says, and the checks that several of them share.

A contract's digest covers every field of it, and bundles, candidates and the
ledger name contracts by their digests. So a field that is added to any part
after contracts with digests exist is marked :data:`LATER`: while it is at its
default it is left out of what is written and digested, and old contracts keep
their bytes. A field without the mark would change the digest of every contract
that was ever written, and every kept bundle would fail its verification.

Example:
    >>> class Zoo(Part):
    ...     animals: int = 3
    ...     keepers: Annotated[int, LATER] = 0
    >>> Zoo().model_dump(), Zoo(keepers=2).model_dump()
    ({'animals': 3}, {'animals': 3, 'keepers': 2})
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Annotated, Any, Final

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from synth_assets.characters import refused_in
from synth_assets.domain import FINEST, Column
from synth_assets.domain.kinds.grid import Grid, GridBins

__all__ = [
    "LARGEST_DOMAIN",
    "LARGEST_REAL",
    "LARGEST_WHOLE",
    "LATER",
    "OPEN",
    "UNANSWERED",
    "DeclaredColumn",
    "DeclaredNumber",
    "Key",
    "Part",
    "Words",
    "check_bins",
    "check_grid",
    "check_order",
    "check_range",
    "check_specials",
    "check_step",
    "open_places",
    "shown",
]

OPEN = "TODO:"
"""How a text begins that a scaffold wrote and a person has to replace."""
UNANSWERED = "is not answered yet"
"""How the message about such a text begins."""

LARGEST_DOMAIN = 4096
"""Most codes of one column: more cannot be measured with useful noise."""
_MOST_SPECIALS = 64
_LONGEST_SHOWN = 80
LARGEST_WHOLE = 2**53 - 1  # bins end one above it, and beyond 2**53 doubles skip whole numbers
LARGEST_REAL = 1e100  # the width of a range stays finite


def _seen(text: str) -> str:
    if unseen := refused_in(text, lines=True):
        raise ValueError(f"{text!r} holds {unseen}, which is invisible: write it again by hand")
    return text


Words = Annotated[str, AfterValidator(_seen)]
"""What people write for people: lines and tabs are fine, characters that cannot be seen are not."""


Key = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,128}$")]
"""The name of a column or a rule."""


class _Later:
    """See :data:`LATER`."""

    __slots__ = ()


LATER: Final = _Later()
"""Marks a field that was added after contracts with digests existed: at its default it is not written.

Example:
    ``keepers: Annotated[int, LATER] = Field(default=0, ge=0)``; the mark stands outside of a union.
"""


def _without_other_names(schema: dict[str, Any]) -> None:
    """Say in a JSON Schema that names of another pattern are refused, which pydantic's leaves open."""
    for key in schema.get("properties", {}).values():
        if "patternProperties" in key:
            key["additionalProperties"] = False


class Part(BaseModel):
    """Frozen and strict about names: an unknown key is a fault, not a wish; so is NaN or infinity.

    Messages do not repeat what was given: written out, it may be larger than any memory. A field that is
    marked :data:`LATER` is written only when it is not at its default.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
        json_schema_extra=_without_other_names,
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse a part with a later field that old contracts lack and that has no default.

        Raises:
            TypeError: names the field.
        """
        super().__pydantic_init_subclass__(**kwargs)
        lacking = [name for name in _later_fields(cls) if cls.model_fields[name].is_required()]
        if lacking:
            raise TypeError(f"{cls.__name__}.{lacking[0]} was added later and needs a default: old contracts lack it")

    @model_serializer(mode="wrap")
    def _without_later_defaults(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = write(self)
        fields = type(self).model_fields
        for name in _later_fields(type(self)):
            if getattr(self, name) == fields[name].get_default(call_default_factory=True, validated_data={}):
                written.pop(name, None)
        return written


@cache
def _later_fields(part: type[Part]) -> tuple[str, ...]:
    return tuple(name for name, field in part.model_fields.items() if LATER in field.metadata)


def open_places(value: Any) -> list[tuple[tuple[str | int, ...], str]]:
    """List where plain values still wait for a person's answer: pairs of a path and what is asked there.

    Example:
        >>> open_places({"purpose": "TODO: say what for", "columns": {"age": {"min": 0}}})
        [(('purpose',), 'is not answered yet: say what for')]
    """
    return list(_open_places(value, (), set()))


def _open_places(
    value: Any, where: tuple[str | int, ...], visited: set[int]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str) and value.startswith(OPEN):
        yield where, f"{UNANSWERED}: {value.removeprefix(OPEN).strip()}"
    if isinstance(value, str) or id(value) in visited:  # an alias may hold itself, or stand a thousand times
        return
    visited.add(id(value))
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _open_places(key, (*where, key), visited)
            yield from _open_places(part, (*where, key), visited)
    elif isinstance(value, list | tuple):
        for index, part in enumerate(value):
            yield from _open_places(part, (*where, index), visited)


class DeclaredColumn(Part):
    """What a column of any type says."""

    nullable: bool = Field(
        default=False, description="Whether the synthetic column may be null; unreadable values become null."
    )
    null_tokens: tuple[str, ...] = Field(
        default=(), strict=False, examples=[["NA", "-9"]], description="Texts that mean null, besides the empty text."
    )
    domain_source: Words = Field(
        min_length=1,
        examples=["codebook of 2024"],
        description="Where the domain comes from: a codebook, a law, a standard, or `seen in data`.",
    )
    description: Words = Field(default="", description="What the column is, for people.", examples=["Age in years"])

    @property
    def fallback_text(self) -> str:
        """What a value becomes that cannot be read, in words: null, or whatever has the first code."""
        return "null" if self.nullable else self._first_text()

    def _first_text(self) -> str:
        raise NotImplementedError  # each kind of column has a first code of its own

    @property
    def was_seen_in_data(self) -> bool:
        """Whether the domain is said to come from private rows, which no measurement has paid for."""
        return self.domain_source.strip().casefold().startswith("seen in data")


class DeclaredNumber(DeclaredColumn):
    """What a column with an order says."""

    bins: int | None = Field(
        default=None,
        ge=1,
        le=FINEST,
        examples=[100],
        description="Bins of equal width; by default one per value if few, else round edges.",
    )

    def _first_text(self) -> str:
        return "the smallest value"


def check_range(low: float, high: float, edges: tuple[float, ...], *, largest: float) -> None:
    """Refuse a range that is empty, too far from zero, or whose edges are not inside it."""
    check_order(low, high, edges)
    if max(-low, high) > largest:
        raise ValueError(f"min={low} and max={high} must lie within {largest:g} of zero: declare a narrower domain")


def check_order(low: Any, high: Any, edges: tuple[Any, ...]) -> None:
    """Refuse ends in the wrong order, and edges that do not ascend between them."""
    if low > high:
        raise ValueError(f"min={low} must not be above max={high}")
    inside = all(low < edge <= high for edge in edges)
    if not inside or any(a >= b for a, b in pairwise(edges)):
        raise ValueError("edges must ascend and lie between min and max")
    if len(edges) >= LARGEST_DOMAIN:
        raise ValueError(f"{len(edges)} edges are too many to measure: at most {LARGEST_DOMAIN - 1}")


def check_bins(bins: int | None, edges: tuple[Any, ...]) -> None:
    """Refuse bins beside edges."""
    if bins is not None and edges:
        raise ValueError("bins and edges say the same thing twice: keep one")


def check_specials(specials: tuple[float, ...], values: tuple[float, ...]) -> None:
    """Refuse special values that stand twice, are too many, or are ordinary ones."""
    if len(set(specials)) != len(specials) or len(specials) > _MOST_SPECIALS:
        raise ValueError(f"special_values must be listed once each, at most {_MOST_SPECIALS}")
    if set(specials) & set(values):
        raise ValueError("a special value cannot be one of values too: keep one")
    if any(abs(special) > LARGEST_WHOLE for special in specials):
        raise ValueError(f"special_values must lie within {LARGEST_WHOLE:g} of zero")


def check_step(low: float, high: float, *, step: float) -> None:
    """Refuse a step that doubles are too coarse for, or a range that holds no multiple of it."""
    grid = Grid.of(step)
    if not (grid.reaches(low) and grid.reaches(high)):
        raise ValueError(f"a step of {step:g} is too fine for numbers from {low:g} to {high:g}")
    if grid.first(np.array([low]))[0] > grid.last(np.array([high]))[0]:
        raise ValueError(f"no multiple of {step:g} lies between min={low:g} and max={high:g}")


def check_grid(column: Column) -> None:
    """Refuse bins in which no multiple of the column's step lies: their rows would have no value."""
    bounds, whole = column.bounds(), column.kind_of.whole
    empty = np.flatnonzero(GridBins.of(bounds, step=column.step, closed=not whole).points == 0)
    if empty.size:
        low, high = bounds[empty[0]], bounds[empty[0] + 1]
        raise ValueError(
            f"no multiple of {column.step:g} lies in the bin from {low:g} to {high:g}: "
            "declare wider bins, or edges that are multiples"
        )


def shown(given: Any) -> str:
    """Return a value of a contract as a person wrote it in YAML; of a list or a mapping only that it is one."""
    if given is None:
        return "an empty value"
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, dt.date):
        return given.isoformat()
    if isinstance(given, str | int | float):
        return repr(given) if len(repr(given)) <= _LONGEST_SHOWN else f"{repr(given)[:_LONGEST_SHOWN]}..."
    return "a list" if isinstance(given, list | tuple) else "a mapping" if isinstance(given, Mapping) else "binary data"
