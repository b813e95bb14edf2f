"""Every number lies in one bin, and edges ascend."""

import math

import numpy as np
import pytest

from synth_assets.errors import UsageError
from synth_assets.rowwise.edges import bins_of, edge_labels, refuse_odd_edges


def test_an_edge_belongs_to_the_bin_above_it_and_every_number_has_a_bin() -> None:
    values = np.array([-np.inf, 0.0, np.nextafter(0.5, 0), 0.5, 1.0, np.inf])
    assert bins_of(values, (0.5, 1.0)).tolist() == [0, 0, 0, 1, 2, 2]


def test_there_is_a_label_for_each_bin() -> None:
    assert edge_labels((0.25,)) == ("below 0.25", "0.25 or more")
    assert edge_labels((0.0, 0.1, 0.5)) == ("below 0", "0 to 0.1", "0.1 to 0.5", "0.5 or more")


@pytest.mark.parametrize("edges", [(), (0.5, 0.5), (0.5, 0.2), (math.nan,), (0.1, math.inf)])
def test_edges_that_do_not_ascend_or_are_not_finite_are_refused(edges: tuple[float, ...]) -> None:
    with pytest.raises(UsageError, match="must be finite and ascending"):
        refuse_odd_edges(edges)
