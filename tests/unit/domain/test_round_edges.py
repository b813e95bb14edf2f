"""Wide ranges are cut at round numbers: finely near zero, evenly far from it."""

import numpy as np
import pytest

from synth_assets.domain.round_edges import FEWEST_BINS, MOST_BINS, grid_edges, round_edges


def widths(low: float, high: float, edges: tuple[float, ...]) -> list[float]:
    return [round(width, 9) for width in np.diff([low, *edges, high]).tolist()]


def test_bins_of_an_amount_widen_with_it_until_they_are_equal() -> None:
    edges = round_edges(0, 2_000_000)
    bin_widths = widths(0, 2_000_000, edges)
    assert bin_widths == sorted(bin_widths)
    assert bin_widths[:10] == [1] * 10
    assert bin_widths[-1] == 50_000
    assert all(width <= max(1, edge / 10) for edge, width in zip(edges, bin_widths[1:], strict=True))


def test_edges_are_multiples_of_the_width_that_begins_there_and_take_in_round_numbers() -> None:
    edges = [edge for edge in round_edges(-400_000, 2_000_000) if edge >= 0]
    assert not any(edge % width for edge, width in zip(edges, np.diff([*edges, 2_000_000]), strict=True))
    assert {0, 1, 10, 50, 100, 500, 1000, 5000, 10_000, 50_000, 100_000, 200_000, 500_000, 1_000_000} <= set(edges)


def test_both_sides_of_zero_mirror_each_other() -> None:
    edges = round_edges(-5000, 5000)
    assert [-edge for edge in reversed(edges)] == list(edges)


@pytest.mark.parametrize(
    ("low", "high", "width"), [(1_000_000, 1_005_000, 50), (-1_005_000, -1_000_000, 50), (10**15, 10**15 + 10**4, 100)]
)
def test_a_range_far_from_zero_is_cut_evenly(low: int, high: int, width: int) -> None:
    assert set(widths(low, high, round_edges(low, high))) == {width}


@pytest.mark.parametrize(("low", "high"), [(0, 1024), (18, 20_000), (-(2**53), 2**53), (-5, 10**9), (2000, 4000)])
def test_there_are_enough_bins_and_not_too_many(low: int, high: int) -> None:
    assert FEWEST_BINS <= len(round_edges(low, high)) + 1 <= MOST_BINS


def test_reals_have_the_doubles_that_their_decimals_are_written_as() -> None:
    edges = round_edges(0.0, 1.0, whole=False)
    assert {0.001, 0.01, 0.1, 0.2, 0.3, 0.7} <= set(edges)
    assert all(isinstance(edge, float) and len(repr(edge)) <= 7 for edge in edges)


def test_reals_are_not_cut_much_finer_than_evenly() -> None:
    assert min(widths(0.0, 1000.0, round_edges(0.0, 1000.0, whole=False))) == 0.01


@pytest.mark.parametrize(("low", "high"), [(1e16, 1e16 + 64), (1.0, 1.0000000000000002), (0.0, 5e-324), (0.0, 1e-300)])
def test_reals_too_close_for_round_numbers_have_no_edges(low: float, high: float) -> None:
    assert round_edges(low, high, whole=False) == ()


def test_a_step_has_a_bin_per_multiple_where_they_are_few() -> None:
    assert grid_edges(0, 1, step=0.25) == (0.25, 0.5, 0.75, 1.0)
    assert grid_edges(3, 1000, step=100) == tuple(range(200, 1001, 100))
    assert len(grid_edges(0, 1, step=0.001)) == 1000


def test_a_step_of_many_multiples_has_round_edges_on_them() -> None:
    edges = grid_edges(0, 1, step=0.0001)
    assert edges == tuple(edge / 10_000 for edge in round_edges(0, 10_000))
    assert edges[:2] == (0.0001, 0.0002)


def test_a_range_with_one_multiple_has_no_edges() -> None:
    assert grid_edges(0.4, 1.3, step=1) == ()
