"""Rules that no row can keep, alone or together: from what is declared, before anything is paid.

Two ways to know it, and neither calls rules contradictory that some row keeps:

1. *Codes.* Parts of rules over the same few columns are held against each combination of codes, see
   :mod:`synth_assets.domain.possible`. If none is left, no row is.
2. *Orders.* Comparisons of numbers, dates and times are steps of a graph: ``a < b`` leads from ``a`` to ``b``, and a
   column lies between its ends. If steps lead back to where they began and one of them is strict, no row has such
   numbers. Inside wide bins codes cannot know this.

A comparison with null keeps a rule, so sides that may be null are not steps.

Example:
    >>> domain = Domain(columns=tuple(Column(name=name, kind="float", maximum=9.0) for name in "ab"))
    >>> rules = {name: parse(name, domain.arrow_schema()) for name in ("a < b", "b < a", "a < 8", "b > 10")}
    >>> contradictions(rules, domain=domain, derived={})
    [('b > 10',), ('a < b', 'b < a')]
"""

import math
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations_with_replacement, islice, pairwise
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain.cells import conjuncts
from synth_assets.domain.column import Column, Domain
from synth_assets.domain.expressions import Expression, evaluate, parse
from synth_assets.domain.extents import EXACT, Numbers
from synth_assets.domain.lookup import Derivation
from synth_assets.domain.possible import MOST_PARTS, CellRule, cell_rules, measured_columns
from synth_assets.domain.reach import Reader, value_of
from synth_assets.domain.sql import read_sql, write_sql
from synth_assets.errors import UsageError

__all__ = ["contradictions"]

_MOST_CELLS = 1 << 24
"""Combinations of codes that are looked at, for all groups of rules together; what is left may contradict itself."""
_LEAST_COST = 1 << 10
"""What a small table costs besides its cells, in cells."""
_MOST_OF_A_SIDE = 1 << 20
_DAY = 86_400
Mask = NDArray[np.bool_]


def contradictions(
    rules: Mapping[str, Expression], *, domain: Domain, derived: Mapping[str, Derivation]
) -> list[tuple[str, ...]]:
    """List the names of rules that no row can keep together, each group as small as it was found, in the rules' order.

    Args:
        rules: boolean expressions over the columns of ``domain`` and derived ones.
        domain: the measured columns that are known; rules that read others are left out.
        derived: how the derived columns are computed, in order.
    """
    known = {name: rule for name, rule in rules.items() if set(measured_columns(rule, derived)) <= set(domain.names)}
    order = {name: position for position, name in enumerate(known)}
    groups = dict.fromkeys(
        tuple(sorted(group, key=order.__getitem__))
        for group in (
            *_constant(known),
            *_of_codes(cell_rules(known, domain=domain, derived=derived), domain),
            *_of_orders(known, domain=domain, derived=derived),
        )
    )
    smallest = [group for group in groups if not any(set(other) < set(group) for other in groups)]
    return sorted(smallest, key=lambda group: (len(group), [order[name] for name in group]))


def _constant(rules: Mapping[str, Expression]) -> Iterator[frozenset[str]]:
    """Yield rules that read no column and are false."""
    for name, rule in rules.items():
        if not rule.columns and evaluate([rule], pa.table({"": [0]}))[0].to_pylist() == [False]:
            yield frozenset({name})


def _of_codes(parts: Sequence[CellRule], domain: Domain) -> Iterator[frozenset[str]]:
    """Yield rules whose parts leave no combination of codes of the same columns."""
    spans = {
        frozenset((*one.columns, *other.columns))
        for one, other in combinations_with_replacement(parts, 2)
        if one is other or set(one.columns) & set(other.columns)
    }
    cells, faulty = _MOST_CELLS, set[str]()
    for columns in sorted(spans, key=lambda span: (math.prod(domain.shape(list(span))), sorted(span))):
        within = [part for part in parts if set(part.columns) <= columns and part.rule not in faulty]
        cells -= max(math.prod(domain.shape(list(columns))), _LEAST_COST) * len(within)
        if cells < 0:
            return
        masks = _masks(within, [domain[name] for name in sorted(columns)])
        if group := _irreducible(list(masks), masks):
            faulty |= group
            yield group


def _masks(parts: Sequence[CellRule], columns: Sequence[Column]) -> dict[str, Mask]:
    """Return of each rule which combinations of codes can keep its parts, one axis per column."""
    axes = np.ix_(*(np.arange(column.size) for column in columns))
    codes = {column.name: axis for column, axis in zip(columns, axes, strict=True)}
    masks: dict[str, Mask] = {}
    for part in parts:
        can = np.broadcast_to(part.possible(codes), tuple(column.size for column in columns))
        masks[part.rule] = masks[part.rule] & can if part.rule in masks else can
    return masks


def _irreducible(names: Sequence[str], masks: Mapping[str, Mask]) -> frozenset[str]:
    """Return names whose masks leave nothing, and would without any of them; none if all together leave something."""
    if not names or np.logical_and.reduce([masks[name] for name in names]).any():
        return frozenset()
    fewer = ([other for other in names if other != name] for name in names)
    return next((group for others in fewer if (group := _irreducible(others, masks))), frozenset(names))


class _Step(NamedTuple):
    """From a smaller side to a larger one, or an equal one unless ``strict``; a declared end has no rule."""

    low: str
    high: str
    strict: bool
    rule: str | None


