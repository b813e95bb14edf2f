"""A value is weighed against a count so that its mean has the least noise."""

import math

import numpy as np
import pytest

from synth_assets.errors import UsageError
from synth_assets.evaluation.estimate.bounds import NoisyCells, ratio
from synth_assets.evaluation.estimate.centred import UNIT, centred
from synth_assets.evaluation.estimate.planning import largest_norm

VALUES = np.linspace(0.0, 1.0, 11)


@pytest.mark.parametrize("expected", [0.0, 0.1, 0.5, 0.9, 1.0, 7.0])
def test_no_row_of_weights_is_longer_than_the_unit(expected: float) -> None:
    weights = centred(VALUES, expected=expected).weights
    assert weights.dtype == np.int64
    assert 0.999 * UNIT < largest_norm(weights) <= UNIT


def test_weights_are_values_up_to_rounding() -> None:
    assert centred(VALUES, expected=0.9).values == pytest.approx(VALUES, abs=1 / 20_000)


@pytest.mark.parametrize("expected", [0.1, 0.75, 0.9])
def test_the_mean_has_the_deviation_of_the_distance_to_the_farther_end(expected: float) -> None:
    columns, rows = centred(VALUES, expected=expected), 1000
    assert _deviation(columns, expected, rows=rows) == pytest.approx(max(expected, 1 - expected) / rows, rel=0.01)


@pytest.mark.parametrize("factor", [0.5, 0.8, 1.25, 2.0])
def test_another_weight_of_the_count_is_worse(factor: float) -> None:
    share, off = 0.4 / 0.9, 0.4
    half, other = 0.5, share * factor
    best, moved = (math.sqrt(half**2 / (1 - part) + off**2 / part) for part in (share, other))
    assert best == pytest.approx(0.9)
    assert moved > best


def test_a_wrong_guess_costs_little() -> None:
    columns, rows = centred(VALUES, expected=0.8), 1000
    assert _deviation(columns, 0.9, rows=rows) < 1.02 * 0.9 / rows


def test_one_value_for_all_is_known_without_noise() -> None:
    columns = centred([0.3, 0.3], expected=0.3)
    assert columns.values == pytest.approx([0.3, 0.3])
    assert np.all(columns.weights[:, 0] == 0)


@pytest.mark.parametrize("values", [[], [math.nan], [math.inf, 0.0]])
def test_values_that_are_not_numbers_are_refused(values: list[float]) -> None:
    with pytest.raises(UsageError, match="finite"):
        centred(values, expected=0.5)


def _deviation(columns: object, mean: float, *, rows: int) -> float:
    """Return the deviation of a mean at a scale of one unit."""
    sums = [rows * columns.gain * (mean - columns.centre), rows * columns.count]
    cells = NoisyCells.of(sums, scale=UNIT)
    figure = ratio(cells, above=columns.above, below=columns.below, beta=0.05)
    assert figure.value == pytest.approx(mean, abs=1e-4)
    return figure.deviation
