"""Rows that keep the rules: draw again in place of those that break one, inside a bound.

Replacing a row that breaks a rule by a later draw that keeps it samples from
the generator's distribution given the rules (rejection sampling). What cannot
be had that way is not forced: a rule that no draw keeps is set aside, the rows
stay, and the rule's own check fails. See docs/adr/0100-rejection.md.

As with SQL's CHECK, a row breaks a rule when the rule is false; unknown
(because something is null) is not false. A rule that no draw makes *true* is
set aside all the same: it must not be kept by rows that are all null.

Example:
    >>> import pyarrow as pa
    >>> from synth_assets.domain.expressions import parse
    >>> def draw(rows: int, attempt: int) -> pa.Table:
    ...     return pa.table({"age": np.arange(rows) % 4 + attempt})
    >>> rules = {"adult": parse("age >= 2", pa.schema([("age", pa.int64())]))}
    >>> kept = keep_rules(4, draw=draw, rules=rules)
    >>> min(kept.table["age"].to_pylist()), kept.violations
    (2, {'adult': 0})

References:
    von Neumann (1951), "Various Techniques Used in Connection with Random Digits".
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain.expressions import Expression, evaluate

__all__ = ["MOST_ATTEMPTS", "KeptRows", "keep_rules", "kept"]

MOST_ATTEMPTS = 64
_FEWEST_ROWS = 4096
_MOST_ROWS = 1_000_000
_ENOUGH_FOR_ONE_RULE = 1 << 16
"""A rule that none of so many draws keeps is set aside."""
_ENOUGH_FOR_ALL = 1_000_000
"""When none of so many draws keeps all rules together, drawing ends."""

Draw = Callable[[int, int], pa.Table]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRows:
    """Sampled rows and how well they keep the rules.

    Attributes:
        table: the rows.
        violations: rows of ``table`` that break each rule.
        drawn: rows that were drawn in all.
    """

    table: pa.Table
    violations: dict[str, int]
    drawn: int


def kept(table: pa.Table, rules: Mapping[str, Expression], *, unknown: bool = True) -> NDArray[np.bool_]:
    """Tell which rows keep which rule, shape (rules, rows); ``unknown`` is what null counts as."""
    values = evaluate(list(rules.values()), table)
    return np.array([item.fill_null(unknown).to_numpy() for item in values], dtype=bool).reshape(
        len(rules), table.num_rows
    )


def keep_rules(rows: int, *, draw: Draw, rules: Mapping[str, Expression]) -> KeptRows:
    """Return ``rows`` rows that keep every rule where draws that do can be found.

    Args:
        rows: how many.
        draw: gives rows for a number of rows and of an attempt (0, 1, 2, ...);
            its answer may depend on nothing else.
        rules: true-or-false expressions.
    """
    search = _Search(draw(rows, 0), rules)
    while search.worth_another:
        search.offer(draw(search.next_rows(), search.attempt))
    return search.result()


class _Search:
    """The rows so far, and what is known about how hard the rules are to keep."""

    def __init__(self, first: pa.Table, rules: Mapping[str, Expression]) -> None:
        self.attempt = 1
        self._rules = rules
        self._pieces = [first]
        self._place = np.arange(first.num_rows)
        self._kept = kept(first, rules)
        self._drawn = first.num_rows
        self._ever = kept(first, rules, unknown=False).any(axis=1)
        self._active = np.ones(len(rules), dtype=bool)
        self._tried, self._accepted = 0, 0
        self._learn(self._kept)

    @property
    def worth_another(self) -> bool:
        hopeless = self._accepted == 0 and self._tried >= _ENOUGH_FOR_ALL
        return self.attempt <= MOST_ATTEMPTS and not hopeless and bool(self._broken(self._kept).any())

    def next_rows(self) -> int:
        """Return how many draws should replace all broken rows, by the acceptance so far; at most double in all."""
        missing = np.count_nonzero(self._broken(self._kept))
        acceptance = (self._accepted + 1) / (self._tried + 2)
        most = min(_MOST_ROWS, max(_ENOUGH_FOR_ONE_RULE, self._tried))
        return int(np.clip(math.ceil(1.1 * missing / acceptance), _FEWEST_ROWS, most))

    def offer(self, table: pa.Table) -> None:
        """Take from ``table`` the rows that break fewer rules than rows we have."""
        found = kept(table, self._rules)
        self.attempt += 1
        self._drawn += table.num_rows
        if not self._ever.all():
            self._ever |= kept(table, self._rules, unknown=False).any(axis=1)
        self._learn(found)
        possible = self._active & self._ever
        places, chosen = _pair(self._broken(self._kept, possible), self._broken(found, possible))
        start = sum(piece.num_rows for piece in self._pieces)
        self._pieces.append(table.take(pa.array(chosen)))
        self._place[places] = start + np.arange(chosen.size)
        self._kept[:, places] = found[:, chosen]

    def result(self) -> KeptRows:
        alone = len(self._pieces) == 1
        table = self._pieces[0] if alone else pa.concat_tables(self._pieces).take(pa.array(self._place))
        broken = np.count_nonzero(~self._kept, axis=1).tolist()
        return KeptRows(
            table=table.combine_chunks(),
            violations=dict(zip(self._rules, broken, strict=True)),
            drawn=self._drawn,
        )

    def _broken(self, found: NDArray[np.bool_], rules: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """Count the broken rules of each row: of ``rules``, or of all that are not set aside."""
        chosen = self._active if rules is None else rules
        return np.asarray((~found[chosen]).sum(axis=0), dtype=np.int64)

    def _learn(self, found: NDArray[np.bool_]) -> None:
        given_up = ~self._ever & (self._drawn >= _ENOUGH_FOR_ONE_RULE)
        if (self._active & given_up).any():
            self._active &= ~given_up
            self._tried, self._accepted = 0, 0
        self._tried += found.shape[1]
        self._accepted += int(np.count_nonzero(self._broken(found) == 0))


def _pair(have: NDArray[np.int64], offered: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pair the rows to replace, worst first, with offered rows that are better.

    Of more good rows than needed, evenly spaced ones are taken: a generator
    may draw its rows in an order that means something.
    """
    places = np.argsort(-have, kind="stable")[: np.count_nonzero(have)]
    good = np.flatnonzero(offered == 0)
    if good.size > places.size:
        good = good[np.arange(places.size) * good.size // max(places.size, 1)]
    order = np.argsort(offered, kind="stable")
    chosen = np.concatenate([good, order[offered[order] > 0]])[: places.size]
    better = offered[chosen] < have[places[: chosen.size]]
    return places[: chosen.size][better], chosen[better]
