"""Checks that a contract can ask for beside those that every candidate gets; all are free.

Example:
    >>> Limit.model_validate({"max": 0.1})
    Limit(max=0.1, severity='critical')
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from synth_assets.contract.cross_faults import CrossFault
from synth_assets.contract.declared import Part

__all__ = ["Columns", "Limit", "asked_faults"]

_REFERENCE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}\..+")


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Columns = Annotated[tuple[str, ...], BeforeValidator(_as_list), Field(strict=False, min_length=1)]
"""Some columns; one alone may be written without a list."""


class Limit(Part):
    """The most that a figure may be."""

    max: float = Field(ge=0, lt=1, description="The check fails above it.")
    severity: Literal["critical", "warning"] = Field(
        default="critical", description="`critical` blocks promotion, `warning` does not."
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
