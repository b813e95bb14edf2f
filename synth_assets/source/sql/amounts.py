"""Numbers beyond their bins, in SQL: as they are compared with others (orders), and how round they are (heaps).

The steps at which a number counts are the kernel's, as in ``source.sql.coding``. Between them the arithmetic is
written out: multiples of a step by the same operations on doubles, digits by remainders of integers. It is done in
stages, because each names what the one before it made.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np
from sqlglot import exp

from synth_assets.domain import Column
from synth_assets.domain.amounts import several
from synth_assets.domain.heaping import ELSEWHERE, ENDING_OF, FINER, ZERO, HeapedColumn, Heaping
from synth_assets.domain.kinds.grid import Grid
from synth_assets.domain.kinds.number import Number
from synth_assets.domain.kinds.temporal import Temporal
from synth_assets.domain.times import DAY, WHOLE_SECONDS
from synth_assets.source.sql.coding import MICROSECONDS, Step, coded, regrouped, search, stepwise
from synth_assets.source.sql.expressions import Tree, call, case, equal, number
from synth_assets.source.sql.expressions import column as column_of
from synth_assets.source.sql.flavours import Flavour

__all__ = ["Staged", "compared_in_sql", "staged"]

_TINY = 1e-200
"""Smaller numbers count as this, or as zero: PostgreSQL refuses to divide what becomes too small for a double."""
_TEN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """An expression over columns that are made in stages before it.

    Attributes:
        value: the expression.
        stages: names and expressions; each stage sees the columns of the one before.
        is_text: whether it is a text, which stands in the bounding by its hash.
    """

    value: Tree
    is_text: bool = False
    stages: Sequence[Mapping[str, Tree]] = field(default=())


def staged(column: Column, registered: str, flavour: Flavour, *, fresh: Callable[[], str]) -> Staged:
    """Return the code of a column, also of one that is read as heaps.

    Args:
        column: see ``coding.coded``.
        registered: see ``coding.coded``.
        flavour: see ``coding.coded``.
        fresh: returns a name that nothing has.
    """
    if isinstance(column, HeapedColumn):
        return _heap(column, registered, flavour, names=[fresh() for _ in range(3)])
    return Staged(value=coded(column, registered, flavour))


def compared_in_sql(column: Column, registered: str, flavour: Flavour) -> Tree:
    """Return a number of which the order is that of ``domain.amounts.compared``; null for what is not compared."""
    held, kind = several(column), cast("Number", column.kind_of)
    is_held = stepwise(
        column,
        registered,
        flavour,
        of=lambda numbers: held[kind.encode_numbers(column, numbers)].astype(int),
        default=0,
    )
    if registered in WHOLE_SECONDS:
        amount = _first_moment(column, registered)
    else:
        amount = _clamped(column, exp.cast(column_of(column.name), "DOUBLE"), flavour)
        if column.step or kind.whole:
            grid = Grid.of(column.step or 1)
            amount = _multiple(exp.paren(_count_below(amount, grid, flavour)), grid, flavour)
    return case([(equal(is_held, number(1)), amount)])


def _first_moment(column: Column, registered: str) -> Tree:
    """Return the first microsecond of the tick, clamped."""
    tick = cast("Temporal", column.kind_of).seconds(column) * MICROSECONDS
    micros: Tree = exp.cast(column_of(column.name), "BIGINT")
    if registered == "date32[day]":
        # 64 bits do not hold the microseconds of every day; those around the range are enough to be clamped below
        first, last = (int(end) * tick // (DAY * MICROSECONDS) for end in (column.minimum, column.maximum))
        days = _between_ends(micros, number(first - 1), number(last + 1))
        micros = exp.paren(exp.Mul(this=days, expression=number(DAY * MICROSECONDS)))
    once = exp.paren(exp.Add(this=exp.Mod(this=micros.copy(), expression=number(tick)), expression=number(tick)))
    rest = exp.paren(exp.Mod(this=once, expression=number(tick)))  # not negative, whatever sign the engine gives
    low, high = (number(int(end) * tick) for end in (column.minimum, column.maximum))
    return _between_ends(micros, low, high, inside=exp.Sub(this=micros, expression=rest))


def _heap(column: HeapedColumn, registered: str, flavour: Flavour, *, names: Sequence[str]) -> Staged:
    heaping = Heaping.of(column)
    clamped, units, digits = map(column_of, names)
    has_digits = stepwise(
        column,
        registered,
        flavour,
        of=lambda numbers: (heaping.heaps_of(numbers) != ELSEWHERE).astype(int),
        default=0,
    )
    inside = _clamped(column, exp.cast(column_of(column.name), "DOUBLE"), flavour)
    on_grid, heap = _multiple(units, heaping.grid, flavour), _heap_of_digits(heaping, digits)
    has_step = bool(column.step) or column.kind_of.whole
    if not has_step:
        heap = case([(equal(on_grid, clamped), heap)], default=_finer(heaping, digits))
    listed = [
        (equal(on_grid if has_step else clamped, flavour.double(known)), number(heaping.size + place))
        for place, known in enumerate(column.listed)
    ]
    nowhere = exp.Is(this=clamped.copy(), expression=exp.null())
    return Staged(
        value=case([(nowhere, number(ELSEWHERE)), *listed], default=heap),
        stages=(
            {names[0]: case([(equal(has_digits, number(1)), inside)])},
            {names[1]: _count_below(clamped, heaping.grid, flavour)},
            {names[2]: exp.cast(call("ABS", units), "BIGINT")},
        ),
    )


def _heap_of_digits(heaping: Heaping, digits: Tree) -> Tree:
    """Return the heap of a count of units: by its zeros, then by its length and what stands before the zeros."""
    most = int(heaping.decade[-1])
    branches = [(equal(digits, number(0)), number(ZERO))]
    for level in range(most):
        more = exp.Mod(this=digits.copy(), expression=number(_TEN ** (level + 1)))
        ends_here = exp.NEQ(this=more, expression=number(0))
        branches.append((ends_here, _heap_at_level(heaping, digits, level)))
    # the largest count has at most so many digits, so that one branch holds
    return case(branches, default=number(ZERO))


def _heap_at_level(heaping: Heaping, digits: Tree, level: int) -> Tree:
    unit, most = _TEN**level, int(heaping.decade[-1])
    starts = {
        int(decade): int(np.flatnonzero((heaping.decade == decade) & (heaping.level == level))[0])
        for decade in range(level + 1, most + 1)
    }
    single = starts.pop(level + 1)  # one digit before the zeros: a heap of its own for each
    alone = [Step(digit * unit, True, single + digit - 1) for digit in range(1, 10)]
    if not starts:
        return search(alone, lambda step: _at_least(digits, step))
    lengths = [Step(_TEN ** (decade - 1), True, start) for decade, start in starts.items()]
    before = exp.Mod(this=digits.copy(), expression=number(100 * unit))
    several_digits = exp.Add(
        this=search(lengths, lambda step: _at_least(digits, step)),
        expression=regrouped(before, ENDING_OF, unit=unit),
    )
    few = exp.LT(this=digits.copy(), expression=number(_TEN * unit))
    return case([(few, search(alone, lambda step: _at_least(digits, step)))], default=several_digits)


def _finer(heaping: Heaping, digits: Tree) -> Tree:
    finer = np.flatnonzero(heaping.level == FINER).tolist()  # one per decade, ascending
    steps = [Step(_TEN**place if place else 0, True, heap) for place, heap in enumerate(finer)]
    return search(steps, lambda step: _at_least(digits, step))


def _at_least(value: Tree, step: Step) -> Tree:
    return exp.GTE(this=value.copy(), expression=number(int(step.start)))


def _clamped(column: Column, value: Tree, flavour: Flavour) -> Tree:
    return _between_ends(value, flavour.double(float(column.minimum)), flavour.double(float(column.maximum)))


def _between_ends(value: Tree, low: Tree, high: Tree, *, inside: Tree | None = None) -> Tree:
    """Return a value, or what is given for those inside; below ``low`` that, above ``high`` that."""
    below, above = exp.LT(this=value.copy(), expression=low), exp.GT(this=value.copy(), expression=high)
    return case([(below, low), (above, high)], default=value if inside is None else inside)


def _count_below(value: Tree, grid: Grid, flavour: Flavour) -> Tree:
    """Return the count of the largest multiple that is not above a number, as ``Grid.last``.

    Rounding may make the quotient miss it by one, so that its neighbours are tried.
    """
    tiny, zero = flavour.double(_TINY), flavour.double(0.0)
    small = exp.and_(exp.LT(this=value.copy(), expression=tiny), exp.GTE(this=value.copy(), expression=zero))
    negative = exp.and_(
        exp.LT(this=value.copy(), expression=zero), exp.GT(this=value.copy(), expression=flavour.double(-_TINY))
    )
    safe = case([(small, zero), (negative, flavour.double(-_TINY))], default=value)
    scaled = exp.Mul(this=safe, expression=flavour.double(float(grid.denominator)))
    quotient = flavour.floor(exp.Div(this=scaled, expression=flavour.double(float(grid.numerator)), typed=True))
    next_one = exp.Add(this=quotient.copy(), expression=flavour.double(1.0))
    above = exp.LTE(this=_multiple(exp.paren(next_one), grid, flavour), expression=value.copy())
    here = exp.LTE(this=_multiple(quotient, grid, flavour), expression=value.copy())
    previous = exp.Sub(this=quotient.copy(), expression=flavour.double(1.0))
    return case([(above, next_one), (here, quotient)], default=previous)


def _multiple(count: Tree, grid: Grid, flavour: Flavour) -> Tree:
    product = exp.Mul(this=count.copy(), expression=flavour.double(float(grid.numerator)))
    return exp.Div(this=product, expression=flavour.double(float(grid.denominator)), typed=True)
