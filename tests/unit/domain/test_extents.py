"""Results allow at least what their arguments allow, and null goes through as in SQL."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from synth_assets.domain.extents import (
    NULL,
    Numbers,
    Texts,
    Truth,
    UnknownError,
    absolute,
    added,
    both,
    coalesced,
    either,
    equal,
    is_null,
    joined,
    less,
    multiplied,
    negation,
)

WORDS = (True, False, None)
SETS = [words for size in (1, 2, 3) for words in product(WORDS, repeat=size) if len(set(words)) == size]


def truth(words: Any) -> Truth:
    return Truth(np.bool_(True in words), np.bool_(False in words), np.bool_(None in words))


def words(value: Any) -> set[Any]:
    return {word for word, possible in zip(WORDS, (value.true, value.false, value.null), strict=True) if possible}


def _and(one: Any, other: Any) -> Any:
    return False if False in (one, other) else None if None in (one, other) else True


def _or(one: Any, other: Any) -> Any:
    return True if True in (one, other) else None if None in (one, other) else False


@pytest.mark.parametrize(("connect", "rule"), [(both, _and), (either, _or)])
def test_connected_truths_are_all_that_their_sides_can_give(connect: Any, rule: Any) -> None:
    for left, right in product(SETS, SETS):
        assert words(connect(truth(left), truth(right))) == {rule(one, other) for one in left for other in right}


def test_not_swaps_and_keeps_null() -> None:
    assert words(negation(truth([True, None]))) == {False, None}
    assert words(is_null(truth([True, None]), NULL)) == {True, False}
    assert words(is_null(truth([None]), truth([True]))) == {False}


def numbers(low: float, high: float, **more: Any) -> Numbers:
    return Numbers(np.array([low]), np.array([high]), np.array([False]), max(abs(low), abs(high)), **more)


def test_arithmetic_spans_its_ends() -> None:
    a, b = numbers(-2, 3), numbers(-5, 4)
    for value, ends in ((added(a, b), (-7, 7)), (multiplied(a, b), (-15, 12)), (absolute(a), (0, 3))):
        assert (value.low[0], value.high[0]) == ends


def test_reals_that_touch_may_be_in_any_order_and_whole_numbers_may_not() -> None:
    assert words(less(numbers(3, 5), numbers(1, 3))) == {True, False}
    assert words(less(numbers(3, 5, whole=True), numbers(1, 3, whole=True))) == {False}
    assert words(equal(numbers(3, 3, whole=True), numbers(3, 3, whole=True))) == {True}
    assert words(equal(numbers(3, 3), numbers(3, 3))) == {True, False}


def test_whole_numbers_that_may_overflow_are_unknown() -> None:
    large = numbers(0, 2**40, whole=True)
    with pytest.raises(UnknownError):
        multiplied(large, large)
    assert not multiplied(large, numbers(0, 2**20, whole=True)).whole


def test_what_cannot_be_compared_is_unknown() -> None:
    text = Texts(np.array([0]), np.array([False]))
    for left, right in ((text, numbers(0, 1)), (numbers(0, 1), numbers(0, 1, unit="day"))):
        with pytest.raises(UnknownError):
            less(left, right)


def test_the_first_that_is_not_null_is_any_of_them() -> None:
    maybe = Numbers(np.array([1.0]), np.array([2.0]), np.array([True]), 2.0)
    value = coalesced(maybe, numbers(7, 9))
    assert (value.low[0], value.high[0], bool(value.null[0])) == (1, 9, False)  # type: ignore[union-attr]
    chosen = joined([(np.array([False]), numbers(1, 2)), (np.array([True]), numbers(5, 6))])
    assert (chosen.low[0], chosen.high[0]) == (5, 6)  # type: ignore[union-attr]
