"""Conditions that a generator samples under in closed form: weights on codes.

A condition gives every code of some columns a weight of at least 0. Weights of
0 and 1 are a ``where``; other weights re-balance a table or describe a
scenario. The sampled distribution is the model's times the product of the
weights, normalised. For a mixture of products that is a mixture again, so no
row is ever rejected and rare conditions need no extra work.

Example:
    >>> from synth_assets.domain import Column
    >>> domain = Domain(columns=(Column(name="age", kind="integer", maximum=3), Column(name="sex", kind="boolean")))
    >>> condition = parse_condition("age >= 2 AND sex", domain=domain)
    >>> condition.weights
    {'age': (0.0, 0.0, 1.0, 1.0), 'sex': (0.0, 1.0)}
    >>> str(condition)
    'age >= 2 AND sex'
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Column, Domain
from synth_assets.domain.cells import conjuncts, true_cells
from synth_assets.domain.codes import decode
from synth_assets.errors import UsageError

__all__ = ["Condition", "by_value", "parse_condition"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Weights on the fine codes of some columns.

    Attributes:
        text: the condition as shown in the manifest.
        weights: one weight per fine code, for each column concerned.
    """

    text: str
    weights: Mapping[str, tuple[float, ...]]

    def __post_init__(self) -> None:
        for name, weights in self.weights.items():
            if not all(0 <= weight < float("inf") for weight in weights):
                raise UsageError(f"weights of {name!r} must be finite and >= 0", hint="0 leaves a value out")
            if not any(weights):
                raise UsageError(
                    f"condition `{self.text}` leaves no value of {name!r}", hint="name a value that the domain holds"
                )

    def __str__(self) -> str:
        return self.text

    def __and__(self, other: "Condition") -> "Condition":
        """Return the condition with the product of both weights; a contradiction is refused."""
        weights = dict(self.weights)
        for name, factors in other.weights.items():
            before = np.array(weights.get(name, np.ones(len(factors))))
            if before.size != len(factors):
                raise UsageError(f"`{self}` and `{other}` are about different domains", hint="use one release's domain")
            weights[name] = tuple((before * factors).tolist())
        return Condition(text=f"{self.text} AND {other.text}", weights=weights)


def parse_condition(text: str, *, domain: Domain) -> Condition:
    """Read a conjunction of conditions on single columns, such as ``age >= 18 AND region = 'north'``.

    Raises:
        UsageError: it is not an expression, a part of the conjunction reads no column or
            several, it splits a bin, or it excludes every value.
    """
    weights: dict[str, tuple[float, ...]] = {}
    for part in conjuncts(text):
        name, kept = _codes_kept(part, domain)
        before = np.array(weights.get(name, np.ones(kept.size)))
        weights[name] = tuple((before * kept).tolist())
    return Condition(text=text, weights=weights)


def by_value(column: Column, numbers: Mapping[Any, float], *, default: float) -> NDArray[np.float64]:
    """Return one number per fine code of a column from numbers by value, shape (size,).

    Raises:
        UsageError: a value is unknown, or the column's codes are bins.
    """
    if not column.exact:
        raise UsageError(
            f"values of {column.name!r} lie in bins", hint=f"write a condition, such as `{column.name} >= ...`"
        )
    values = decode(column, np.arange(column.size)).to_pylist()
    unknown = [value for value in numbers if value not in values]
    if unknown:
        raise UsageError(
            f"{unknown[0]!r} is not a value of {column.name!r}", hint=f"values: {', '.join(map(repr, values[:8]))}"
        )
    return np.array([numbers.get(value, default) for value in values], dtype=np.float64)


def _codes_kept(part: str, domain: Domain) -> tuple[str, NDArray[np.bool_]]:
    from synth_assets.domain.expressions import parse

    if len(parse(part, domain.arrow_schema()).columns) > 1:
        raise UsageError(
            f"`{part}` must read exactly one column to have a closed form",
            hint="join conditions on single columns with AND; `synth-assets sample` holds others by drawing again",
        )
    (name,), kept = true_cells(part, domain=domain)
    return name, kept
