r"""The code of a value as an expression, made by asking the kernel's own encoder.

A number becomes its code by a step function: between two of its bounds, special values and null tokens the
code is the same. So the encoder is asked at each of them and just behind, and what it says is
written as a search among steps. Texts are compared with those that the column names, again with the
codes that the encoder gives them. There is no second encoder that could say something else.

Example:
    >>> from synth_assets.source.sql.flavours import flavour_of
    >>> age = Column(name="age", kind="integer", minimum=0, maximum=99, edges=(18,), nullable=True)
    >>> coded(age, "int64", flavour_of("sqlite")).sql("sqlite").partition(" THEN ")[2]
    'CASE WHEN CAST("age" AS REAL) >= 18.0 THEN 1 ELSE 0 END ELSE 2 END'
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

from synth_assets.domain import Column
from synth_assets.domain.codes import encode
from synth_assets.domain.kinds.boolean import Boolean
from synth_assets.domain.kinds.number import Number
from synth_assets.domain.kinds.temporal import Temporal
from synth_assets.domain.times import DAY, WHOLE_SECONDS
from synth_assets.source.sql.expressions import Tree, any_of, between, call, case, equal, number, parameter, text
from synth_assets.source.sql.expressions import column as column_of
from synth_assets.source.sql.flavours import Flavour

__all__ = ["BLANKS", "MICROSECONDS", "Step", "coded", "regrouped", "search", "steps_of", "stepwise", "text_of"]

MICROSECONDS = 1_000_000
"""Of a second."""

BLANKS = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
"""What Python strips from the ends of a text; bound as the parameter ``blanks``."""
_LARGEST = float(np.finfo(np.float64).max)
_WORDS = ("true", "t", "yes", "y", "1", "false", "f", "no", "n", "0")


@dataclass(frozen=True, slots=True)
class Step:
    """From a number on (or just behind it, if it is not ``closed``) the code is this one; the first has no start."""

    start: float
    closed: bool
    code: int


def coded(column: Column, registered: str, flavour: Flavour) -> Tree:
    """Return the fine code of a column, given its normal form under its own name.

    Args:
        column: one of those that ``domain.countable`` has no reason against.
        registered: its type.
        flavour: how doubles are written.
    """
    value = column_of(column.name)
    if column.numeric:
        encode_numbers = partial(cast("Number", column.kind_of).encode_numbers, column)
        return stepwise(column, registered, flavour, of=encode_numbers, default=column.fallback_code)
    if registered == "double":
        return _coded_bits(column, value)
    if registered == "bool":
        return _coded_truth(column, value)
    return _coded_texts(column, text_of(column.name, registered))


def text_of(name: str, registered: str) -> Tree:
    """Return the text of a column in normal form, as the kernel writes texts, integers and truth values."""
    value = column_of(name)
    if registered == "bool":
        return case([(value, text("true")), (exp.Not(this=value.copy()), text("false"))])
    return value if registered == "text" else exp.cast(value, "TEXT")


def steps_of(points: Iterable[float], code: Callable[[NDArray[np.float64]], NDArray[Any]]) -> list[Step]:
    """Return a step function of doubles.

    Args:
        points: every finite number at which the code changes, in any order, and others.
        code: returns the code of each number, shape (numbers,).
    """
    ordered = np.array(sorted(set(points)), dtype=np.float64)
    after = np.nextafter(ordered, math.inf)
    codes = code(np.concatenate([[-_LARGEST], ordered, after])).tolist()
    at, behind = codes[1 : 1 + ordered.size], codes[1 + ordered.size :]
    steps = [Step(-math.inf, True, codes[0])]
    for start, here, there in zip(ordered.tolist(), at, behind, strict=True):
        steps += [Step(start, True, here), Step(start, False, there)]
    return _merged(steps)


def search(steps: Sequence[Step], at_or_after: Callable[[Step], Tree]) -> Tree:
    """Return the code of the last step that was reached, as a balanced tree of conditions."""
    if len(steps) == 1:
        return number(steps[0].code)
    middle = len(steps) // 2
    later, earlier = search(steps[middle:], at_or_after), search(steps[:middle], at_or_after)
    # all three are new, so that none need be copied as `case` does
    return exp.Case(ifs=[exp.If(this=at_or_after(steps[middle]), true=later)], default=earlier)


def regrouped(value: Tree, groups: NDArray[np.int64], *, unit: int = 1) -> Tree:
    """Return the group of a code, ``groups[code]``; a value counts codes in a unit, and is rounded down."""
    steps = _merged([Step(code * unit, True, group) for code, group in enumerate(groups.tolist())])
    return search(steps, lambda step: exp.GTE(this=value.copy(), expression=number(int(step.start))))


def _merged(steps: Sequence[Step]) -> list[Step]:
    """Leave out steps at which nothing changes."""
    return [step for index, step in enumerate(steps) if not index or step.code != steps[index - 1].code]


def stepwise(
    column: Column,
    registered: str,
    flavour: Flavour,
    *,
    of: Callable[[NDArray[np.float64]], NDArray[Any]],
    default: int,
) -> Tree:
    """Return a whole number that a column's numbers are mapped to and that changes nowhere but where its codes do.

    Args:
        column: a column with an order, in normal form under its own name.
        registered: its type.
        flavour: how doubles are written.
        of: the map, as NumPy has it.
        default: the number of null and of what is not finite.
    """
    kind, value = cast("Number", column.kind_of), column_of(column.name)
    tokens = [kind.read(column, token) for token in column.null_tokens]
    points = [*kind.lower_ends(column).tolist(), *column.specials, column.minimum, column.maximum, *tokens]
    finite = [float(point) for point in points if math.isfinite(point)]
    if registered in WHOLE_SECONDS:
        known: Tree = exp.Not(this=exp.Is(this=value, expression=exp.null()))
        found = search(_tick_steps(finite, of), lambda step: _reached_tick(step, column, registered))
        return case([(known, found)], default=number(default))
    value = exp.cast(value, "DOUBLE")

    def reached(step: Step) -> Tree:
        compare = exp.GTE if step.closed else exp.GT
        return compare(this=value.copy(), expression=flavour.double(step.start))

    known = between(value, flavour.double(-_LARGEST), flavour.double(_LARGEST))
    return case([(known, search(steps_of(finite, of), reached))], default=number(default))


def _tick_steps(points: Iterable[float], code: Callable[[NDArray[np.float64]], NDArray[Any]]) -> list[Step]:
    """Return a step function of whole ticks."""
    ordered = sorted({whole for point in points for whole in (math.ceil(point), math.floor(point) + 1)})
    codes = code(np.array([-_LARGEST, *ordered], dtype=np.float64)).tolist()
    starts = [-math.inf, *map(float, ordered)]
    return _merged([Step(start, True, code) for start, code in zip(starts, codes, strict=True)])


def _reached_tick(step: Step, column: Column, registered: str) -> Tree:
    """Return whether a count of days or microseconds is at or behind the first moment of a tick."""
    start, tick = int(step.start), cast("Temporal", column.kind_of).seconds(column)
    is_day = WHOLE_SECONDS[registered] == DAY
    first = -(-start * tick // DAY) if is_day else start * tick * MICROSECONDS
    return exp.GTE(this=column_of(column.name), expression=number(first))


def _coded_bits(column: Column, value: Tree) -> Tree:
    one, zero = (_code_of(column, digit) for digit in ("1", "0"))
    branches = [(equal(value, number(1)), number(one)), (equal(value, number(0)), number(zero))]
    return case(branches, default=number(_code_of(column, None)))


def _coded_truth(column: Column, value: Tree) -> Tree:
    true, false = (_code_of(column, word) for word in ("true", "false"))
    branches = [(value, number(true)), (exp.Not(this=value.copy()), number(false))]
    return case(branches, default=number(_code_of(column, None)))


def _coded_texts(column: Column, value: Tree) -> Tree:
    blank = equal(_stripped(value), text(""))
    null = any_of(exp.Is(this=value.copy(), expression=exp.null()), blank)
    branches = [(null, number(_code_of(column, None)))]
    exact = dict.fromkeys((*column.null_tokens, *column.categories))
    branches += [(equal(value, text(word)), number(_code_of(column, word))) for word in exact if word.strip()]
    if isinstance(column.kind_of, Boolean):
        word = call("LOWER", _stripped(value))
        for code in (1, 0):
            words = [word for word in _WORDS if _code_of(_plain(column), word) == code]
            listed = [text(word + end) for word in words for end in ("", ".0")]
            branches.append((word.isin(*listed), number(code)))
    return case(branches, default=number(_code_of(column, _unlisted(column))))


def _plain(column: Column) -> Column:
    """Return the same column without tokens, which are compared as they are written."""
    return Column(name=column.name, kind=column.kind, nullable=True)


def _stripped(value: Tree) -> Tree:
    return exp.Trim(this=value.copy(), expression=parameter("blanks"))


def _code_of(column: Column, word: str | None) -> int:
    return int(encode(column, np.array([word], dtype=object))[0])


def _unlisted(column: Column) -> str:
    """Return a text that the column does not name."""
    listed = {*column.categories, *column.null_tokens, *_WORDS}
    return next(word for length in range(1, len(listed) + 2) if (word := "?" * length) not in listed)
