"""Conditions that a generator samples under in closed form: weights on codes.

A condition gives every code of some columns a weight of at least 0. Weights of
0 and 1 are a ``where``; other weights re-balance a table or describe a
scenario. The sampled distribution is the model's times the product of the
weights, normalised. For a mixture of products that is a mixture again, so no
row is ever thrown away and rare conditions cost nothing.

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
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from synth_assets.codes import decode
from synth_assets.domain import Column, Domain
from synth_assets.errors import UsageError

if TYPE_CHECKING:
    from synth_assets.generator.protocol import Generator
    from synth_assets.release import Release

__all__ = ["Condition", "parse_condition", "rebalance"]

_ENDS = (0.0, 0.5, 1 - 1e-9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Weights on the fine codes of some columns.

    Attributes:
        text: what a reader of the manifest sees.
        weights: one weight a fine code, for each column concerned.
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


def parse_condition(text: str, *, domain: Domain) -> Condition:
    """Read a conjunction of conditions on single columns, such as ``age >= 18 AND region = 'north'``.

    Raises:
        UsageError: when it is no expression, when a part of the conjunction reads
            no or several columns, when it cuts through a bin, or when nothing is left.
    """
    weights: dict[str, tuple[float, ...]] = {}
    for part in _conjuncts(text):
        name, kept = _codes_kept(part, domain)
        before = np.array(weights.get(name, np.ones(kept.size)))
        weights[name] = tuple((before * kept).tolist())
    return Condition(text=text, weights=weights)


def rebalance(generator: "Generator", release: "Release", *, column: str, shares: Mapping[Any, float]) -> Condition:
    """Return the condition under which ``column`` has the given shares and all else follows.

    Args:
        generator: fitted to ``release``.
        release: gives the domain.
        column: a column whose coarse codes are its fine codes.
        shares: wanted share of each value, by value; they are normalised.

    Raises:
        UsageError: when a value is unknown, or the model never makes a wanted one.
    """
    declared = release.domain[column]
    values = decode(declared, np.arange(declared.size)).to_pylist()
    unknown = [value for value in shares if value not in values]
    if unknown:
        raise UsageError(
            f"{unknown[0]!r} is no value of {column!r}", hint=f"values: {', '.join(map(repr, values[:8]))}"
        )
    if len(np.unique(release.grids[column])) != declared.size:
        raise UsageError(f"values of {column!r} were measured in groups", hint="re-balance a column with fewer values")
    model = generator.marginal([column])[release.grids[column]]
    wanted = np.array([shares.get(value, 0.0) for value in values])
    if (wanted[model <= 0] > 0).any():
        raise UsageError(f"the model never makes one of the wanted values of {column!r}", hint="leave it out")
    ratio = np.divide(wanted, model, out=np.zeros(declared.size), where=model > 0)
    return Condition(text=f"rebalance {column}: {dict(shares)}", weights={column: tuple(ratio.tolist())})


def _conjuncts(text: str) -> list[str]:
    """Split at the ANDs on top; what is no expression is left whole, for the parser's own message."""
    import sqlglot
    from sqlglot import expressions

    try:
        tree = sqlglot.parse_one(text, dialect="postgres")
    except sqlglot.errors.SqlglotError:
        return [text]
    while isinstance(tree, expressions.Paren):
        tree = tree.this
    if not isinstance(tree, expressions.And):
        return [text]
    return [part for side in (tree.left, tree.right) for part in _conjuncts(side.sql(dialect="postgres"))]


def _codes_kept(part: str, domain: Domain) -> tuple[str, np.ndarray[Any, np.dtype[np.bool_]]]:
    from synth_assets.expressions import evaluate, parse

    expression = parse(part, domain.arrow_schema())
    if len(expression.columns) != 1 or not pa.types.is_boolean(expression.type):
        raise UsageError(
            f"`{part}` must be true or false and read exactly one column",
            hint="join conditions on single columns with AND; declare a rule for conditions between columns",
        )
    column = domain[expression.columns[0]]
    ends = [evaluate([expression], _table(column, domain, share))[0].fill_null(False).to_numpy() for share in _ENDS]
    if any((end != ends[0]).any() for end in ends):
        raise UsageError(f"`{part}` cuts through a bin of {column.name!r}", hint="use an edge of the declared bins")
    return column.name, np.asarray(ends[0], dtype=bool)


def _table(column: Column, domain: Domain, share: float) -> pa.Table:
    """Return one row a code of ``column``, at a place inside its bin; other columns are null."""
    values = decode(column, np.arange(column.size), within=np.full(column.size, share))
    schema = domain.arrow_schema()
    arrays = [values if field.name == column.name else pa.nulls(column.size, field.type) for field in schema]
    return pa.table(arrays, schema=pa.schema([field.with_nullable(True) for field in schema]))
