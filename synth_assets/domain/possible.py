r"""Which rows of codes can keep a rule: public arithmetic on what the values of a code can be.

A code stands for one value or for a bin of them. A rule over columns whose codes are exact
is evaluated on each of their combinations. Any other rule is evaluated on all values of the
codes of a row at once: numbers are intervals, and a comparison can be true, can be false, or
both, see :mod:`synth_assets.domain.reach`. A row of codes is impossible only if the rule is
false for all of their values. What is not known there can be anything, so a possible row is
never called impossible; the opposite may happen.

Example:
    >>> domain = Domain(columns=(Column(name="a", kind="integer", maximum=99, edges=(10, 20)),
    ...                          Column(name="b", kind="integer", maximum=3)))
    >>> (rule,) = cell_rules({"ordered": parse("a < b", domain.arrow_schema())}, domain=domain, derived={})
    >>> rule.columns, rule.possible({"a": np.array([0, 0, 1]), "b": np.array([3, 0, 3])})
    (('a', 'b'), array([ True, False, False]))
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain.cells import MOST_CELLS, conjuncts
from synth_assets.domain.codes import decode
from synth_assets.domain.column import Column, Domain
from synth_assets.domain.expressions import Expression, evaluate, parse
from synth_assets.domain.lookup import Derivation, derive_values
from synth_assets.domain.reach import Reader, Truth, reach_of
from synth_assets.errors import UsageError

__all__ = ["MOST_PARTS", "CellRule", "Codes", "cell_rules", "measured_columns"]

_MOST_TABLES = 1 << 24
"""Cells of the tables of all rules together; contracts may be a stranger's."""
MOST_PARTS = 256
"""Of all rules; others are left to drawing again."""
Codes = Mapping[str, NDArray[Any]]
"""Codes of columns, of shapes that broadcast."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CellRule:
    """A rule, or a part of one, as far as codes can tell.

    Attributes:
        columns: the measured columns that it reads, directly or through derived ones.
        possible: returns of codes of these columns whether some of their values keep the rule.
        rule: the name of the rule.
    """

    columns: tuple[str, ...]
    possible: Callable[[Codes], NDArray[np.bool_]]
    rule: str = ""


def cell_rules(
    rules: Mapping[str, Expression], *, domain: Domain, derived: Mapping[str, Derivation]
) -> tuple[CellRule, ...]:
    """Return what codes can tell of rules, each split at its ANDs; parts of which they tell nothing are left out.

    Args:
        rules: boolean expressions over the columns of ``domain`` and derived ones.
        domain: the measured columns.
        derived: how the derived columns are computed, in order.
    """
    schema = domain.arrow_schema()
    for name, derivation in derived.items():
        schema = schema.append(pa.field(name, derivation.type))
    parts = ((name, part) for name, rule in rules.items() for part in conjuncts(rule.sql))
    readable, cells = list[CellRule](), _MOST_TABLES
    for name, part in islice(parts, MOST_PARTS):
        expression = parse(part, schema)
        columns = measured_columns(expression, derived)
        size = math.prod(domain.shape(columns)) if all(domain[name].exact for name in columns) else cells + 1
        tabled = size <= min(cells, MOST_CELLS)
        cells -= size if tabled else 0
        rule = _cell_rule(expression, columns, domain, derived, tabled=tabled) if columns else None
        readable += [] if rule is None else [replace(rule, rule=name)]
    return tuple(readable)


def _cell_rule(
    rule: Expression, columns: tuple[str, ...], domain: Domain, derived: Mapping[str, Derivation], *, tabled: bool
) -> CellRule | None:
    if tabled:
        return _by_table(rule, columns, domain, derived)
    reach = reach_of(rule, Reader(columns={name: domain[name] for name in columns}, derived=derived))
    return None if reach is None else CellRule(columns=columns, possible=lambda codes: _can_hold(reach(codes)))


def _can_hold(truth: Truth) -> NDArray[np.bool_]:
    return np.asarray(truth.true | truth.null)


def measured_columns(rule: Expression, derived: Mapping[str, Derivation]) -> tuple[str, ...]:
    """Return the measured columns that a rule reads, directly or through derived columns."""
    names, waiting = dict[str, None](), list(rule.columns)
    while waiting:
        name = waiting.pop(0)
        if name not in names:
            names[name] = None
            waiting += derived[name].columns if name in derived else ()
    return tuple(name for name in names if name not in derived)


def _by_table(
    rule: Expression, columns: tuple[str, ...], domain: Domain, derived: Mapping[str, Derivation]
) -> CellRule | None:
    """Return a rule that was evaluated on each combination of codes; ``None`` if it cannot be, or always holds."""
    shape = domain.shape(columns)
    arrays = {
        name: _values(domain[name], codes.ravel()) for name, codes in zip(columns, np.indices(shape), strict=True)
    }
    table = pa.table(arrays)
    try:
        for name, derivation in derived.items():
            if set(derivation.columns) <= set(table.column_names):
                table = table.append_column(name, derive_values([derivation], table)[0])
        kept = evaluate([rule], table)[0].fill_null(True).to_numpy().astype(bool).reshape(shape)
    except UsageError:  # a cast that fails on a combination that rows may not have
        return None
    return (
        None if kept.all() else CellRule(columns=columns, possible=lambda codes: kept[tuple(map(codes.get, columns))])
    )


def _values(column: Column, codes: NDArray[np.intp]) -> pa.Array:
    return decode(column, np.arange(column.size)).take(pa.array(codes))
