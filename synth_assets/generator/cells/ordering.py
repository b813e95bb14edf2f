"""How often one amount of a row is less than another, or equal to it, where groups of codes leave that open.

Tables of pairs decide how many rows lie in each pair of groups. Where two groups do not overlap,
they decide the order too; of the other rows, which are *open*, a release says how many have a < b and a = b,
once what is decided is taken off. These shares of the open rows belong to a fitted generator, and hold
under a condition as well as without.

What the model draws by itself is found by drawing. A share is moved from there towards the released one
as far as it is clear of the noise: by a gap g with noise of scale s, g * (1 - s^2 / g^2).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Column, Domain
from synth_assets.domain.amounts import comparable, several
from synth_assets.errors import IntegrityError
from synth_assets.files import json_bytes
from synth_assets.generator.cells.layout import Floats, Integers, Layout
from synth_assets.release import Release
from synth_assets.release.kinds.orders import MOST_PAIRS, NoisyOrders

__all__ = ["Amount", "Order", "largest_orders", "open_groups", "orders_from_json", "orders_json", "orders_of"]

Bools = NDArray[np.bool_]
_KEY = "orders"
_PARTS = 4
_LONGEST = 64
"""Most bytes of two numbers as text, and of what separates the parts of an order."""
_FIT_AGAIN = "fit the generator again: that is free"


@dataclass(frozen=True, slots=True)
class Order:
    """Two columns, and the shares of open rows in which ``a < b`` and ``a = b``."""

    a: str
    b: str
    less: float
    equal: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Amount:
    """What the order of a column's values depends on.

    Attributes:
        column: an amount.
        grid: coarse code of each fine code.
        several: which fine codes stand for several values.
        low: where each group of such codes begins, shape (groups,); NaN for others.
        high: where it ends.
    """

    column: Column
    grid: Integers
    several: Bools
    low: Floats
    high: Floats

    @classmethod
    def of(cls, layout: Layout, name: str) -> Self:
        """Return an amount of a layout."""
        column, grid = layout.domain[name], layout.grids[layout.domain.index(name)]
        wide, bounds = several(column), column.bounds()
        low = np.full(int(grid.max()) + 1, np.inf)
        high = np.full(low.size, -np.inf)
        held = np.flatnonzero(wide)
        np.minimum.at(low, grid[held], bounds[held])
        np.maximum.at(high, grid[held], bounds[held + 1])
        return cls(column=column, grid=grid, several=wide, low=low, high=high)


def open_groups(a: Amount, b: Amount) -> Bools:
    """Tell of which pairs of groups overlap, so that they leave the order open, shape (groups of a, groups of b)."""
    return (a.low[:, None] < b.high[None, :]) & (b.low[None, :] < a.high[:, None])


def orders_of(
    release: Release, layout: Layout, *, codes: Sequence[NDArray[np.uint16]], numbers: Mapping[str, Floats]
) -> tuple[Order, ...]:
    """Return the shares of a release, the largest gap of equal rows first; nothing if it measured none.

    Args:
        release: the paid answers.
        layout: of the model.
        codes: fine codes of many rows that the model drew, one array per column.
        numbers: values of these rows, of each amount.
    """
    orders: list[tuple[float, Order]] = []
    total = max(1.0, release.total())
    for answer in release.of_kind(NoisyOrders):
        for (a, b), counts in zip(answer.pairs, answer.values / total, strict=True):
            amounts = Amount.of(layout, a), Amount.of(layout, b)
            drawn = tuple(codes[layout.domain.index(name)] for name in (a, b))
            shares = _shares(amounts, drawn, (numbers[a], numbers[b]))
            orders.append(_order(a, b, counts, shares, noise=answer.scale / total))
    return tuple(order for _, order in sorted(orders, key=lambda pair: -pair[0]))


def _shares(
    amounts: tuple[Amount, Amount], codes: Sequence[NDArray[np.uint16]], numbers: tuple[Floats, Floats]
) -> Floats:
    """Return the shares of rows that are open, decided with a < b, open with a < b, and open with a = b."""
    first, second = (amount.grid[code] for amount, code in zip(amounts, codes, strict=True))
    compared = amounts[0].several[codes[0]] & amounts[1].several[codes[1]]
    is_open = compared & open_groups(*amounts)[first, second]
    less, equal = numbers[0] < numbers[1], numbers[0] == numbers[1]
    rows = (is_open, compared & ~is_open & less, is_open & less, is_open & equal)
    return np.array([row.mean() for row in rows])


def _order(a: str, b: str, counts: Floats, shares: Floats, *, noise: float) -> tuple[float, Order]:
    """Return the gap of equal rows, and the order."""
    is_open, decided, less, equal = (float(share) for share in shares)
    if not is_open > 0:
        return 0.0, Order(a, b, 0.0, 0.0)
    gap = _clear(float(counts[1]) - equal, noise)
    equal = float(np.clip(equal + gap, 0.0, is_open))
    less = float(np.clip(less + _clear(float(counts[0]) - decided - less, noise), 0.0, is_open - equal))
    return abs(gap), Order(a, b, less / is_open, equal / is_open)


def _clear(gap: float, noise: float) -> float:
    """Return what is left of a gap once its noise is taken off."""
    return gap * max(0.0, 1 - (noise / gap) ** 2) if gap else 0.0


def orders_json(orders: Sequence[Order]) -> dict[str, Any]:
    """Return all that decides orders, as plain JSON values under a key of their own; nothing if there are none."""
    return {_KEY: [[order.a, order.b, order.less, order.equal] for order in orders]} if orders else {}


def orders_from_json(content: bytes, domain: Domain, *, release: Release | None) -> tuple[Order, ...]:
    """Return what is in a file that :func:`orders_json` is a part of, which may come from anybody.

    Args:
        content: JSON, a whole file.
        domain: the columns.
        release: whose pairs must be those of the file, if it is known.

    Raises:
        IntegrityError: it is not about orders of these columns.
    """
    asked = None if release is None else {pair for answer in release.of_kind(NoisyOrders) for pair in answer.pairs}
    try:
        listed = json.loads(content).get(_KEY, [])
    except (ValueError, RecursionError, AttributeError) as error:
        raise IntegrityError("the generator's columns cannot be read", hint=_FIT_AGAIN) from error
    if not isinstance(listed, list) or len(listed) > MOST_PAIRS or not all(_fits(facts, domain) for facts in listed):
        raise IntegrityError("the orders of the generator's amounts are odd", hint=_FIT_AGAIN)
    pairs = {(facts[0], facts[1]) for facts in listed}
    if len({frozenset(pair) for pair in pairs}) < len(listed) or asked not in (None, pairs):
        raise IntegrityError("the generator has orders of other columns than its release", hint=_FIT_AGAIN)
    return tuple(starmap(Order, listed))


def _fits(facts: Any, domain: Domain) -> bool:
    """Tell whether facts of one order, which may come from anybody, are such."""
    if not isinstance(facts, list) or len(facts) != _PARTS:
        return False
    a, b, less, equal = facts
    names = domain.names
    if not all(isinstance(name, str) and name in names for name in (a, b)):
        return False
    shares = all(type(share) is float and 0 <= share <= 1 for share in (less, equal))
    return shares and less + equal <= 1 + 1e-9 and a != b and comparable(domain[a], domain[b])


def largest_orders(release: Release) -> int:
    """Return the most bytes that :func:`orders_json` adds to a file of a generator that was fitted to a release."""
    pairs = [pair for answer in release.of_kind(NoisyOrders) for pair in answer.pairs]
    return len(json_bytes({_KEY: [list(pair) for pair in pairs]})) + _LONGEST * len(pairs)
