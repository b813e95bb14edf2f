"""Sample rows that keep the rules, by drawing again instead of rows that break one, within limits.

Replacing a row that breaks a rule by a later draw that keeps it samples from
the generator's distribution given the rules (rejection sampling). If this does not
succeed, nothing is forced: a rule that no draw keeps is set aside, the rows
stay, and the rule's own check fails. See docs/adr/0100-rejection.md.

As with SQL's CHECK, a row breaks a rule if the rule is false; unknown (because a
value is null) is not false. A rule that is never *true* is set aside nevertheless,
because rows with null everywhere must not satisfy it.

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

__all__ = ["MOST_ATTEMPTS", "Draw", "KeptRows", "keep_rules", "kept"]

MOST_ATTEMPTS = 64
_FEWEST_ROWS = 4096
_MOST_ROWS = 1_000_000
_ENOUGH_FOR_ONE_RULE = 1 << 16
"""A rule that no draw among this many keeps is set aside."""
_ENOUGH_FOR_ALL = 1_000_000
"""If no draw among this many keeps all rules together, drawing ends."""

Draw = Callable[[int, int], pa.Table]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRows:
    """Sampled rows and the number that break each rule.

    Attributes:
        table: the rows.
        violations: rows of ``table`` that break each rule.
        drawn: total number of rows that were drawn.
    """

    table: pa.Table
    violations: dict[str, int]
    drawn: int


def kept(table: pa.Table, rules: Mapping[str, Expression], *, unknown: bool = True) -> NDArray[np.bool_]:
    """Return which rows keep which rule, shape (rules, rows); null counts as ``unknown``."""
    values = evaluate(list(rules.values()), table)
    return np.array([results.fill_null(unknown).to_numpy() for results in values], dtype=bool).reshape(
        len(rules), table.num_rows
    )


def keep_rules(rows: int, *, draw: Draw, rules: Mapping[str, Expression]) -> KeptRows:
    """Return ``rows`` rows that keep every rule, as far as draws that keep it are found.

    Args:
        rows: number of rows.
        draw: returns rows for a number of rows and the number of an attempt (0, 1, 2, ...);
            the result must depend on nothing else.
        rules: boolean expressions.
    """
    search = _Search(draw(rows, 0), rules)
    while search.worth_another:
        search.offer(draw(search.next_rows(), search.attempt))
    return search.result()


class _Search:
    """The rows so far, and the acceptance rates of the rules so far."""

    def __init__(self, first: pa.Table, rules: Mapping[str, Expression]) -> None:
        self.attempt = 1
        self._rules = rules
        self._pieces = [first]
        self._source_row = np.arange(first.num_rows)
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
        """Return how many draws should replace all broken rows at the acceptance so far; at most doubles the total."""
        missing = np.count_nonzero(self._broken(self._kept))
        acceptance = (self._accepted + 1) / (self._tried + 2)
        most = min(_MOST_ROWS, max(_ENOUGH_FOR_ONE_RULE, self._tried))
        return int(np.clip(math.ceil(1.1 * missing / acceptance), _FEWEST_ROWS, most))

    def offer(self, table: pa.Table) -> None:
        """Replace rows by those of ``table`` that break fewer rules."""
        offered = kept(table, self._rules)
        self.attempt += 1
        self._drawn += table.num_rows
        if not self._ever.all():
            self._ever |= kept(table, self._rules, unknown=False).any(axis=1)
        self._learn(offered)
        possible = self._active & self._ever
        replaced, chosen = _pair(self._broken(self._kept, possible), self._broken(offered, possible))
        start = sum(piece.num_rows for piece in self._pieces)
        self._pieces.append(table.take(pa.array(chosen)))
        self._source_row[replaced] = start + np.arange(chosen.size)
        self._kept[:, replaced] = offered[:, chosen]

    def result(self) -> KeptRows:
        alone = len(self._pieces) == 1
        table = self._pieces[0] if alone else pa.concat_tables(self._pieces).take(pa.array(self._source_row))
        broken = np.count_nonzero(~self._kept, axis=1).tolist()
        return KeptRows(
            table=table.combine_chunks(),
            violations=dict(zip(self._rules, broken, strict=True)),
            drawn=self._drawn,
        )

    def _broken(self, kept_rules: NDArray[np.bool_], rules: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """Count the broken rules of each row, among ``rules`` or among all that are not set aside."""
        chosen = self._active if rules is None else rules
        return np.asarray((~kept_rules[chosen]).sum(axis=0), dtype=np.int64)

    def _learn(self, kept_rules: NDArray[np.bool_]) -> None:
        given_up = ~self._ever & (self._drawn >= _ENOUGH_FOR_ONE_RULE)
        if (self._active & given_up).any():
            self._active &= ~given_up
            self._tried, self._accepted = 0, 0
        self._tried += kept_rules.shape[1]
        self._accepted += int(np.count_nonzero(self._broken(kept_rules) == 0))


def _pair(have: NDArray[np.int64], offered: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pair the rows to replace, worst first, with offered rows that are better.

    If there are more good rows than needed, evenly spaced ones are taken, because the
    order of a generator's rows may be meaningful.
    """
    worst = np.argsort(-have, kind="stable")[: np.count_nonzero(have)]
    good = np.flatnonzero(offered == 0)
    if good.size > worst.size:
        good = good[np.arange(worst.size) * good.size // max(worst.size, 1)]
    order = np.argsort(offered, kind="stable")
    chosen = np.concatenate([good, order[offered[order] > 0]])[: worst.size]
    better = offered[chosen] < have[worst[: chosen.size]]
    return worst[: chosen.size][better], chosen[better]
