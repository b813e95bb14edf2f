"""How a component's values lie inside a group of neighbouring codes: they lean to where its other rows are.

Pairs of columns were measured by groups. If every component drew the values of a group
as in the whole table, a component of old people would have people in the group "50 to
70" as young as everybody has. So the ratio of a component's share of a code to
everybody's is interpolated between the centres of neighbouring groups, linearly in the
code's number, around the ratio of its group: groups keep their fitted probabilities.
The ratios of all components average to one at every code, so a column keeps its totals
too, and what is independent in the groups is independent inside. Where a ratio would
be negative it is cut; what that changes in the totals, the fit makes good once by
changing the shares of codes that the ratios multiply.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.generator.cells.layout import Floats, Integers

__all__ = ["Chosen", "Inside", "settled_shares"]

Chosen = slice | NDArray[np.intp]
"""Which components are asked for."""
LEAST_RATIO = 0.05
"""Smallest ratio of a code, relative to that of its group."""
ROUNDS = 3
"""Corrections of a column's totals: of 27,000 rows, at most ten are left in the wrong code."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inside:
    """The shares of one column's fine codes in their coarse codes, by component.

    Attributes:
        grid: coarse code of each fine code.
        within: share of each fine code in its coarse code, before it leans.
        ratios: of the components' probabilities of coarse codes to everybody's, shape (components, groups).
        trend: takes these to ratios of fine codes, shape (groups, size); ``None`` if no component leans.
    """

    grid: Integers
    within: Floats
    ratios: Floats
    trend: Floats | None

    @classmethod
    def leaning(cls, coarse: Floats, weights: Floats, *, grid: Integers, within: Floats, regular: int) -> Self:
        """Return shares that lean in each component.

        Args:
            coarse: probabilities of the coarse codes, shape (components, groups).
            weights: of the components, adding up to 1.
            grid: coarse code of each fine code.
            within: share of each fine code in its coarse code.
            regular: number of codes that are in order, 0 of categories; the others follow them.
        """
        trend = _trend(grid, within, regular=regular)
        overall = weights @ coarse
        ratios = np.divide(coarse, overall, out=np.ones_like(coarse), where=overall > 0)
        return cls(grid=grid, within=within, ratios=ratios, trend=trend)

    @classmethod
    def same(cls, *, grid: Integers, within: Floats) -> Self:
        """Return shares that are the same in all components."""
        return cls(grid=grid, within=within, ratios=np.ones((1, 1)), trend=None)

    def shares(self, chosen: Chosen = slice(None)) -> Floats:
        """Return the shares in chosen components, shape (components, size); (1, size) if they are the same in all."""
        if self.trend is None:
            return self.within[None]
        ratios = self.ratios[chosen]
        shares = np.maximum(ratios @ self.trend, (LEAST_RATIO * ratios)[:, self.grid])
        shares *= self.within
        return _in_groups(shares, self.grid, default=self.within)

    def tilted(self, tilt: Floats) -> tuple[Floats, Callable[[Chosen], Floats]]:
        """Return what is left of each coarse code when rows of a fine code count ``tilt`` times, and the new shares.

        Args:
            tilt: shape (size,).

        Returns:
            Masses, shape (components, groups) or (1, groups); and a function as :meth:`shares`.
        """
        default = 1.0 / np.bincount(self.grid)[self.grid]
        masses = _sums(self.shares() * tilt, self.grid)
        return masses, lambda chosen: _in_groups(self.shares(chosen) * tilt, self.grid, default=default)


def settled_shares(coarse: Floats, weights: Floats, *, grid: Integers, within: Floats, regular: int) -> Floats:
    """Return shares of fine codes with which a column of leaning components has the totals of ``within``.

    Arguments are those of :meth:`Inside.leaning`.
    """
    settled = within
    for _ in range(ROUNDS):
        inside = Inside.leaning(coarse, weights, grid=grid, within=settled, regular=regular)
        if inside.trend is None:
            return within
        shares = inside.shares()
        shares *= inside.ratios[:, grid]
        totals = weights @ shares
        wanted = settled * np.divide(within, totals, out=np.ones(grid.size), where=totals > 0)
        settled = _in_groups(wanted[None], grid, default=within)[0]
    return settled


def _trend(grid: Integers, within: Floats, *, regular: int) -> Floats | None:
    """Return the matrix of :class:`Inside`; ``None`` if no coarse code has several fine codes that are in order."""
    ordered = grid[:regular]
    if not regular or (np.diff(ordered) < 0).any() or ordered[-1] + 1 == regular:
        return None
    groups, codes = int(ordered[-1]) + 1, np.arange(regular)
    centres = np.bincount(ordered, weights=within[:regular] * codes)
    lower = np.clip(np.searchsorted(centres, codes, side="right") - 1, 0, max(0, groups - 2))
    upper = np.minimum(lower + 1, groups - 1)
    part = np.clip((codes - centres[lower]) / np.maximum(centres[upper] - centres[lower], 1), 0, 1)
    between = np.zeros((groups, regular))
    np.add.at(between, (lower, codes), 1 - part)
    np.add.at(between, (upper, codes), part)
    means = _sums(between * within[:regular], ordered)
    trend = np.zeros((int(grid.max()) + 1, grid.size))
    trend[grid, np.arange(grid.size)] = 1
    trend[:groups, :regular] += between - means[:, ordered]
    return trend


def _sums(values: Floats, grid: Integers) -> Floats:
    """Return the sums over the fine codes of each coarse code, shape (rows, groups)."""
    if len(values) == 1:
        return np.bincount(grid, weights=values[0])[None].astype(np.float64)
    order = np.argsort(grid, kind="stable")
    starts = np.searchsorted(grid[order], np.arange(int(grid.max()) + 1))
    return np.asarray(np.add.reduceat(values[:, order], starts, axis=1))


def _in_groups(values: Floats, grid: Integers, *, default: Floats) -> Floats:
    """Return values divided by the sum of their coarse code, shape (rows, size); ``default`` where that is 0."""
    sums = _sums(values, grid)[:, grid]
    return np.divide(values, sums, out=np.broadcast_to(default, values.shape).copy(), where=sums > 0)
