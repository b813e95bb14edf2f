"""What fitted components give to empty ends is moved inwards once, and can be moved again by whoever has the moves."""

import numpy as np
import pytest
from kit.incomes import DOMAIN, GRIDS, dependent_codes, make_release

from synth_assets.generator.cells.layout import Layout
from synth_assets.generator.mixture.settling import Settlement, move, normalised

LAYOUT = Layout.of(DOMAIN, GRIDS)


def test_moves_are_made_in_order_and_keep_each_columns_sum() -> None:
    probabilities = np.array([[0.5, 0.3, 0.2], [0.0, 0.0, 1.0]], np.float32)
    move(probabilities, np.array([[2.0, 1.0, 0.5], [1.0, 0.0, 1.0]]))
    assert probabilities == pytest.approx(np.array([[0.9, 0.0, 0.1], [0.5, 0.0, 0.5]]))


def test_an_empty_end_gives_what_it_has_to_the_group_next_to_it() -> None:
    codes = dependent_codes(8000)
    income = codes[:, DOMAIN.index("income")]
    release = make_release(codes=codes[(income >= 4) & (income <= 5)], scale=30.0)
    uniform = np.concatenate([np.full(size, 1 / size) for size in LAYOUT.sizes])[None].repeat(3, axis=0)
    weights, settled = np.full(3, 1 / 3), uniform.copy()
    settlement = Settlement.of(release, weights, settled)
    sources, targets = settlement.moves[:, 0].astype(int), settlement.moves[:, 1].astype(int)
    assert {LAYOUT.column_of_cell[source] for source in sources} == {DOMAIN.index("age"), DOMAIN.index("joined")}
    assert np.abs(sources - targets).max() == 1
    assert settled[:, sources].max() < 0.3 * uniform[:, sources].min()
    again = uniform.copy()
    move(again, settlement.moves)
    assert np.array_equal(again, settled)
    assert np.add.reduceat(settled, LAYOUT.offsets[:-1], axis=1) == pytest.approx(1)


def test_shares_of_fine_codes_add_up_in_each_group() -> None:
    rng = np.random.default_rng(0)
    weights, probabilities = normalised(LAYOUT, rng.random(4), rng.random((4, LAYOUT.cells)))
    within = Settlement.of(make_release(), weights, probabilities).within
    cells = np.concatenate([start + grid for start, grid in zip(LAYOUT.offsets, LAYOUT.grids, strict=False)])
    assert np.bincount(cells, weights=within) == pytest.approx(1)


def test_shares_are_normalised_in_double_precision() -> None:
    rng = np.random.default_rng(0)
    weights, probabilities = normalised(LAYOUT, rng.random(4).astype(np.float32), rng.random((4, LAYOUT.cells)))
    assert weights.dtype == probabilities.dtype == np.float64
    assert weights.sum() == pytest.approx(1, abs=1e-12)
    assert np.add.reduceat(probabilities, LAYOUT.offsets[:-1], axis=1) == pytest.approx(1, abs=1e-12)
