"""Rows from a mixture: stratified, in NumPy alone, a million a second.

Rows are dealt to components by systematic sampling. Inside a component every
column gets its values in whole numbers as near to their probabilities as can
be, and rounding errors are carried from one component to the next, so that a
column's totals are right too (*error diffusion*). Independent shuffles inside
each component then make the columns independent there, as the model says.
Against independent draws this takes nearly all sampling error out of one-way
marginals and much of it out of pairs.

References:
    Floyd and Steinberg (1976), "An Adaptive Algorithm for Spatial Greyscale" (error diffusion).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth_assets.generator.mixture.balancing import balance, sweeps_for
from synth_assets.generator.mixture.layout import Floats

__all__ = ["ColumnModel", "sample_codes"]

Codes = NDArray[np.uint16]
_CELLS_AT_ONCE = 4096
"""Fine codes that are dealt together; bounds memory for wide tables."""
_PLACE_BITS = np.uint64(24)
_COMPONENT_BITS = np.uint64(20)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ColumnModel:
    """One column of a mixture, ready to be sampled.

    Attributes:
        coarse: probabilities of the coarse codes, shape (components, sizes), rows add up to 1.
        grid: coarse code of each fine code.
        within: share of each fine code in its coarse code.
    """

    coarse: Floats
    grid: NDArray[np.int64]
    within: Floats


def sample_codes(
    weights: Floats, columns: Sequence[ColumnModel], *, rows: int, rng: np.random.Generator
) -> list[Codes]:
    """Return the fine codes of ``rows`` rows, one array a column.

    Args:
        weights: of the components, adding up to 1.
        columns: the columns' distributions in the components.
        rows: at most 2 ** 24.
        rng: the only source of randomness.
    """
    sizes = _deal_rows(weights, rows, rng)
    used = np.flatnonzero(sizes)
    sizes = sizes[used]
    drawn: list[Codes] = []
    for group in _groups(columns):
        counts = _deal_values([(item, item.coarse[used]) for item in group], sizes, rng)
        drawn += [_shuffle_inside(block, sizes, rng) for block in counts]
    if sweeps_for(rows, len(columns)) > 0:
        owners = np.repeat(np.arange(sizes.size), sizes)
        balance(drawn, [item.grid for item in columns], expected=_pairs(weights, columns, rows), owners=owners, rng=rng)
    order = rng.permutation(rows)
    return [codes[order] for codes in drawn]


def _pairs(weights: Floats, columns: Sequence[ColumnModel], rows: int) -> Floats:
    """Return the expected number of rows in each pair of coarse cells, shape (cells, cells)."""
    single = np.concatenate([item.coarse for item in columns], axis=1)
    return np.asarray(single.T @ (single * (weights * rows)[:, None]))


def _deal_rows(weights: Floats, rows: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return rows a component by systematic sampling: each is its expectation, rounded up or down."""
    ends = np.floor(np.cumsum(weights) / weights.sum() * rows + rng.random()).astype(np.int64)
    ends[-1] = rows
    sizes: NDArray[np.int64] = np.diff(np.minimum(ends, rows), prepend=0)
    return sizes


def _groups(columns: Sequence[ColumnModel]) -> Iterator[list[ColumnModel]]:
    group: list[ColumnModel] = []
    for column in columns:
        if group and sum(item.grid.size for item in group) + column.grid.size > _CELLS_AT_ONCE:
            yield group
            group = []
        group.append(column)
    if group:
        yield group


def _deal_values(
    columns: Sequence[tuple[ColumnModel, Floats]], sizes: NDArray[np.int64], rng: np.random.Generator
) -> list[NDArray[np.int32]]:
    """Return how often each fine code stands in each component, one (components, size) array a column."""
    lengths = np.array([item.grid.size for item, _ in columns])
    starts = np.cumsum(lengths) - lengths
    owner = np.repeat(np.arange(lengths.size), lengths)
    ends = starts + lengths - 1
    fine = np.concatenate([coarse[:, item.grid] * item.within for item, coarse in columns], axis=1)
    offsets = rng.random((sizes.size, lengths.size))
    counts = np.empty(fine.shape, np.int32)
    owed = np.zeros(fine.shape[1])
    for place, size in enumerate(sizes):
        due = size * fine[place]
        # A value that is owed comes sooner, but only where the component can have it.
        wanted = due * np.clip(1 + owed / (due + 1), 0, 3)
        sums = np.add.reduceat(wanted, starts)
        wanted *= (size / sums)[owner]
        reached = np.cumsum(wanted) - size * owner + offsets[place][owner]
        whole = np.clip(np.floor(reached), 0, size)
        whole[ends] = size
        whole += size * owner
        counts[place] = np.diff(np.maximum.accumulate(whole), prepend=0)
        owed += due - counts[place]
    return [counts[:, start : start + length] for start, length in zip(starts, lengths, strict=True)]


def _shuffle_inside(counts: NDArray[np.int32], sizes: NDArray[np.int64], rng: np.random.Generator) -> Codes:
    """Write out the codes of each component in a random order of their own."""
    rows = int(sizes.sum())
    codes = np.repeat(np.tile(np.arange(counts.shape[1], dtype=np.uint16), sizes.size), counts.ravel())
    # One integer sort: component, then random bits, then the place that moves.
    keys = rng.integers(0, 1 << 63, size=rows, dtype=np.uint64) >> (_COMPONENT_BITS - np.uint64(1))
    keys >>= _PLACE_BITS
    keys <<= _PLACE_BITS
    keys |= np.repeat(np.arange(sizes.size, dtype=np.uint64) << (np.uint64(64) - _COMPONENT_BITS), sizes)
    keys |= np.arange(rows, dtype=np.uint64)
    keys.sort()
    return codes[(keys & ((np.uint64(1) << _PLACE_BITS) - np.uint64(1))).astype(np.int64)]
