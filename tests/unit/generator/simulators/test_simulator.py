"""Parameters and where they are in their ranges."""

import math

import numpy as np
import pytest
from toy_simulator import Incomes

from synth_assets.errors import UsageError
from synth_assets.generator import Parameter
from synth_assets.generator.simulators.simulator import from_unit, to_unit, unit_slopes

RANGES = [Parameter(low=0.1, high=10, log=True), Parameter(low=-5, high=5)]


def test_ranges_map_to_zero_to_one_and_back() -> None:
    ends = np.array([[0.1, -5.0], [10.0, 5.0], [1.0, 0.0]])
    assert to_unit(RANGES, ends) == pytest.approx(np.array([[0, 0], [1, 1], [0.5, 0.5]]))
    assert from_unit(RANGES, to_unit(RANGES, ends)) == pytest.approx(ends)


def test_slopes_are_those_of_the_ranges() -> None:
    unit, step = np.array([0.3, 0.8]), 1e-6
    differences = (from_unit(RANGES, unit + step) - from_unit(RANGES, unit - step)) / (2 * step)
    assert unit_slopes(RANGES, from_unit(RANGES, unit)) == pytest.approx(differences, rel=1e-6)


@pytest.mark.parametrize(
    "ends", [{"low": 1, "high": 1}, {"low": 2, "high": 1}, {"low": 0, "high": math.inf}, {"low": math.nan, "high": 1}]
)
def test_a_parameter_without_a_range_is_refused(ends: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="has no range"):
        Parameter(**ends)


def test_a_parameter_that_varies_by_factors_is_positive() -> None:
    with pytest.raises(UsageError, match="cannot vary by factors"):
        Parameter(low=0, high=1, log=True)


def test_parameters_are_drawn_and_varied_inside_their_ranges() -> None:
    simulator, rng = Incomes(), np.random.default_rng(0)
    drawn = simulator.draw(200, rng)
    varied = simulator.vary(drawn, 0.9, rng)
    for parameters in (drawn, varied):
        unit = to_unit(list(simulator.parameters.values()), parameters)
        assert parameters.shape == (200, 3)
        assert ((unit >= 0) & (unit <= 1)).all()
    assert drawn.min(axis=0) == pytest.approx([2, 20, 0], abs=2)
    assert simulator.vary(drawn, 0.0, rng) == pytest.approx(drawn)
    assert np.abs(varied - drawn).min() > 0
