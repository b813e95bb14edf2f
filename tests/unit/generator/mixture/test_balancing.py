"""Swaps bring pairs nearer to the model's and touch nothing else."""

import numpy as np

from synth_assets.generator.mixture.balancing import balance, sweeps_for

ROWS, SIZES = 3000, (4, 3, 6)
GRIDS = [np.arange(4), np.arange(3), np.repeat(np.arange(6), 2)]


def _sample(seed: int) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    """Two components of independent columns: codes, owners and expected pairs."""
    rng = np.random.default_rng(seed)
    owners = np.sort(rng.integers(0, 2, ROWS))
    single = np.zeros((2, sum(SIZES)))
    offsets = np.cumsum([0, *SIZES])
    codes = []
    for index, size in enumerate(SIZES):
        shares = rng.dirichlet(np.ones(size), 2)
        single[:, offsets[index] : offsets[index + 1]] = shares
        coarse = np.array([rng.choice(size, p=shares[owner]) for owner in owners])
        codes.append((coarse * 2 + rng.integers(0, 2, ROWS) if size == 6 else coarse).astype(np.uint16))
    weights = np.bincount(owners)
    return codes, owners, single.T @ (single * weights[:, None])


def _distance(codes: list[np.ndarray], expected: np.ndarray) -> float:
    offsets = np.cumsum([0, *SIZES])
    cells = [start + grid[code] for start, grid, code in zip(offsets, GRIDS, codes, strict=False)]
    counts = np.zeros_like(expected)
    for a in range(3):
        for b in range(3):
            if a != b:
                np.add.at(counts, (cells[a], cells[b]), 1)
            else:
                block = slice(offsets[a], offsets[a + 1])
                counts[block, block] = expected[block, block]
    return float(((counts - expected) ** 2 / (expected + 1)).sum())


def test_pairs_come_nearer_to_the_model() -> None:
    codes, owners, expected = _sample(0)
    before = _distance(codes, expected)
    balance(codes, GRIDS, expected=expected, owners=owners, rng=np.random.default_rng(1))
    assert _distance(codes, expected) < 0.7 * before


def test_each_component_keeps_its_values() -> None:
    codes, owners, expected = _sample(1)
    before = [code.copy() for code in codes]
    balance(codes, GRIDS, expected=expected, owners=owners, rng=np.random.default_rng(1))
    assert any((old != new).any() for old, new in zip(before, codes, strict=True))
    for old, new in zip(before, codes, strict=True):
        for owner in (0, 1):
            assert np.array_equal(np.sort(old[owners == owner]), np.sort(new[owners == owner]))


def test_large_samples_are_left_alone() -> None:
    assert sweeps_for(1_000_000, 15) == 0
    assert sweeps_for(50_000, 15) == 8
    assert sweeps_for(0, 3) == 8
