"""What values can be, and what follows for a result: intervals, three-valued truth, texts.

:class:`Numbers` lie between two ends; :class:`Truth` says which of true, false and null is
possible; :class:`Texts` are known. The parts of each are arrays that broadcast, or one value for all rows.
Every operation allows at least what its arguments allow; what else there is raises :class:`UnknownError`.

Example:
    >>> a, b = Numbers(np.array([0.0, 5.0]), np.array([4.0, 9.0]), False, 9.0), Numbers(4.0, 4.0, False, 4.0)
    >>> at_most(a, b).true, at_most(a, b).false
    (array([ True, False]), array([ True,  True]))
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

import numpy as np

__all__ = [
    "EXACT",
    "NULL",
    "Numbers",
    "Texts",
    "Truth",
    "UnknownError",
    "Value",
    "absolute",
    "added",
    "at_most",
    "both",
    "coalesced",
    "either",
    "equal",
    "is_null",
    "joined",
    "less",
    "multiplied",
    "negated",
    "negation",
    "truth_of",
]

EXACT = 2.0**53
"""Beyond it doubles skip whole numbers."""
_OVERFLOW = 2.0**62
_DAY = 86_400


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Whether something can be true, can be false, can be null."""

    true: Any
    false: Any
    null: Any


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """Numbers between two ends, both possible; without any where the ends cross.

    Attributes:
        low: the lower end.
        high: the upper end.
        null: whether it can be null.
        largest: no number of any row is farther from 0.
        unit: what is counted: numbers, days or seconds since 1970.
        whole: whether all of them are whole, and told apart by doubles.
    """

    low: Any
    high: Any
    null: Any
    largest: float
    unit: str = "number"
    whole: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """One text per row, as its number in a list that all texts share."""

    number: Any
    null: Any


class UnknownError(Exception):
    """An expression can be anything."""


Value = Truth | Numbers | Texts
NULL = Truth(False, False, True)
"""What is null everywhere."""


def truth_of(value: Value) -> Truth:
    """Return a value that is true or false.

    Raises:
        UnknownError: it is something else.
    """
    if not isinstance(value, Truth):
        raise UnknownError
    return value


def both(left: Value, right: Value) -> Truth:
    """Return what AND gives."""
    a, b = truth_of(left), truth_of(right)
    null = (a.null & (b.true | b.null)) | (b.null & (a.true | a.null))
    return Truth(a.true & b.true, a.false | b.false, null)


def negation(value: Value) -> Truth:
    """Return what NOT gives."""
    truth = truth_of(value)
    return Truth(truth.false, truth.true, truth.null)


def either(left: Value, right: Value) -> Truth:
    """Return what OR gives."""
    return negation(both(negation(left), negation(right)))


def is_null(value: Value, tested: Value) -> Truth:
    """Return what IS gives, beside null, true or false."""
    if tested is not NULL:  # IS TRUE, IS FALSE
        truth, wanted = truth_of(value), truth_of(tested)
        same = truth.true if wanted.true else truth.false
        return Truth(same, truth.null | (truth.false if wanted.true else truth.true), same & False)
    if isinstance(value, Numbers):
        known = value.low <= value.high
    elif isinstance(value, Truth):
        known = value.true | value.false
    else:
        known = np.logical_not(value.null)
    return Truth(value.null, known, np.logical_and(value.null, False))


def _aligned(left: Value, right: Value) -> tuple[Numbers, Numbers]:
    """Return two sides of a comparison in one unit."""
    if not isinstance(left, Numbers) or not isinstance(right, Numbers):
        raise UnknownError
    if left.unit == right.unit:
        return left, right
    if {left.unit, right.unit} != {"day", "second"}:
        raise UnknownError
    return _in_seconds(left), _in_seconds(right)


def _in_seconds(side: Numbers) -> Numbers:
    if side.unit == "second":
        return side
    return Numbers(side.low * _DAY, side.high * _DAY, side.null, side.largest * _DAY, "second")


def at_most(left: Value, right: Value) -> Truth:
    """Return what ``<=`` gives."""
    a, b = _aligned(left, right)
    return Truth(a.low <= b.high, _below(b.low, a.high, a, b), _either_null(a, b))


def less(left: Value, right: Value) -> Truth:
    """Return what ``<`` gives."""
    a, b = _aligned(left, right)
    return Truth(_below(a.low, b.high, a, b), b.low <= a.high, _either_null(a, b))


def _below(low: Any, high: Any, a: Numbers, b: Numbers) -> Any:
    return low < high if a.whole and b.whole else low <= high


def _either_null(a: Any, b: Any) -> Any:
    return np.logical_or(a.null, b.null)


