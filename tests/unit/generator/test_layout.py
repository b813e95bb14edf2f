"""Cells of all columns lie side by side."""

import numpy as np
import pytest

from synth_assets.generator.layout import Layout
from tests.unit.generator.conftest import DOMAIN, GRIDS


def test_columns_own_their_cells_and_no_others() -> None:
    layout = Layout.of(DOMAIN, GRIDS)
    owned = [cell for name in DOMAIN.names for cell in range(layout.cells)[layout.slice(name)]]
    assert owned == list(range(layout.cells))
    assert layout.column_of_cell.tolist() == np.repeat(np.arange(5), layout.sizes).tolist()


def test_shares_inside_a_coarse_code_add_up_also_without_mass() -> None:
    layout = Layout.of(DOMAIN, GRIDS)
    mass = np.zeros(61)
    mass[3] = 2
    shares = layout.within(0, mass)
    assert np.bincount(GRIDS["age"], weights=shares) == pytest.approx(np.ones(7))
    assert shares[3] == 1
    assert shares[15] == pytest.approx(0.1)
