"""Multiples of a step are the doubles that people write, and a bin has exactly those that lie in it."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.domain.kinds.grid import LARGEST_COUNT, Grid, GridBins


@pytest.mark.parametrize("decimals", range(16))
def test_multiples_are_what_a_file_with_so_many_digits_is_read_as(decimals: int) -> None:
    counts = np.random.default_rng(decimals).integers(-(10**15), 10**15, size=2000)
    values = Grid.of(float(f"1e-{decimals}")).values(counts.astype(np.float64))
    assert values.tolist() == [float(Fraction(int(count), 10**decimals)) for count in counts]


def test_a_step_is_read_as_it_is_written() -> None:
    assert (Grid.of(0.05), Grid.of(2.5)) == (Grid(numerator=1, denominator=20), Grid(numerator=5, denominator=2))
    assert Grid.of(0.3).values(np.array([1.0, 3.0, 7.0])).tolist() == [0.3, 0.9, 2.1]


@given(st.sampled_from([0.0001, 0.05, 0.1, 0.3, 1.0, 2.5, 100.0]), st.floats(-1e9, 1e9))
def test_the_neighbours_of_a_number_are_on_both_sides_of_it_and_a_step_apart(step: float, number: float) -> None:
    grid, at = Grid.of(step), np.array([number])
    first, last = grid.first(at), grid.last(at)
    assert grid.values(first - 1)[0] < number <= grid.values(first)[0]
    assert grid.values(last)[0] <= number < grid.values(last + 1)[0]
    assert (first == last).all() == grid.holds(at)[0]


def test_doubles_hold_the_multiples_of_a_step_up_to_some_size_only() -> None:
    assert Grid.of(0.01).reaches(1e12)
    assert not Grid.of(0.01).reaches(1e15)
    assert not Grid.of(0.01).reaches(-1e15)
    assert Grid.of(1.0).reaches(LARGEST_COUNT)


def test_values_of_a_bin_are_its_multiples_each_as_often_and_its_end_is_the_next_bins() -> None:
    bins = GridBins.of(np.array([-0.05, 0.1, 0.35, 0.5]), step=0.1, closed=True)
    assert bins.points.tolist() == [1, 3, 2]
    shares = np.linspace(0, 1, 600, endpoint=False)
    values = [bins.at(np.full(600, code), shares).tolist() for code in range(3)]
    assert [{value: drawn.count(value) for value in sorted(set(drawn))} for drawn in values] == [
        {0.0: 600},
        {0.1: 200, 0.2: 200, 0.3: 200},
        {0.4: 300, 0.5: 300},
    ]
    assert "-" not in str(values[0][0])


def test_the_last_bin_of_whole_numbers_does_not_hold_its_end() -> None:
    assert GridBins.of(np.array([0.0, 10.0, 20.0]), step=5, closed=False).points.tolist() == [2, 2]


def test_a_bin_without_a_multiple_has_the_value_where_it_begins() -> None:
    bins = GridBins.of(np.array([0.0, 0.1, 0.2, 1.0]), step=0.5, closed=True)
    assert bins.points.tolist() == [1, 0, 2]
    assert bins.at(np.array([1]), np.array([0.7])).tolist() == [0.1]


def test_where_in_its_bin_a_multiple_lies_leads_back_to_it() -> None:
    bins = GridBins.of(np.array([0.0, 0.7, 2.0]), step=0.01, closed=True)
    codes = np.repeat([0, 1], [70, 131])
    values = np.arange(201) / 100
    assert bins.at(codes, bins.shares(codes, values)).tolist() == values.tolist()


def test_taken_multiples_are_not_drawn_and_the_others_are_as_often() -> None:
    bins = GridBins.of(np.array([0.0, 10.0, 12.0, 13.0]), step=1, closed=False, taken=(5.0, 0.0, 12.0, 99.0, 3.5))
    assert bins.points.tolist() == [8, 2, 0]
    drawn = bins.at(np.zeros(800, dtype=int), np.linspace(0, 1, 800, endpoint=False)).tolist()
    assert {value: drawn.count(value) for value in set(drawn)} == dict.fromkeys([1, 2, 3, 4, 6, 7, 8, 9], 100)
    assert bins.at(np.array([2]), np.array([0.5])).tolist() == [12.0]
    assert bins.means().tolist() == [5.0, 10.5, 12.0]
    codes, values = np.zeros(8, dtype=int), np.array(sorted(set(drawn)))
    assert bins.at(codes, bins.shares(codes, values)).tolist() == values.tolist()
