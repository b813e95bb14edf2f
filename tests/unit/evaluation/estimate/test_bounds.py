"""Bounds of sums, ratios and distances: exact where they can be, vacuous where they must be, never NaN."""

import math
from functools import partial
from itertools import pairwise

import numpy as np
import pytest

from synth_assets.evaluation.estimate.bounds import (
    absolute_sum,
    clipped,
    largest,
    ratio,
    shifted,
    vacuous,
)
from synth_assets.evaluation.estimate.reach import NoisyCells, normal_quantile
from synth_assets.evaluation.figure import Figure

FIRST, ALL = np.array([1.0, 0.0]), np.ones(2)


def test_a_ratio_is_inverted_as_fieller_does() -> None:
    figure = ratio(NoisyCells.of([3e8, 1e8], scale=3e6), above=FIRST, below=ALL, beta=0.05)
    z, base, share, variance = normal_quantile(0.05), 4e8, 0.75, 9e12
    # The values t with (N - t D)^2 = z^2 Var(N - t D), for N = x, D = x + y and independent noise.
    roots = np.roots([base**2 - 2 * z**2 * variance, -2 * (3e8 * base - z**2 * variance), 3e8**2 - z**2 * variance])
    assert figure.value == share
    assert [figure.low, figure.high] == pytest.approx(sorted(roots.real), abs=1e-6)
    assert figure.deviation == pytest.approx(3e6 * math.hypot(0.25, 0.75) / base)


@pytest.mark.parametrize("counts", [(0, 0), (3, -3), (-40, 10), (5, 4), (-1e9, 0)])
def test_a_denominator_that_is_not_surely_positive_says_nothing(counts: tuple[float, float]) -> None:
    cells = NoisyCells.of(counts, scale=4.5)
    nothing = vacuous(beta=0.05, lowest=0.0, highest=1.0)
    assert ratio(cells, above=FIRST, below=ALL, beta=0.05) == nothing
    assert nothing == Figure(value=0.5, low=0.0, high=1.0, beta=0.05, deviation=1.0)
    assert absolute_sum(cells, forms=np.eye(2), below=ALL, beta=0.05, value=0.5) == nothing


def test_bounds_move_apart_as_beta_falls_and_as_the_scale_grows() -> None:
    def width(scale: float, beta: float) -> float:
        figure = ratio(NoisyCells.of([900, 100], scale=scale), above=FIRST, below=ALL, beta=beta)
        return figure.high - figure.low

    assert all(near < far for near, far in pairwise(width(4.5, beta) for beta in (0.1, 0.05, 0.01, 1e-6)))
    assert all(near < far for near, far in pairwise(width(scale, 0.05) for scale in (1.0, 2.0, 4.5, 14.0)))


def test_an_exact_distance_is_between_its_bounds() -> None:
    cells = NoisyCells.of([400, 100, 500], scale=1e-6)
    forms = np.eye(3) - np.array([[0.3], [0.2], [0.5]])
    figure = absolute_sum(cells, forms=forms, below=np.ones(3), beta=0.05, value=0.2)
    assert (figure.low, figure.high) == pytest.approx((0.2, 0.2), abs=1e-6)


def test_the_largest_divides_beta_downwards_only() -> None:
    asked: list[tuple[str, float]] = []

    def part(name: str, beta: float) -> Figure:
        asked.append((name, beta))
        value = {"a": 0.2, "b": 0.5}[name]
        return Figure(value=value, low=value - 0.001 / beta, high=value + 0.001 / beta, beta=beta, deviation=value)

    figure = largest([partial(part, "a"), partial(part, "b")], beta=0.1)
    assert asked == [("a", 0.1), ("b", 0.1), ("b", 0.05)], "at .05, the lower bound of a is below .19"
    assert figure == Figure(value=0.5, low=0.48, high=0.51, beta=0.1, deviation=0.5)


def test_the_largest_lower_bound_may_be_that_of_another_part() -> None:
    def part(low: float, lost: float, beta: float) -> Figure:
        return Figure(value=0.5, low=low - (lost if beta < 0.1 else 0.0), high=0.9, beta=beta, deviation=0.1)

    bounds = [(0.1, 0.0), (0.4, 0.3), (0.3, 0.05)]
    figure = largest([partial(part, *bound) for bound in bounds], beta=0.1)
    assert figure.low == pytest.approx(0.25)


def test_a_value_outside_of_the_range_is_moved_into_it() -> None:
    figure = clipped(1.2, low=1.1, high=1.3, beta=0.05, deviation=7.0, lowest=0.0, highest=1.0)
    assert figure == Figure(value=1.0, low=1.0, high=1.0, beta=0.05, deviation=1.0)


def test_a_shifted_figure_stays_in_its_own_range() -> None:
    figure = Figure(value=0.5, low=0.3, high=0.9, beta=0.05, deviation=0.1)
    moved = shifted(figure, -0.4, lowest=0.0, highest=1.0)
    assert (moved.low, moved.value, moved.high) == pytest.approx((0.0, 0.1, 0.5))