@dataclass(frozen=True, slots=True)
class _Order:
    """Steps between sides, and sides that differ."""

    steps: list[_Step] = field(default_factory=list)
    unequal: list[tuple[str, str, str]] = field(default_factory=list)
    """Pairs of sides that are not equal, and the rule that says it."""
    constants: dict[float, str] = field(default_factory=dict)

    def constant(self, value: float) -> str:
        """Return the side that is a number."""
        return self.constants.setdefault(value, f"={value!r}")

    def complete(self) -> dict[str, list[_Step]]:
        """Return all steps by where they begin, with those between numbers."""
        numbers = sorted(self.constants)
        between = [_Step(self.constants[low], self.constants[high], True, None) for low, high in pairwise(numbers)]
        by_low = defaultdict[str, list[_Step]](list)
        for step in (*self.steps, *between):
            by_low[step.low].append(step)
        return by_low


def _of_orders(
    rules: Mapping[str, Expression], *, domain: Domain, derived: Mapping[str, Derivation]
) -> Iterator[frozenset[str]]:
    """Yield rules whose comparisons lead back to where they began, with a strict one among them."""
    order = _order_of(rules, domain=domain, derived=derived)
    steps = order.complete()
    for step in [step for group in list(steps.values()) for step in group if step.strict]:
        given = frozenset({step.rule} if step.rule else ())
        rules_back = _rules_between(step.high, step.low, steps, given=given)
        if rules_back is not None:
            yield rules_back
    for one, other, rule in order.unequal:
        there = _rules_between(one, other, steps, given=frozenset({rule}))
        both_ways = None if there is None else _rules_between(other, one, steps, given=there)
        if both_ways is not None:
            yield both_ways


def _rules_between(
    low: str, high: str, steps: Mapping[str, Sequence[_Step]], *, given: frozenset[str]
) -> frozenset[str] | None:
    """Return ``given`` and the fewest other rules by which ``low`` is at most ``high``; ``None`` if none say so."""
    waiting, visited = deque([(low, given)]), set[str]()
    while waiting:
        side, rules = waiting.popleft()
        if side == high:
            return rules
        if side in visited:
            continue
        visited.add(side)
        for step in steps.get(side, ()):
            if step.rule is None or step.rule in rules:
                waiting.appendleft((step.high, rules))
            else:
                waiting.append((step.high, rules | {step.rule}))
    return None


def _order_of(rules: Mapping[str, Expression], *, domain: Domain, derived: Mapping[str, Derivation]) -> _Order:
    """Return the comparisons that each row must keep, as steps between sides that are always numbers."""
    schema = domain.arrow_schema()
    for name, derivation in derived.items():
        schema = schema.append(pa.field(name, derivation.type))
    order, sides = _Order(), _Sides(domain=domain, derived=derived, schema=schema)
    parts = ((name, part) for name, rule in rules.items() for part in conjuncts(rule.sql))
    for name, part in islice(parts, MOST_PARTS):
        for kind, left, right in _compared(part):
            low, high = (sides.of(side, order) for side in (left, right))
            if low is None or high is None:
                continue
            if kind in ("GT", "GTE"):
                low, high = high, low
            if kind == "NEQ":
                order.unequal.append((low, high, name))
            else:
                order.steps.append(_Step(low, high, kind in ("LT", "GT"), name))
            if kind == "EQ":
                order.steps.append(_Step(high, low, False, name))
    return order


def _compared(part: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield the comparisons that must be true for a part of a rule to be."""
    from sqlglot import expressions as sql

    tree = read_sql(part).unnest()
    if isinstance(tree, sql.EQ | sql.NEQ | sql.LT | sql.LTE | sql.GT | sql.GTE):
        yield type(tree).__name__, tree.this, tree.expression
    elif isinstance(tree, sql.Between):
        yield "GTE", tree.this, tree.args["low"]
        yield "LTE", tree.this, tree.args["high"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sides:
    """What is compared, each with what it can be."""

    domain: Domain
    derived: Mapping[str, Derivation]
    schema: pa.Schema

    def of(self, tree: Any, order: _Order) -> str | None:
        """Return the name of a side, and note between which numbers it lies; ``None`` if it is not always a number."""
        from sqlglot import expressions as sql

        side = tree.unnest()
        text, value = write_sql(side), self._value(side)
        if value is None or np.any(value.null) or value.largest >= EXACT:
            return None
        scale = _DAY if value.unit == "day" else 1
        low, high = float(np.min(value.low)) * scale, float(np.max(value.high)) * scale
        if not any(side.find_all(sql.Column)):
            return order.constant(low) if low == high else None
        if value.whole or (isinstance(side, sql.Column) and side.name in self.domain.names):
            # ends of other reals may have been rounded, so nothing strict follows from them
            order.steps.append(_Step(order.constant(low), text, False, None))
            order.steps.append(_Step(text, order.constant(high), False, None))
        return text

    def _value(self, side: Any) -> Numbers | None:
        try:
            expression = parse(write_sql(side), self.schema)
        except UsageError:
            return None
        names = measured_columns(expression, self.derived)
        if math.prod(self.domain.shape(names)) > _MOST_OF_A_SIDE:
            return None
        columns = {name: self.domain[name] for name in names}
        axes = np.ix_(*(np.arange(column.size) for column in columns.values()))
        reader = Reader(columns=columns, derived=self.derived)
        value = value_of(expression, dict(zip(columns, axes, strict=True)), reader)
        return value if isinstance(value, Numbers) else None
