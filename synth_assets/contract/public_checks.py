"""What a contract says of public checks: limits of those that every candidate gets, and others that it asks for.

Example:
    >>> Limit.model_validate({"max": 0.1})
    Limit(max=0.1, severity='critical')
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from synth_assets.contract.cross_faults import CrossFault
from synth_assets.contract.declared import LATER, Key, Part

__all__ = ["Checks", "Columns", "Limit", "Realism", "asked_faults"]

_REFERENCE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}\..+")


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Columns = Annotated[
    tuple[str, ...],
    BeforeValidator(_as_list, json_schema_input_type=tuple[str, ...] | str),
    Field(strict=False, min_length=1),
]
"""Some columns; one alone may be written without a list."""


class Limit(Part):
    """The most that a figure may be."""

    max: float = Field(ge=0, lt=1, examples=[0.1], description="The check fails above it.")
    severity: Literal["critical", "warning"] = Field(
        default="critical", description="`critical` blocks promotion, `warning` does not."
    )


class Realism(Part):
    """What rows may show of being made up, as shares of the rows that are surely too much."""

    max_impossible: float = Field(
        default=0.03, ge=0, lt=1, description="Rows of one pair of columns in cells that the release says are empty."
    )
    max_tail: float = Field(
        default=0.005,
        ge=0,
        lt=1,
        description="Rows of one column too many or too few far out, beyond the noise.",
    )
    max_mass: float = Field(
        default=0.01, ge=0, lt=1, description="Gap in the share of one special or listed value, such as zero or a cap."
    )
    severity: Literal["critical", "warning"] = Field(
        default="warning", description="`critical` blocks promotion, `warning` does not."
    )


class Checks(Part):
    """Thresholds that are fixed before data is seen."""

    max_excess_distance: float = Field(
        default=0.05,
        gt=0,
        lt=1,
        description="Largest mean total variation to the released marginals beyond what noise and sampling explain.",
    )
    max_null_difference: float = Field(
        default=0.05, gt=0, lt=1, description="Largest gap in a column's share of nulls."
    )
    drift: Annotated[Limit | None, LATER] = Field(
        default=None,
        examples=[{"max": 0.1}],
        description="Distance of the columns' marginals to the previous version's and the previous release's, "
        "beyond noise and sampling.",
    )
    outliers: Annotated[Limit | None, LATER] = Field(
        default=None,
        examples=[{"max": 0.01}],
        description="Share of rows in cells that the release says are empty, beyond noise.",
    )
    repeated_rows: Annotated[Limit | None, LATER] = Field(
        default=None, examples=[{"max": 0.2}], description="Share of rows that equal an earlier row in every column."
    )
    unique: Annotated[tuple[Columns, ...], LATER] = Field(
        default=(),
        strict=False,
        examples=[["id", ["year", "number"]]],
        description="Columns, or lists of columns, whose values no two rows share.",
    )
    relationships: Annotated[dict[Key, str], LATER] = Field(
        default_factory=dict,
        examples=[{"ward": "wards.name"}],
        description="Columns whose values all exist in the promoted version of another dataset: `dataset.column`.",
    )
    realism: Annotated[Realism | None, LATER] = Field(
        default=Realism(),
        description="What rows may show of being made up, as far as the release can tell; null asks for nothing.",
    )


def asked_faults(
    *, unique: Sequence[Sequence[str]], relationships: Mapping[str, str], dataset: str, columns: Sequence[str]
) -> list[CrossFault]:
    """List what checks name that does not exist.

    Args:
        unique: columns whose combination is unique.
        relationships: other datasets' columns, by column.
        dataset: the contract's own name.
        columns: measured and derived columns.
    """
    return [*_unique_faults(unique, columns), *_relationship_faults(relationships, dataset, columns)]


def _unique_faults(unique: Sequence[Sequence[str]], columns: Sequence[str]) -> Iterator[CrossFault]:
    for position, names in enumerate(unique):
        for name in names:
            if name not in columns:
                message = f"unknown column {name!r}; columns: {', '.join(columns)}"
                yield CrossFault(("checks", "unique", position), message, frozenset({name}))


def _relationship_faults(
    relationships: Mapping[str, str], dataset: str, columns: Sequence[str]
) -> Iterator[CrossFault]:
    for name, target in relationships.items():
        where = ("checks", "relationships", name)
        if name not in columns:
            yield CrossFault(where, f"unknown column {name!r}; columns: {', '.join(columns)}", frozenset({name}))
        if not _REFERENCE.fullmatch(target):
            yield CrossFault(where, f"{target!r} must name a column of another dataset: dataset.column", frozenset())
        elif target.split(".")[0] == dataset:
            yield CrossFault(where, f"{target!r} is this dataset itself: name another one", frozenset())
