"""Scenarios: weights of rows, target shares of values, and both under a condition.

Each part re-weights single columns, so all of them together still have a closed
form. Shares of several columns are reached by raking: each column is re-weighted
in turn, until all shares hold at once.

Example:
    >>> from synth_assets.domain import Column
    >>> domain = Domain(columns=(Column(name="age", kind="integer", maximum=3), Column(name="sex", kind="boolean")))
    >>> scenario({"sex": {True: 3.0}, "age >= 2": 0.5}, domain=domain).weights
    {'sex': (1.0, 3.0), 'age': (1.0, 1.0, 0.5, 0.5)}

References:
    Deming and Stephan (1940), "On a Least Squares Adjustment of a Sampled
    Frequency Table When the Expected Marginal Totals are Known" (raking).
"""

from collections.abc import Mapping
from functools import reduce
from operator import and_
from typing import Any

import numpy as np

from synth_assets.domain import Column, Domain
from synth_assets.domain.cells import true_cells
from synth_assets.domain.codes import as_text, decode
from synth_assets.errors import UsageError
from synth_assets.generator.abilities import answering, under
from synth_assets.generator.condition import Condition, by_value
from synth_assets.generator.protocol import Generator
from synth_assets.release import Release

__all__ = ["rebalance", "scenario", "value_named", "what_if"]

MOST_ROUNDS = 200
_CLOSE = 1e-6


def scenario(weights: Mapping[str, Mapping[Any, float] | float], *, domain: Domain) -> Condition:
    """Return the condition under which some rows count more or less than others.

    Args:
        weights: factors by value for a column's name, such as ``{"region": {"north": 2.0}}``, where other
            values keep 1; or one factor for a condition on a single column, such as ``{"age >= 65": 2.0}``.
        domain: the declared columns.

    Raises:
        UsageError: a column or value is unknown, a factor is negative or not finite, or every value is excluded.
    """
    if not weights:
        raise UsageError("a scenario needs a weight", hint='such as {"region": {"north": 2.0}}')
    return reduce(and_, (_tilt(name, factors, domain) for name, factors in weights.items()))


def rebalance(
    generator: Generator,
    release: Release,
    *,
    column: str,
    shares: Mapping[Any, float],
    given: Condition | None = None,
) -> Condition:
    """Return the condition under which ``column`` has the given shares; other columns follow from the model.

    Args:
        generator: fitted to ``release``.
        release: gives the domain.
        column: a column whose coarse codes are its fine codes.
        shares: wanted share of each value, by value; they are normalised, and other values are excluded.
        given: a condition that also holds; combine it with the result by ``&``.

    Raises:
        UsageError: a value is unknown, the model gives a wanted value probability 0, or a generator of this
            kind cannot compute probabilities.
    """
    wanted = by_value(release.domain[column], shares, default=0.0)
    if len(np.unique(release.grids[column])) != wanted.size:
        raise UsageError(f"values of {column!r} were measured in groups", hint="re-balance a column with fewer values")
    model = answering(under(generator, given)).marginal([column])[release.grids[column]]
    if (wanted[model <= 0] > 0).any():
        raise UsageError(
            f"the model never makes one of the wanted values of {column!r}" + (f" where {given}" if given else ""),
            hint="leave it out",
        )
    ratio = np.divide(wanted, model, out=np.zeros(wanted.size), where=model > 0)
    return Condition(text=f"rebalance {column}: {dict(shares)}", weights={column: tuple(ratio.tolist())})


def what_if(
    generator: Generator,
    release: Release,
    *,
    where: Condition | None = None,
    weights: Mapping[str, Mapping[Any, float] | float] | None = None,
    shares: Mapping[str, Mapping[Any, float]] | None = None,
) -> Condition | None:
    """Combine a condition, scenario weights and wanted shares; the shares hold in the sampled rows.

    Args:
        generator: fitted to ``release``.
        release: gives the domain.
        where: a condition that every row meets.
        weights: as :func:`scenario` takes them.
        shares: wanted shares of each value, by column.

    Raises:
        UsageError: the parts contradict each other, the shares cannot hold together, or a generator of
            this kind cannot apply conditions.
    """
    parts = [where] if where else []
    parts += [scenario(weights, domain=release.domain)] if weights else []
    base = reduce(and_, parts) if parts else None
    if base is not None:
        under(generator, base)  # refuses a condition with probability 0
    return _rake(generator, release, base, shares) if shares else base


def value_named(column: Column, text: str) -> Any:
    """Return the value of a column that is written as ``text``; an unknown text stays, for the refusal to name it."""
    values = decode(column, np.arange(column.size)).to_pylist()
    written = {("null" if value is None else str(as_text(value))).lower(): value for value in reversed(values)}
    exact = {as_text(value): value for value in values}
    return exact.get(text, written.get(text.strip().lower(), text))


def _tilt(name: str, factors: Mapping[Any, float] | float, domain: Domain) -> Condition:
    if isinstance(factors, Mapping):
        if name not in domain.names:
            raise UsageError(f"{name!r} is not a measured column", hint=f"measured columns: {', '.join(domain.names)}")
        tilt = by_value(domain[name], factors, default=1.0)
        words = ", ".join(f"{value!r} x {factor:g}" for value, factor in factors.items())
        return Condition(text=f"weigh {name}: {words}", weights={name: tuple(tilt.tolist())})
    columns, kept = true_cells(name, domain=domain)
    if len(columns) != 1:
        raise UsageError(f"the weight of `{name}` must read exactly one column", hint="weigh columns one by one")
    tilt = np.where(kept, float(factors), 1.0)
    return Condition(text=f"weigh {name} x {factors:g}", weights={columns[0]: tuple(tilt.tolist())})


def _rake(
    generator: Generator, release: Release, base: Condition | None, shares: Mapping[str, Mapping[Any, float]]
) -> Condition:
    tilts: dict[str, Condition] = {}
    for _ in range(MOST_ROUNDS):
        for column, wanted in shares.items():
            others = [tilt for name, tilt in tilts.items() if name != column]
            given = reduce(and_, [*([base] if base else []), *others]) if base or others else None
            tilts[column] = rebalance(generator, release, column=column, shares=wanted, given=given)
        whole = reduce(and_, [*([base] if base else []), *tilts.values()])
        if max(_gap(generator, release, whole, column, wanted) for column, wanted in shares.items()) < _CLOSE:
            return whole
    raise UsageError(
        f"the shares of {' and '.join(shares)} cannot hold together", hint="rebalance fewer columns, or ask for less"
    )


def _gap(generator: Generator, release: Release, whole: Condition, column: str, wanted: Mapping[Any, float]) -> float:
    aim = by_value(release.domain[column], wanted, default=0.0)
    shares = answering(under(generator, whole)).marginal([column])[release.grids[column]]
    return float(np.abs(shares - aim / aim.sum()).max())
