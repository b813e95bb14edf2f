"""Shares inside groups lean to a component's other rows; groups and the column's totals stay."""

import numpy as np
import pytest

from synth_assets.generator.mixture.inside import Inside, settled_shares

GRID = np.repeat([0, 1, 2, 3, 4], [5, 10, 10, 1, 1])
"""Three groups of ordered codes, a single value, and null."""
REGULAR = 26


def shares(seed: int = 0) -> np.ndarray:
    raw = np.random.default_rng(seed).random(GRID.size) + 0.1
    return raw / np.bincount(GRID, weights=raw)[GRID]


def components(seed: int = 0, *, number: int = 40, spread: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return random.dirichlet(np.full(5, spread), number), random.dirichlet(np.ones(number))


def leaning(coarse: np.ndarray, weights: np.ndarray, within: np.ndarray) -> Inside:
    return Inside.leaning(coarse, weights, grid=GRID, within=within, regular=REGULAR)


def test_values_lie_nearer_to_the_group_where_the_component_has_more() -> None:
    coarse, weights = np.array([[0.6, 0.2, 0.1, 0.05, 0.05], [0.1, 0.2, 0.6, 0.05, 0.05]]), np.full(2, 0.5)
    low, high = leaning(coarse, weights, shares()).shares()
    codes = np.arange(GRID.size)
    middle = GRID == 1
    means = [float(share[middle] @ codes[middle]) for share in (low, shares(), high)]
    assert means == sorted(means)
    assert means[2] - means[0] > 1
    assert np.allclose(low[GRID >= 3], 1)


def test_shares_of_each_group_add_up_to_one_in_every_component() -> None:
    coarse, weights = components()
    inside = leaning(coarse, weights, shares()).shares()
    assert inside.shape == (40, GRID.size)
    assert inside.min() >= 0
    for component in inside:
        assert np.bincount(GRID, weights=component) == pytest.approx(np.ones(5))


def test_a_column_has_its_totals_again_once_its_shares_are_settled() -> None:
    coarse, weights = components()
    within = shares()
    wanted = (weights @ coarse)[GRID] * within

    def gap(base: np.ndarray) -> float:
        return float(np.abs(weights @ (coarse[:, GRID] * leaning(coarse, weights, base).shares()) - wanted).sum())

    settled = settled_shares(coarse, weights, grid=GRID, within=within, regular=REGULAR)
    assert np.bincount(GRID, weights=settled) == pytest.approx(np.ones(5))
    assert gap(settled) < 0.002
    assert gap(settled) < 0.1 * gap(within)


def test_what_is_independent_in_the_groups_is_independent_inside() -> None:
    """Two kinds of components, in equal shares with both values of another column: its pairs must not depend on it."""
    coarse = np.array([[0.5, 0.3, 0.1, 0.05, 0.05], [0.2, 0.3, 0.4, 0.05, 0.05]] * 2)
    weights, other = np.full(4, 0.25), np.array([0, 0, 1, 1])
    fine = coarse[:, GRID] * leaning(coarse, weights, shares()).shares()
    halves = [weights[other == value] @ fine[other == value] for value in (0, 1)]
    assert halves[0] == pytest.approx(halves[1])


def test_chosen_components_have_the_same_shares_as_among_all() -> None:
    coarse, weights = components()
    inside, chosen = leaning(coarse, weights, shares()), np.array([3, 17])
    assert np.allclose(inside.shares(chosen), inside.shares()[chosen])


def test_a_component_without_rows_in_a_group_and_groups_without_rows_have_shares() -> None:
    coarse = np.array([[0.0, 1.0, 0.0, 0.0, 0.0], [0.5, 0.5, 0.0, 0.0, 0.0]])
    inside = leaning(coarse, np.full(2, 0.5), shares()).shares()
    for component in inside:
        assert np.bincount(GRID, weights=component) == pytest.approx(np.ones(5))


@pytest.mark.parametrize(("grid", "regular"), [(GRID, 0), (np.arange(6), 6), (np.array([1, 0, 1, 0]), 4)])
def test_categories_single_values_and_groups_out_of_order_do_not_lean(grid: np.ndarray, regular: int) -> None:
    within = 1 / np.bincount(grid)[grid]
    coarse = np.random.default_rng(0).dirichlet(np.ones(grid.max() + 1), 3)
    inside = Inside.leaning(coarse, np.full(3, 1 / 3), grid=grid, within=within, regular=regular)
    assert inside.shares().tolist() == [within.tolist()]


def test_a_tilt_leaves_its_masses_and_shares_by_component() -> None:
    coarse, weights = components()
    inside, tilt = leaning(coarse, weights, shares()), (np.arange(GRID.size) % 3 == 0).astype(float)
    masses, tilted = inside.tilted(tilt)
    for number, component in enumerate(inside.shares()):
        assert masses[number] == pytest.approx(np.bincount(GRID, weights=component * tilt))
    kept = tilted(np.array([5]))[0]
    known = masses[5][GRID] > 0
    assert kept[known] == pytest.approx((inside.shares()[5] * tilt)[known] / masses[5][GRID][known])
