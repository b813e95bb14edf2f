"""An axis of codes sorts each row by the code in its own column."""

import numpy as np
from kit.people import make_contract

from synth_assets.rowwise.axis import CodeAxis


def test_a_row_is_at_the_place_of_its_code_in_its_column() -> None:
    domain = make_contract().domain()
    rows = [np.zeros(3, dtype=np.uint16) for _ in domain.columns]
    rows[1] = np.array([0, 1, 0], dtype=np.uint16)
    size = domain.columns[1].size
    axis = CodeAxis(column=domain.names[1], places_of=(1, *(0,) * (size - 1)), labels=("others", "first"))
    assert (axis.size, axis.places(rows, domain).tolist()) == (2, [1, 0, 1])
    assert axis.as_json()["places"] == axis.places_of
