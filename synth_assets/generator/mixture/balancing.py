"""Swap values between rows to reduce the sampling error of the sample's pairs.

Rows of one component are exchangeable: swapping a column's values between two
of them changes neither the column's totals nor the component's distribution, but it
does change pairs. Of random swaps, those are made that bring the pair tables
closer to their expectations, in chi-square. This removes sampling error that
independent shuffles leave, most of it in tables with many cells and few rows.

The work grows with rows times columns squared and is bounded: large samples,
whose sampling error is small, are left unchanged.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synth_assets.generator.cells.layout import Allowed, Floats

__all__ = ["balance", "sweeps_for"]

Codes = NDArray[np.uint16]
WORK = 120_000_000
"""Largest rows x columns x columns of all sweeps together."""
MOST_SWEEPS = 8


def sweeps_for(rows: int, columns: int) -> int:
    """Return the number of sweeps over all columns."""
    return min(MOST_SWEEPS, WORK // max(1, rows * columns * columns))


def balance(  # noqa: PLR0913 - what a swap depends on, by keyword
    codes: Sequence[Codes],
    grids: Sequence[NDArray[np.int64]],
    *,
    expected: Floats,
    owners: NDArray[np.int64],
    rng: np.random.Generator,
    allowed: Allowed | None = None,
) -> None:
    """Swap values in place.

    Args:
        codes: fine codes, one array of shape (rows,) per column.
        grids: coarse code of each fine code, one array per column.
        expected: expected number of rows in each pair of coarse cells, shape (cells, cells).
        owners: the component of each row, ascending.
        rng: the only source of randomness.
        allowed: returns which swaps of a column, by its number, may be made; all if omitted.
    """
    offsets = np.cumsum([0, *(int(grid.max()) + 1 for grid in grids)])
    cells = np.stack([start + grid[code] for start, grid, code in zip(offsets, grids, codes, strict=False)], axis=1)
    weights = 1 / (expected + 1)
    for _ in range(sweeps_for(owners.size, len(codes))):
        for column in range(len(codes)):
            block = slice(int(offsets[column]), int(offsets[column + 1]))
            first, second = _partners(owners, rng)
            differ = cells[first, column] != cells[second, column]
            first, second = first[differ], second[differ]
            excess = _excess(cells, column, block, expected)
            change = _change(cells[first], cells[second], column, slopes=_slopes(excess, weights[block], block.start))
            kept = _best(change, most=int(np.abs(excess).sum() / (8 * max(1, len(codes) - 1))))
            first, second = first[kept], second[kept]
            if allowed is not None:
                may = allowed(column, first, second)
                first, second = first[may], second[may]
            for values in (cells[:, column], codes[column]):
                values[first], values[second] = values[second].copy(), values[first].copy()


def _partners(owners: NDArray[np.int64], rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return disjoint random pairs of rows of the same component."""
    order = np.lexsort((rng.random(owners.size), owners))
    first, second = order[:-1:2], order[1::2]
    same = owners[first] == owners[second]
    return first[same], second[same]


def _excess(cells: NDArray[np.int64], column: int, block: slice, expected: Floats) -> Floats:
    """Return the excess of rows in each pair with a cell of ``column``, shape (its codes, all cells)."""
    size, width = block.stop - block.start, expected.shape[1]
    index = (cells[:, column] - block.start)[:, None] * width + cells
    excess = np.bincount(index.ravel(), minlength=size * width).reshape(size, width) - expected[block]
    excess[:, block] = 0  # a column with itself is not a pair
    return excess


def _best(change: Floats, *, most: int) -> NDArray[np.intp]:
    """Return the swaps that help most, limited so that together they do not overshoot.

    A swap moves four rows in the table of each other column, so more swaps than a
    quarter of the excess rows per column would be too many at once.
    """
    order = np.argsort(change, kind="stable")[:most]
    return order[change[order] < 0]


def _slopes(excess: Floats, weights: Floats, start: int) -> tuple[Floats, Floats, int]:
    """Return the change of chi-square by adding or removing a row in each pair of cells, and the first cell."""
    return weights * (2 * excess + 1), weights * (1 - 2 * excess), start


def _change(
    here: NDArray[np.int64], there: NDArray[np.int64], column: int, *, slopes: tuple[Floats, Floats, int]
) -> Floats:
    """Return the change of chi-square by swapping ``column`` between rows, each swap considered alone."""
    more, less, start = slopes
    mine, yours = here[:, column, None] - start, there[:, column, None] - start
    change = less[mine, here] + less[yours, there] + more[mine, there] + more[yours, here]
    change[here == there] = 0
    change[:, column] = 0
    return np.asarray(change.sum(axis=1))
