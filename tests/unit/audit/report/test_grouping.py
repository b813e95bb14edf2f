"""Which neighbours share a bar: all places are in one of at most so many, the last one alone."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.audit.report.grouping import name_of, neighbours


@given(size=st.integers(1, 300), most=st.integers(2, 40))
def test_every_place_is_in_one_bar_and_the_last_is_alone(size: int, most: int) -> None:
    places = neighbours(size, most=most)
    assert np.concatenate(places).tolist() == list(range(size))
    assert places[-1].tolist() == [size - 1]
    assert len(places) <= max(most, 1)


def test_many_places_are_shown_by_neighbours_of_one_size() -> None:
    assert [places.tolist() for places in neighbours(4, most=14)] == [[0], [1], [2], [3]]
    groups = neighbours(101, most=14)
    assert {places.size for places in groups[:-2]} == {groups[0].size}


def test_a_group_is_named_by_its_edges() -> None:
    assert name_of(["-5 to -3", "-3 to 0.5"]) == "-5 to 0.5"
    assert name_of(["4", "5"]) == "4 to 5"
    assert name_of(["4"]) == "4"
