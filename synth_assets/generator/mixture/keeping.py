"""Rows of a mixture that keep rules: columns are swapped between rows of a component until their codes can.

Inside a component the columns are independent, so its rows are exchangeable: swapping a column's codes between
two of them changes neither the column's totals nor what the component says of any column. Swaps that
leave no more broken rules are made with rows of the same component, and then, where these did not help, with any
rows if they leave fewer. So columns keep the counts that they were dealt, which are those of the release.

What swaps cannot repair is left where the counts themselves contradict a rule, by noise: a few more rows with
``a = 0`` than with ``b = 0``. There a column is drawn again in its component, among the codes that the others allow.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain.possible import CellRule
from synth_assets.generator.cells.layout import Floats, Integers
from synth_assets.generator.mixture.sampling import ColumnModel

__all__ = ["Keeper"]

Codes = NDArray[np.uint16]
Bools = NDArray[np.bool_]
Partners = Callable[[Integers, np.random.Generator], Integers]
SWEEPS_INSIDE, SWEEPS_OUTSIDE = 12, 16
"""Rounds of swaps with rows of the same component, and with any; twice as many move columns by a tenth less."""
MOST_BROKEN = 0.9
"""Share of the rows as they were dealt that break a rule at most, if rows are made to keep it."""
CANDIDATES = 8
"""Rows that a row may swap with in one sweep, of which one that fits best is taken."""
MOST_IDLE = 6
"""Sweeps without any swap, after which swapping ends."""
ROUNDS = 4
"""Of drawing again what swaps left."""
_CELLS_AT_ONCE = 1 << 20


class Keeper:
    """The codes of a sample and which rules they cannot keep; repaired in place.

    Args:
        codes: fine codes, one array of shape (rows,) per column.
        columns: the columns' distributions in the components, by name.
        rules: what codes can tell of rules.
        owners: the component of each row, ascending.
        weights: of the components.
    """

    def __init__(
        self,
        codes: Sequence[Codes],
        columns: Mapping[str, ColumnModel],
        *,
        rules: Sequence[CellRule],
        owners: Integers,
        weights: Floats,
    ) -> None:
        self._codes = dict(zip(columns, codes, strict=True))
        self._columns, self._owners, self._weights = columns, owners, weights
        broken = [~rule.possible(self._codes) for rule in rules]
        # A rule that hardly any row can keep is set aside, as where rows are drawn again: its own check fails. To hold
        # it nearly all rows would have to be others, and columns would be far from what was measured.
        kept = [rows.mean() <= MOST_BROKEN for rows in broken]
        self._rules = [rule for rule, keep in zip(rules, kept, strict=True) if keep]
        held = [rows for rows, keep in zip(broken, kept, strict=True) if keep]
        self._broken = np.array(held, dtype=bool).reshape(-1, owners.size)
        self._names = tuple(name for name in columns if any(name in rule.columns for rule in self._rules))

    def repair(self, rng: np.random.Generator) -> None:
        """Swap and draw again, in place, until no rule is broken or nothing helps."""
        # Inside a component a swap that only moves a fault elsewhere costs nothing, and may be a step to where it ends.
        self._sweep((self._broken_inside, self._inside), SWEEPS_INSIDE, worst=0, rng=rng)
        self._sweep((self._broken_anywhere, self._anywhere), SWEEPS_OUTSIDE, worst=-1, rng=rng)
        for _ in range(ROUNDS):
            left = np.count_nonzero(self._broken)
            for rule in range(len(self._rules)):
                self._draw_again(rule, rng)
            if np.count_nonzero(self._broken) in (0, left):
                return

    def _sweep(self, choices: Sequence[Partners], most: int, *, worst: int, rng: np.random.Generator) -> None:
        """Swap each column with partners of each choice, so many times, or until nothing is left or helps any more."""
        idle = 0
        for _ in range(most):
            left = np.count_nonzero(self._broken)
            for partners, name in product(choices, self._names):
                self._swap(name, partners, worst=worst, rng=rng)
            idle = idle + 1 if np.count_nonzero(self._broken) == left else 0
            if idle == MOST_IDLE:
                return

    def allows(self, column: int, first: Integers, second: Integers) -> Bools:
        """Return which swaps of a column, by its number, break no rule that was not broken; shape (pairs,)."""
        name = tuple(self._columns)[column]
        readers = self._readers(name)
        allowed = np.ones(first.size, dtype=bool)
        for rows, others in ((first, second), (second, first)) if readers.size else ():
            broken = self._broken_with(readers, rows, {name: self._codes[name][others]})
            allowed &= ~(broken & ~self._broken[np.ix_(readers, rows)]).any(axis=0)
        return allowed

    def _readers(self, name: str) -> Integers:
        """Return the numbers of the rules that read a column."""
        reads = (index for index, rule in enumerate(self._rules) if name in rule.columns)
        return np.fromiter(reads, dtype=np.int64)

    def _swap(self, name: str, partners: Partners, *, worst: int, rng: np.random.Generator) -> None:
        """Swap a column between rows that break one of its rules and others, if ``worst`` more are broken at most."""
        readers = self._readers(name)
        first = rng.permutation(np.flatnonzero(self._broken[readers].any(axis=0)))
        if not first.size:
            return
        second = self._fitting(name, readers, first, partners(first, rng))
        first, second = _disjoint(first, second, rows=self._owners.size)
        swapped, others = np.concatenate([first, second]), np.concatenate([second, first])
        values = self._codes[name][others]
        broken = self._broken_with(readers, swapped, {name: values})
        change = broken.sum(axis=0).astype(np.int64) - self._broken[np.ix_(readers, swapped)].sum(axis=0)
        better = np.flatnonzero(change[: first.size] + change[first.size :] <= worst)
        moved = np.concatenate([better, better + first.size])
        self._codes[name][swapped[moved]] = values[moved]
        self._broken[np.ix_(readers, swapped[moved])] = broken[:, moved]

    def _fitting(self, name: str, readers: Integers, rows: Integers, candidates: Integers) -> Integers:
        """Return for each row that of its candidates, shape (rows, some), with which a swap leaves fewest broken."""
        here = {other: np.broadcast_to(self._codes[other][rows][:, None], candidates.shape) for other in self._names}
        there = {other: self._codes[other][candidates] for other in self._names}
        mine, theirs = {name: here[name]}, {name: there[name]}
        change = -self._broken[readers][:, candidates].sum(axis=0, dtype=np.int64)
        for rule in (self._rules[index] for index in readers):
            change += ~rule.possible({**here, **theirs})
            change += ~rule.possible({**there, **mine})
        return np.asarray(candidates[np.arange(rows.size), np.argmin(change, axis=1)])

    def _inside(self, rows: Integers, rng: np.random.Generator) -> Integers:
        """Return random rows of the same component for each row."""
        owners = self._owners[rows]
        starts = np.searchsorted(self._owners, owners)
        sizes = np.searchsorted(self._owners, owners, side="right") - starts
        places = np.floor(rng.random((rows.size, CANDIDATES)) * sizes[:, None])
        return np.asarray(starts[:, None] + places.astype(np.int64))

    def _broken_inside(self, rows: Integers, _: np.random.Generator) -> Integers:
        """Return others of the rows for each, of the same component; itself where there are not so many.

        What one row has too much of, another may lack. The rows come in random order.
        """
        order = np.argsort(self._owners[rows], kind="stable")
        partners = np.empty((rows.size, CANDIDATES), dtype=rows.dtype)
        for shift in range(CANDIDATES):
            partners[order, shift] = np.roll(rows[order], -1 - shift)
        return np.where(self._owners[partners] == self._owners[rows][:, None], partners, rows[:, None])

    def _broken_anywhere(self, rows: Integers, rng: np.random.Generator) -> Integers:
        """Return others of the rows for each."""
        return rows[rng.integers(0, rows.size, (rows.size, CANDIDATES))]

    def _anywhere(self, rows: Integers, rng: np.random.Generator) -> Integers:
        """Return random rows for each row."""
        return rng.integers(0, self._owners.size, (rows.size, CANDIDATES))

    def _broken_with(self, readers: Integers, rows: Integers, changed: Mapping[str, NDArray[np.uint16]]) -> Bools:
        """Return which of some rules rows would break with other codes of some columns, shape (rules, rows)."""
        codes = {name: self._codes[name][rows] for name in self._names} | dict(changed)
        return np.stack([~self._rules[index].possible(codes) for index in readers])

    def _draw_again(self, broken: int, rng: np.random.Generator) -> None:
        """Draw one column of each row that breaks a rule again, the one whose allowed codes are likeliest."""
        rows, names = np.flatnonzero(self._broken[broken]), self._rules[broken].columns
        if not rows.size:
            return
        likely = np.stack([self._mass(name, rows) for name in names])
        for index, name in enumerate(names):
            chosen = rows[(likely.argmax(axis=0) == index) & (likely.max(axis=0) > 0)]
            if not chosen.size:
                continue
            drawn = np.concatenate(list(self._drawn(name, chosen, rng)))
            before = self._broken[:, chosen].sum(axis=0)
            now = self._broken_with(np.arange(len(self._rules)), chosen, {name: drawn})
            fewer = now.sum(axis=0) < before
            self._codes[name][chosen[fewer]] = drawn[fewer]
            self._broken[:, chosen[fewer]] = now[:, fewer]

    def _mass(self, name: str, rows: Integers) -> Floats:
        """Return how likely the codes of a column are that the other columns of each row allow."""
        return np.concatenate([allowed.sum(axis=1) for allowed in self._allowed(name, rows)])

    def _drawn(self, name: str, rows: Integers, rng: np.random.Generator) -> Iterator[Codes]:
        for allowed in self._allowed(name, rows):
            sums = np.cumsum(allowed, axis=1)
            levels = rng.random(len(sums)) * sums[:, -1]
            last = allowed.shape[1] - 1 - np.argmax(allowed[:, ::-1] > 0, axis=1)
            yield np.minimum((sums <= levels[:, None]).sum(axis=1), last).astype(np.uint16)

    def _allowed(self, name: str, rows: Integers) -> Iterator[Floats]:
        """Yield the probabilities of a column's codes in the rows' components, 0 where a rule forbids them.

        Where a component has none of these codes, what is likely in all of them counts, a little.
        """
        model = self._columns[name]
        size, readers = model.grid.size, [rule for rule in self._rules if name in rule.columns]
        overall = self._weights @ model.fine() * 1e-6
        for part in np.array_split(rows, max(1, rows.size * size // _CELLS_AT_ONCE)):
            components, place = np.unique(self._owners[part], return_inverse=True)
            chances = model.fine(components)[place] + overall
            codes = {other: self._codes[other][part][:, None] for other in self._names}
            codes[name] = np.arange(size, dtype=np.uint16)[None, :]
            for rule in readers:
                chances *= np.broadcast_to(rule.possible(codes), chances.shape)
            yield chances


def _disjoint(first: Integers, second: Integers, *, rows: int) -> tuple[Integers, Integers]:
    """Keep the pairs in which no row is that is in an earlier one."""
    order = np.arange(first.size)
    earliest = np.full(rows, first.size)
    np.minimum.at(earliest, first, order)
    np.minimum.at(earliest, second, order)
    kept = (earliest[first] == order) & (earliest[second] == order) & (first != second)
    return first[kept], second[kept]
