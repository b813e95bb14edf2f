"""A made-up table is counted by the code that measures, and its neighbours have one unit more."""

import numpy as np
import pytest

from synth_assets.assurance.example import ALL, MOST, STRANGE, TOO_MANY
from synth_assets.assurance.examples import example_of


def test_neighbours_differ_by_one_unit_and_each_is_counted_within_its_bound() -> None:
    example = example_of("marginals")
    without = example.exact(example.table)
    moved = {name: example.exact(table) - without for name, table in example.neighbours().items()}
    assert np.array_equal(moved[ALL], [0, 0, MOST, 0])
    assert np.array_equal(moved[TOO_MANY], moved[ALL])
    assert np.array_equal(moved["with nulls"], [0, 0, 0, MOST])
    assert np.array_equal(moved[STRANGE], [0, 0, 0, MOST])
    assert not moved["without any row"].any()
    for table in example.neighbours().values():
        units = {row[0] for part in table for row in part} - {row[0] for part in example.table for row in part}
        assert units <= {"new"}


def test_the_delta_of_a_threshold_is_a_part_of_the_delta_of_an_epsilon() -> None:
    example = example_of("thresholds")
    assert example.epsilon(rho=0.5, delta=0.0, at=0.1) == pytest.approx(1.656, abs=1e-3)
    assert example.epsilon(rho=0.5, delta=0.05, at=0.1) > example.epsilon(rho=0.5, delta=0.0, at=0.1)
