"""Rows from a mixture: stratified, in NumPy alone, a million per second.

Rows are assigned to components by systematic sampling. Inside a component, the
number of rows with each value is its expectation, rounded to an integer. Rounding
errors are carried from one component to the next, so that a column's totals are
right too (*error diffusion*). Independent shuffles inside each component then make
the columns independent there, as in the model. Compared with independent draws,
this removes nearly all sampling error of one-way marginals and much of that of pairs.

References:
    Floyd and Steinberg (1976), "An Adaptive Algorithm for Spatial Greyscale" (error diffusion).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth_assets.generator.cells.layout import Allowed, Floats
from synth_assets.generator.mixture.balancing import balance, sweeps_for
from synth_assets.generator.mixture.inside import Chosen

__all__ = ["Codes", "ColumnModel", "Repair", "sample_codes"]

Codes = NDArray[np.uint16]
Repair = Callable[[list[Codes], NDArray[np.intp]], Allowed]
_CELLS_AT_ONCE = 4096
"""Fine codes that are assigned together; bounds memory for wide tables."""
PAIRS_GRID = 2.0**-20
"""Expected rows of pairs are rounded to it. Matrix products add up in another order on another processor."""
_POSITION_BITS = np.uint64(24)
_COMPONENT_BITS = np.uint64(20)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ColumnModel:
    """One column of a mixture, ready to be sampled.

    Attributes:
        coarse: probabilities of the coarse codes, shape (components, sizes), rows add up to 1.
        grid: coarse code of each fine code.
        inside: returns the share of each fine code in its coarse code, shape (components, size), of chosen
            components; or (1, size), if it is the same in all of them.
    """

    coarse: Floats
    grid: NDArray[np.int64]
    inside: Callable[[Chosen], Floats]

    def fine(self, chosen: Chosen = slice(None)) -> Floats:
        """Return the probabilities of the fine codes in chosen components, shape (components, size)."""
        probabilities = self.coarse[chosen][:, self.grid]
        probabilities *= self.inside(chosen)
        return probabilities


def sample_codes(  # noqa: PLR0913 - what decides a sample, by keyword
    weights: Floats,
    columns: Sequence[ColumnModel],
    *,
    rows: int,
    rng: np.random.Generator,
    repair: Repair | None = None,
    to_last_bit: bool = False,
) -> list[Codes]:
    """Return the fine codes of ``rows`` rows, one array per column.

    Args:
        weights: of the components, adding up to 1.
        columns: the columns' distributions in the components.
        rows: at most 2 ** 24.
        rng: the only source of randomness.
        repair: called with the codes, to change them in place, and the component of each row, ascending; returns
            which swaps may be made after that.
        to_last_bit: whether the last bits of expected pairs decide among swaps, as in older generators; they are
            other bits on other processors.
    """
    sizes = _deal_rows(weights, rows, rng)
    used = np.flatnonzero(sizes)
    sizes = sizes[used]
    drawn: list[Codes] = []
    for group in _groups(columns):
        counts = _deal_values([column.fine(used) for column in group], sizes, rng)
        drawn += [_shuffle_inside(block, sizes, rng) for block in counts]
    owners = np.repeat(np.arange(sizes.size), sizes)
    allowed = None if repair is None else repair(drawn, used[owners])
    if sweeps_for(rows, len(columns)) > 0:
        grids = [column.grid for column in columns]
        expected = _pairs(weights, columns, rows)
        if not to_last_bit:
            expected = np.rint(expected / PAIRS_GRID) * PAIRS_GRID
        balance(drawn, grids, expected=expected, owners=owners, rng=rng, allowed=allowed)
    order = rng.permutation(rows)
    return [codes[order] for codes in drawn]


def _pairs(weights: Floats, columns: Sequence[ColumnModel], rows: int) -> Floats:
    """Return the expected number of rows in each pair of coarse cells, shape (cells, cells)."""
    single = np.concatenate([column.coarse for column in columns], axis=1)
    return np.asarray(single.T @ (single * (weights * rows)[:, None]))


def _deal_rows(weights: Floats, rows: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the rows per component by systematic sampling: each is its expectation, rounded up or down."""
    ends = np.floor(np.cumsum(weights) / weights.sum() * rows + rng.random()).astype(np.int64)
    ends[-1] = rows
    sizes: NDArray[np.int64] = np.diff(np.minimum(ends, rows), prepend=0)
    return sizes


def _groups(columns: Sequence[ColumnModel]) -> Iterator[list[ColumnModel]]:
    group: list[ColumnModel] = []
    for column in columns:
        if group and sum(member.grid.size for member in group) + column.grid.size > _CELLS_AT_ONCE:
            yield group
            group = []
        group.append(column)
    if group:
        yield group


def _deal_values(
    columns: Sequence[Floats], sizes: NDArray[np.int64], rng: np.random.Generator
) -> list[NDArray[np.int32]]:
    """Return the number of rows of each fine code in each component, one (components, size) array per column."""
    lengths = np.array([fine.shape[1] for fine in columns])
    starts = np.cumsum(lengths) - lengths
    owner = np.repeat(np.arange(lengths.size), lengths)
    ends = starts + lengths - 1
    fine = np.concatenate(columns, axis=1)
    offsets = rng.random((sizes.size, lengths.size))
    counts = np.empty(fine.shape, np.int32)
    owed = np.zeros(fine.shape[1])
    for component, size in enumerate(sizes):
        due = size * fine[component]
        # A value with a rounding deficit comes sooner, but only if the component can have it.
        wanted = due * np.clip(1 + owed / (due + 1), 0, 3)
        sums = np.add.reduceat(wanted, starts)
        wanted *= (size / sums)[owner]
        reached = np.cumsum(wanted) - size * owner + offsets[component][owner]
        whole = np.clip(np.floor(reached), 0, size)
        whole[ends] = size
        whole += size * owner
        counts[component] = np.diff(np.maximum.accumulate(whole), prepend=0)
        owed += due - counts[component]
    return [counts[:, start : start + length] for start, length in zip(starts, lengths, strict=True)]


def _shuffle_inside(counts: NDArray[np.int32], sizes: NDArray[np.int64], rng: np.random.Generator) -> Codes:
    """Write out the codes of each component in a random order of their own."""
    rows = int(sizes.sum())
    codes = np.repeat(np.tile(np.arange(counts.shape[1], dtype=np.uint16), sizes.size), counts.ravel())
    # One integer sort: component, then random bits, then the position that moves.
    keys = rng.integers(0, 1 << 63, size=rows, dtype=np.uint64) >> (_COMPONENT_BITS - np.uint64(1))
    keys >>= _POSITION_BITS
    keys <<= _POSITION_BITS
    keys |= np.repeat(np.arange(sizes.size, dtype=np.uint64) << (np.uint64(64) - _COMPONENT_BITS), sizes)
    keys |= np.arange(rows, dtype=np.uint64)
    keys.sort()
    return codes[(keys & ((np.uint64(1) << _POSITION_BITS) - np.uint64(1))).astype(np.int64)]
