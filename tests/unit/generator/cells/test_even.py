"""Levels are even in every group of rows, and each by itself is uniform."""

import numpy as np

from synth_assets.generator.cells.even import even_levels


def test_levels_are_even_in_every_group_of_rows() -> None:
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, (2000, 2))
    levels = even_levels(codes, order=np.array([1, 0]), rng=rng)
    assert ((levels >= 0) & (levels < 1)).all()
    for code in range(4):
        group = np.sort(levels[codes[:, 1] == code])
        assert np.abs(group - (np.arange(group.size) + 0.5) / group.size).max() < 5 / group.size


def test_a_row_by_itself_has_any_level_alike() -> None:
    rng, codes = np.random.default_rng(0), np.array([[0], [1], [0]])
    levels = np.array([even_levels(codes, order=[0], rng=rng) for _ in range(4000)])
    for row in levels.T:
        counts = np.histogram(row, bins=10, range=(0, 1))[0]
        assert ((counts - 400) ** 2 / 400).sum() < 33.7  # chi-square of 9 degrees, exceeded once in 10,000
