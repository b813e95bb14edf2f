"""Cells of all columns lie side by side."""

import numpy as np
from kit.incomes import DOMAIN, GRIDS

from synth_assets.generator.cells.layout import Layout


def test_columns_own_their_cells_and_no_others() -> None:
    layout = Layout.of(DOMAIN, GRIDS)
    owned = [cell for name in DOMAIN.names for cell in range(layout.cells)[layout.slice(name)]]
    assert owned == list(range(layout.cells))
    assert layout.column_of_cell.tolist() == np.repeat(np.arange(5), layout.sizes).tolist()
