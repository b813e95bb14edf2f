"""Fine codes lie in their groups and have the released shares there."""

import numpy as np
import pytest
from kit.incomes import DOMAIN, GRIDS

from synth_assets.generator.cells.fine import FineCodes, are_shares
from synth_assets.generator.cells.layout import Layout
from synth_assets.generator.one_way import shares_of
from synth_assets.release import Release

LAYOUT = Layout.of(DOMAIN, GRIDS)


@pytest.fixture(scope="module")
def fine(release: Release) -> FineCodes:
    masses = [release.project((name,), level="coarse")[0] for name in DOMAIN.names]
    return FineCodes.of(release, one_way=np.concatenate(masses) / release.total())


def test_fine_codes_have_the_shares_of_the_release_in_their_groups(fine: FineCodes, release: Release) -> None:
    rng = np.random.default_rng(0)
    coarse = np.stack([rng.integers(0, size, 40_000) for size in LAYOUT.sizes], axis=1)
    drawn = fine.drawn(coarse, rng=rng)
    for column, name in enumerate(DOMAIN.names):
        codes, grid = drawn[column], GRIDS[name]
        assert (grid[codes] == coarse[:, column]).all()
        masses, _ = release.project((name,), level="coarse")
        expected = shares_of(release, name, masses=masses)
        counts = np.bincount(codes, minlength=grid.size) / np.bincount(coarse[:, column])[grid]
        assert np.abs(counts - expected).max() < 0.02


def test_groups_whose_codes_are_not_beside_each_other_are_divided_too() -> None:
    layout = Layout.of(DOMAIN, {**GRIDS, "region": np.array([0, 1, 0])})
    shares = np.concatenate(
        [np.array([0.25, 1.0, 0.75]) if name == "region" else _even(GRIDS[name]) for name in DOMAIN.names]
    )
    coarse = np.zeros((1000, 5), dtype=np.int64)
    region = FineCodes(layout=layout, shares=shares).drawn(coarse, rng=np.random.default_rng(1))[2]
    counts = np.bincount(region, minlength=3)
    assert counts[1] == 0
    assert abs(counts[0] - 250) < 60


def test_a_condition_tilts_the_shares_of_its_columns_and_weighs_their_groups(fine: FineCodes) -> None:
    weights = np.where(np.arange(61) < 25, 2.0, 0.0)
    tilted, masses = fine.under({"age": tuple(weights)})
    ages, before = tilted.shares[:61], fine.shares[:61]
    assert set(masses) == {0}
    assert np.allclose(masses[0][:2], 2)
    assert np.isclose(masses[0][2], 2 * before[20:25].sum())
    assert (masses[0][3:] == 0).all()
    assert np.allclose(ages[20:25], before[20:25] / before[20:25].sum())
    assert (tilted.shares[61:] == fine.shares[61:]).all()


def _even(grid: np.ndarray) -> np.ndarray:
    return 1.0 / np.bincount(grid)[grid]


def test_a_code_without_a_share_is_never_drawn() -> None:
    shares = np.concatenate([_even(GRIDS[name]) for name in DOMAIN.names])
    shares[:10] = [0.0, 0.5, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0]
    ages = FineCodes(layout=LAYOUT, shares=shares).drawn(np.zeros((5000, 5), int), rng=np.random.default_rng(2))[0]
    assert set(ages.tolist()) == {1, 4}


@pytest.mark.parametrize(
    "change",
    [
        lambda shares: shares[:-1],
        lambda shares: np.where(np.arange(shares.size) == 3, np.nan, shares),
        lambda shares: np.where(np.arange(shares.size) == 3, -shares, shares),
        lambda shares: shares * 1.01,
    ],
    ids=["fewer", "not a number", "negative", "more than one"],
)
def test_numbers_that_are_not_shares_are_told_from_shares(fine: FineCodes, change: object) -> None:
    assert are_shares(fine.shares, LAYOUT)
    assert not are_shares(change(fine.shares), LAYOUT)  # type: ignore[operator]