def equal(left: Value, right: Value) -> Truth:
    """Return what ``=`` gives."""
    if isinstance(left, Truth) and isinstance(right, Truth):
        same = (left.true & right.true) | (left.false & right.false)
        other = (left.true & right.false) | (left.false & right.true)
        return Truth(same, other, _either_null(left, right))
    if isinstance(left, Texts) and isinstance(right, Texts):
        null = _either_null(left, right)
        same = left.number == right.number
        return Truth(same & ~null, ~same & ~null, null)
    a, b = _aligned(left, right)
    some = (a.low <= a.high) & (b.low <= b.high)
    meet = np.maximum(a.low, b.low) <= np.minimum(a.high, b.high)
    single = (a.low == a.high) & (b.low == b.high) & (a.low == b.low)
    # Reals that doubles make one number may differ before they were rounded, so single ones may be unequal.
    certain = single if a.whole and b.whole else single & False
    return Truth(meet & some, some & ~certain, _either_null(a, b))


def added(left: Value, right: Value) -> Numbers:
    """Return a sum."""
    a, b = _counted(left, right)
    return _made(a.low + b.low, a.high + b.high, a, b, largest=a.largest + b.largest)


def negated(value: Value) -> Numbers:
    """Return the opposite number."""
    if not isinstance(value, Numbers) or value.unit != "number":
        raise UnknownError
    return Numbers(-value.high, -value.low, value.null, value.largest, whole=value.whole)


def multiplied(left: Value, right: Value) -> Numbers:
    """Return a product."""
    a, b = _counted(left, right)
    some = (a.low <= a.high) & (b.low <= b.high)
    with np.errstate(invalid="ignore"):
        ends = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    low, high = reduce(np.minimum, ends), reduce(np.maximum, ends)
    return _made(np.where(some, low, np.inf), np.where(some, high, -np.inf), a, b, largest=a.largest * b.largest)


def absolute(value: Value) -> Numbers:
    """Return the distance to 0."""
    if not isinstance(value, Numbers) or value.unit != "number":
        raise UnknownError
    some = value.low <= value.high
    low = np.maximum(np.maximum(value.low, -value.high), 0.0)
    high = np.maximum(-value.low, value.high)
    return Numbers(
        np.where(some, low, np.inf), np.where(some, high, -np.inf), value.null, value.largest, whole=value.whole
    )


def _counted(left: Value, right: Value) -> tuple[Numbers, Numbers]:
    a, b = _aligned(left, right)
    if a.unit != "number":
        raise UnknownError
    return a, b


def _made(low: Any, high: Any, a: Numbers, b: Numbers, *, largest: float) -> Numbers:
    """Return a result; whole numbers that doubles do not tell apart are not whole any more.

    Raises:
        UnknownError: whole numbers of the engine may overflow.
    """
    whole = a.whole and b.whole
    if whole and largest >= _OVERFLOW:
        raise UnknownError
    return Numbers(low, high, _either_null(a, b), largest, whole=whole and largest < EXACT)


def joined(values: Sequence[tuple[Any, Value]]) -> Value:
    """Return what a value can be that is one of several, each where its condition can be true."""
    if all(isinstance(value, Truth) for _, value in values):
        pairs = [(where, truth_of(value)) for where, value in values]
        true, false, null = (
            reduce(or_, (np.logical_and(where, getattr(truth, part)) for where, truth in pairs))
            for part in ("true", "false", "null")
        )
        return Truth(true, false, null)
    numbers = [(where, _number_or_null(value)) for where, value in values]
    units = {number.unit for _, number in numbers if not _always_null(number)}
    if len(units) != 1:
        raise UnknownError
    low = reduce(np.minimum, (np.where(where, number.low, np.inf) for where, number in numbers))
    high = reduce(np.maximum, (np.where(where, number.high, -np.inf) for where, number in numbers))
    null = reduce(or_, (np.logical_and(where, number.null) for where, number in numbers))
    largest = max(number.largest for _, number in numbers)
    return Numbers(low, high, null, largest, units.pop(), all(number.whole for _, number in numbers))


def _number_or_null(value: Value) -> Numbers:
    if value is NULL:
        return Numbers(np.inf, -np.inf, True, 0.0, whole=True)
    if not isinstance(value, Numbers):
        raise UnknownError
    return value


def _always_null(number: Numbers) -> bool:
    return number.null is True


def coalesced(*values: Value) -> Value:
    """Return the first value that is not null."""
    left, chosen = np.bool_(True), []
    for value in values:
        chosen.append((left, _without_null(value)))
        left = np.logical_and(left, value.null)
    return joined([*chosen, (left, NULL)])


def _without_null(value: Value) -> Value:
    if isinstance(value, Truth):
        return Truth(value.true, value.false, False)
    if isinstance(value, Numbers):
        return Numbers(value.low, value.high, False, value.largest, value.unit, value.whole)
    raise UnknownError
