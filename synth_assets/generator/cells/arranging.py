"""Arrange the amounts of drawn rows so that as many are less than, and equal to, one another as a release says.

A column's values are exchanged between rows of one group of codes. So each row keeps its groups, and all
tables of groups are what they were; and each column keeps the counts of its codes.

*Equality*: a row takes, from another, a value with the code and the heap of its other amount, and then that amount
itself. So bins keep their counts, and values are as round as they were. Where that does not suffice, the other of the
two amounts moves, and then heaps do not matter. Values that are equal in this way stay where they are.

*Order*: of random exchanges, those are made that bring all counts of a column nearer to what is wanted, in least
squares.

Rows come in random order and are arranged in blocks that stay in the processor's cache.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain.heaping import Heaping, has_heaps
from synth_assets.domain.kinds.grid import Grid
from synth_assets.generator.cells.layout import Allowed, Floats, Integers, Layout
from synth_assets.generator.cells.ordering import Amount, Order, open_groups
from synth_assets.generator.rows import numbers_of, values_of

__all__ = ["Arranger", "arranged"]

Codes = NDArray[np.uint16]
Bools = NDArray[np.bool_]
BLOCK_ROWS = 1 << 16
STAGES = ((True, False), (True, True), (False, False), (False, True))
"""Of making rows equal: whether by heap, and whether the first column moves instead of the second."""
ROUNDS = 2
"""Of making rows of one pair equal by one rule."""
SWEEPS = 8
"""Of exchanges for order over all columns, at most."""
CLOSE = 0.001
"""Share of a block's rows by which a count may be off."""
_ASKED, _OFFERED = 4, 16
"""Rows that are considered for each that is to be made equal, and rows that may give it a value."""
_TRIED = 4
"""Exchanges that are considered for each row by which a count is off."""
_BITS = np.int64(17)
"""Of a row's position in a block."""
_HEAPS = 1 << 12
_MASK = (np.int64(1) << _BITS) - np.int64(1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Pair:
    """One pair of columns: its number, the other column, and whether the other one comes second."""

    number: int
    other: str
    first: bool


class Arranger:
    """What orders of a model's amounts need, whatever rows are drawn.

    Args:
        layout: of the model.
        orders: shares of open rows, in the order in which equality is made.
    """

    def __init__(self, layout: Layout, orders: Sequence[Order]) -> None:
        self.layout, self.orders = layout, tuple(orders)
        self.names = tuple(dict.fromkeys(name for order in orders for name in (order.a, order.b)))
        self.amounts = {name: Amount.of(layout, name) for name in self.names}
        self.open = [open_groups(self.amounts[order.a], self.amounts[order.b]) for order in orders]
        self.pairs: dict[str, list[_Pair]] = {name: [] for name in self.names}
        for number, order in enumerate(orders):
            self.pairs[order.a].append(_Pair(number=number, other=order.b, first=True))
            self.pairs[order.b].append(_Pair(number=number, other=order.a, first=False))

    def arrange(
        self,
        codes: Sequence[Codes],
        numbers: Mapping[str, Floats],
        *,
        rng: np.random.Generator,
        allowed: Allowed | None = None,
    ) -> None:
        """Exchange codes and values in place.

        Args:
            codes: fine codes, one array of shape (rows,) per column; rows in random order.
            numbers: values of each of :attr:`names`, shape (rows,).
            rng: the only source of randomness.
            allowed: returns which swaps of a column, by its number, may be made; all if omitted.
        """
        rows = codes[0].size
        for start in range(0, rows, BLOCK_ROWS):
            block = _Block(self, codes, numbers, slice(start, min(rows, start + BLOCK_ROWS)), rng, allowed)
            for by_heap, swapped in STAGES:
                for number in range(len(self.orders)):
                    block.equalise(number, by_heap=by_heap, swapped=swapped)
            block.put_in_order()

    @cached_property
    def heapings(self) -> dict[str, Heaping | None]:
        """The heaps of each column that has any."""
        columns = {name: amount.column for name, amount in self.amounts.items()}
        return {name: Heaping.of(column) if has_heaps(column) else None for name, column in columns.items()}

    @cached_property
    def same(self) -> set[tuple[str, str]]:
        """Pairs of columns whose values have the same codes and heaps."""
        facts = {name: _coding(amount) for name, amount in self.amounts.items()}
        return {(a, b) for a in self.names for b in self.names if facts[a] == facts[b]}

    def keys(self, name: str, codes: Codes | NDArray[np.int64], numbers: Floats) -> Integers:
        """Return a number for the code and the heap of each value of a column, shape (rows,)."""
        heaping, keys = self.heapings[name], codes.astype(np.int64) * _HEAPS
        return keys if heaping is None else keys + heaping.heaps_inside(numbers)


def _coding(amount: Amount) -> tuple[object, ...]:
    column = amount.column
    return column.kind, column.step, column.specials, column.minimum, column.maximum, column.bounds().tobytes()


def arranged(  # noqa: PLR0913 - what rows are arranged by
    layout: Layout,
    orders: Sequence[Order],
    codes: Sequence[Codes],
    values: Sequence[pa.Array],
    *,
    rng: np.random.Generator,
    allowed: Allowed | None = None,
) -> list[pa.Array]:
    """Return the values of all columns with amounts in their orders; codes are exchanged in place.

    Args:
        layout: of the model.
        orders: shares of open rows.
        codes: see :meth:`Arranger.arrange`.
        values: of each column.
        rng: the only source of randomness.
        allowed: see :meth:`Arranger.arrange`.
    """
    arranger, domain = Arranger(layout, orders), layout.domain
    index = {name: domain.index(name) for name in arranger.names}
    numbers = {name: numbers_of(domain[name], values[place]) for name, place in index.items()}
    arranger.arrange(codes, numbers, rng=rng, allowed=allowed)
    moved = list(values)
    for name, place in index.items():
        moved[place] = values_of(domain[name], numbers[name], codes[place])
    return moved


class _Block:
    """Some rows while they are arranged; arrays are views of those of the sample."""

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of a block
        self,
        arranger: Arranger,
        codes: Sequence[Codes],
        numbers: Mapping[str, Floats],
        rows: slice,
        rng: np.random.Generator,
        allowed: Allowed | None,
    ) -> None:
        self._arranger, self._rng, self._allowed, self._start = arranger, rng, allowed, rows.start
        index = arranger.layout.domain.index
        self._codes = {name: codes[index(name)][rows] for name in arranger.names}
        self._numbers = {name: numbers[name][rows] for name in arranger.names}
        amounts = arranger.amounts
        self._groups = {name: amounts[name].grid[code].astype(np.int16) for name, code in self._codes.items()}
        self._held = {name: amounts[name].several[code] for name, code in self._codes.items()}
        self._values = {name: np.where(self._held[name], self._numbers[name], np.nan) for name in arranger.names}
        self._free = {name: held.copy() for name, held in self._held.items()}
        self._keys = {name: arranger.keys(name, self._codes[name], self._inside(name)) for name in arranger.names}
        self._open = [self._opened(order, table) for order, table in zip(arranger.orders, arranger.open, strict=True)]
        self._rows = rows.stop - rows.start
        self._close = CLOSE * self._rows
        everything = np.arange(self._rows)
        self._now = np.array([self._counts(number, everything) for number in range(len(arranger.orders))], np.float64)
        shares = np.array([(order.less, order.equal) for order in arranger.orders])
        self._wanted = np.rint(shares * np.array([rows.sum() for rows in self._open])[:, None])

    def _inside(self, name: str) -> Floats:
        """Return numbers that are within the bounds of a column, whatever stands for null."""
        column = self._arranger.amounts[name].column
        return np.clip(np.nan_to_num(self._numbers[name]), column.minimum, column.maximum)

    def _opened(self, order: Order, table: Bools) -> Bools:
        both = self._held[order.a] & self._held[order.b]
        return np.asarray(both & table[self._groups[order.a], self._groups[order.b]])

    def _counts(self, number: int, rows: Integers) -> tuple[int, int]:
        """Return how many of some rows are open and have a < b and a = b."""
        order, is_open = self._arranger.orders[number], self._open[number][rows]
        a, b = self._values[order.a][rows], self._values[order.b][rows]
        return int(np.count_nonzero(is_open & (a < b))), int(np.count_nonzero(is_open & (a == b)))

    def equalise(self, number: int, *, by_heap: bool, swapped: bool) -> None:
        """Make rows of a pair equal by moving values of the second column, or of the first, if too few are."""
        order = self._arranger.orders[number]
        moved, other = (order.a, order.b) if swapped else (order.b, order.a)
        for _ in range(ROUNDS):
            most = int(self._wanted[number, 1] - self._now[number, 1])
            if most <= self._close or not self._equalise_some(number, moved, other, most=most, by_heap=by_heap):
                return

    def _equalise_some(self, number: int, moved: str, other: str, *, most: int, by_heap: bool) -> bool:
        shift = int(self._rng.integers(self._rows))
        rows, keys = self._candidates(number, moved, other, shift=shift, most=_ASKED * most, by_heap=by_heap)
        sources = _turned(np.flatnonzero(self._free[moved]), shift)[: _OFFERED * most]
        held = self._keys[moved][sources]
        if not by_heap:
            keys, held = keys // _HEAPS, held // _HEAPS
        first, second = _matched(keys, held)
        rows, sources = rows[first], sources[second]
        alone = _disjoint(rows, sources, rows=self._rows)
        rows, sources = rows[alone], sources[alone]
        rows, sources = self._may(moved, rows, sources)
        rows, sources = rows[:most], sources[:most]
        if not rows.size:
            return False
        touched = np.unique(np.concatenate([rows, sources]))
        before = self._all_counts(moved, touched)
        self._exchange(moved, rows, sources)
        self._numbers[moved][rows] = self._numbers[other][rows]
        self._values[moved][rows] = self._values[other][rows]
        if not by_heap:
            self._keys[moved][rows] = self._arranger.keys(moved, self._codes[moved][rows], self._numbers[moved][rows])
        self._free[moved][rows] = self._free[other][rows] = False
        self._count_again(moved, touched, before)
        return True

    def _candidates(  # noqa: PLR0913 - what rows are chosen by
        self, number: int, moved: str, other: str, *, shift: int, most: int, by_heap: bool
    ) -> tuple[Integers, Integers]:
        """Return at most so many rows in which ``moved`` may take the value of ``other``, and the keys it has then."""
        may = self._open[number] & self._free[moved] & self._unequal(number, anyhow=not by_heap)
        rows = _turned(np.flatnonzero(may), shift)[:most]
        values = self._numbers[other][rows]
        full = self._wanted[:, 1] <= self._now[:, 1]
        for pair in self._arranger.pairs[moved]:
            if full[pair.number] and pair.number != number:
                kept = self._values[pair.other][rows] != values
                rows, values = rows[kept], values[kept]
        arranger, amount = self._arranger, self._arranger.amounts[moved]
        if (moved, other) in arranger.same:
            keys, codes = self._keys[other][rows], self._codes[other][rows]
            kept = amount.grid[codes] == self._groups[moved][rows]
            return rows[kept], keys[kept]
        column = amount.column
        codes = column.kind_of.encode_numbers(column, values)  # type: ignore[attr-defined]
        kept = amount.several[codes] & (amount.grid[codes] == self._groups[moved][rows])
        kept &= (values >= column.minimum) & (values <= column.maximum)
        if column.step or column.kind_of.whole:
            kept &= Grid.of(column.step or 1).holds(values)
        return rows[kept], arranger.keys(moved, codes[kept], values[kept])

    def _unequal(self, number: int, *, anyhow: bool) -> Bools:
        """Tell of each row whether its values differ; unless ``anyhow``, in the order of which there are too many."""
        order = self._arranger.orders[number]
        a, b = self._values[order.a], self._values[order.b]
        less, equal = self._now[number] - self._wanted[number]
        greater = -less - equal
        if anyhow or (less > 0) == (greater > 0):
            return np.asarray(a != b)
        return np.asarray(a < b if less > 0 else a > b)

    def _may(self, name: str, first: Integers, second: Integers) -> tuple[Integers, Integers]:
        """Keep the exchanges that break no rule; rows that stay as they are need none."""
        if self._allowed is None or not first.size:
            return first, second
        column = self._arranger.layout.domain.index(name)
        may = self._allowed(column, first + self._start, second + self._start) | (first == second)
        return first[may], second[may]

    def _exchange(self, name: str, first: Integers, second: Integers) -> None:
        for array in (self._codes[name], self._numbers[name], self._values[name], self._keys[name]):
            array[first], array[second] = array[second], array[first]

    def _all_counts(self, name: str, rows: Integers) -> Integers:
        return np.array([self._counts(pair.number, rows) for pair in self._arranger.pairs[name]])

    def _count_again(self, name: str, rows: Integers, before: Integers) -> None:
        numbers = [pair.number for pair in self._arranger.pairs[name]]
        self._now[numbers] += self._all_counts(name, rows) - before

    def put_in_order(self) -> None:
        """Exchange values until the counts are close to what is wanted, or for :data:`SWEEPS`."""
        for _ in range(SWEEPS):
            off = np.abs(self._now - self._wanted).max(axis=1)
            worst = {name: max(off[pair.number] for pair in pairs) for name, pairs in self._arranger.pairs.items()}
            for name in sorted(worst, key=lambda name: -worst[name]):
                if worst[name] > max(1.0, self._close):
                    self._order(name)

    def _order(self, name: str) -> None:
        """Make those of some random exchanges of a column that help most."""
        pairs = self._arranger.pairs[name]
        numbers = [pair.number for pair in pairs]
        excess = self._now[numbers] - self._wanted[numbers]
        most = int(np.abs(excess).max())
        first, second = self._partners(name, most=_TRIED * most)
        if not first.size:
            return
        moves = np.stack([self._moved(name, pair, first, second) for pair in pairs])
        change = np.einsum("pcn,pc->n", moves, 2 * excess.astype(np.float32), optimize=True)
        best = np.argsort(change, kind="stable")[: max(1, most // 2)]
        best = best[change[best] < 0]
        first, second = self._may(name, first[best], second[best])
        if self._allowed is None:
            self._now[numbers] += moves[:, :, best].sum(axis=2)
            self._exchange(name, first, second)
            return
        touched = np.concatenate([first, second])
        before = self._all_counts(name, touched)
        self._exchange(name, first, second)
        self._count_again(name, touched, before)

    def _partners(self, name: str, *, most: int) -> tuple[Integers, Integers]:
        """Return at most so many disjoint pairs of rows whose values of a column are in one group."""
        rows = _turned(np.flatnonzero(self._free[name]), int(self._rng.integers(self._rows)))[: 2 * most]
        order = np.argsort(self._groups[name][rows], kind="stable")
        first, second = rows[order[:-1:2]], rows[order[1::2]]
        same = self._groups[name][first] == self._groups[name][second]
        return first[same], second[same]

    def _moved(self, name: str, pair: _Pair, first: Integers, second: Integers) -> NDArray[np.float32]:
        """Return by how much each exchange changes the rows with a < b and with a = b, shape (2, exchanges)."""
        mine, yours = self._values[name][first], self._values[name][second]
        here, there = self._values[pair.other][first], self._values[pair.other][second]
        open_here, open_there = (self._open[pair.number][rows].view(np.int8) for rows in (first, second))
        less = np.less if pair.first else np.greater
        moved = np.empty((2, first.size), dtype=np.float32)
        for index, compare in enumerate((less, np.equal)):
            ours = compare(yours, here).view(np.int8) - compare(mine, here).view(np.int8)
            theirs = compare(mine, there).view(np.int8) - compare(yours, there).view(np.int8)
            moved[index] = ours * open_here + theirs * open_there
        return moved


def _turned(rows: Integers, shift: int) -> Integers:
    """Return rows, ascending, from a shift on and then from the beginning: none is favoured by its position."""
    start = np.searchsorted(rows, shift)
    return np.concatenate([rows[start:], rows[:start]])


def _matched(wanted: Integers, held: Integers) -> tuple[Integers, Integers]:
    """Return positions of pairs of equal keys, earlier ones first; each position is in one pair at most."""
    first, places = _ranked(wanted)
    second, others = _ranked(held)
    if not second.size:
        return first[:0], second[:0]
    near = np.minimum(np.searchsorted(second, first), second.size - 1)
    equal = second[near] == first
    order = np.argsort(places[equal], kind="stable")
    return places[equal][order], others[near[equal]][order]


def _ranked(keys: Integers) -> tuple[Integers, Integers]:
    """Return keys with the rank of each among equal ones as last bits, ascending, and the position of each."""
    places = np.arange(keys.size, dtype=np.int64)
    order = np.sort((keys << _BITS) | places)
    ordered, positions = order >> _BITS, order & _MASK
    begins = np.concatenate([[True], ordered[1:] != ordered[:-1]]) if keys.size else np.zeros(0, dtype=bool)
    rank = places - np.maximum.accumulate(np.where(begins, places, 0))
    return (ordered << _BITS) | rank, positions


def _disjoint(first: Integers, second: Integers, *, rows: int) -> Bools:
    """Tell which pairs have no row that is in an earlier one; a row with itself is a pair."""
    order = np.arange(first.size)
    earliest = np.full(rows, first.size)
    np.minimum.at(earliest, first, order)
    np.minimum.at(earliest, second, order)
    return np.asarray((earliest[first] == order) & (earliest[second] == order))
