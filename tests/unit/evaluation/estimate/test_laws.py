"""Whatever a tally holds, a figure is a number in its range, between its bounds, and wider for a smaller beta."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth_assets.evaluation.estimate.closeness import (
    correlation_difference,
    jensen_shannon,
    mean_total_variation,
    wasserstein,
)
from synth_assets.evaluation.estimate.fairness import (
    demographic_parity_difference,
    equal_opportunity_difference,
    equalized_odds_difference,
)
from synth_assets.evaluation.estimate.leakage import nearer, share_difference
from synth_assets.evaluation.estimate.ranking import area, area_of_table, make_ranking
from synth_assets.evaluation.estimate.usefulness import (
    accuracy,
    balanced_accuracy,
    calibration_error,
    make_brier,
    mean_value,
    share_right,
)
from synth_assets.evaluation.figure import Figure

Bound = Callable[..., Figure]
COLUMN, PAIRS = np.array([5.0, 0, 3, 2]), np.array([[3.0, 1], [2, 4]])
OWN = float(np.corrcoef(np.repeat([0, 0, 1, 1], [3, 1, 2, 4]), np.repeat([0, 1, 0, 1], [3, 1, 2, 4]))[0, 1])
RANKING = make_ranking([[5, 3, 1], [0, 2, 4]])


def of(figure: Bound, *rest: Any, **more: Any) -> Bound:
    return lambda tally, **noise: figure(tally, *rest, **noise, **more)


def variation(tally: np.ndarray, *, scale: float, beta: float) -> Figure:
    return mean_total_variation(
        float(tally[0]), tables=2, rows=float(tally[1]), scale=scale, beta=beta, rows_deviation=abs(float(tally[2]))
    )


def parts(figure: Bound) -> Bound:
    def bound(tally: np.ndarray, *, scale: float, beta: float) -> Figure:
        return figure(tally[0], tally[1], measured_scale=scale, held_out_scale=2 * scale, beta=beta)

    return bound


CASES: dict[str, tuple[Bound, tuple[int, ...], float, float]] = {
    "share right": (share_right, (2,), 0, 1),
    "accuracy": (of(accuracy, first=2), (2, 3), 0, 1),
    "balanced accuracy": (of(balanced_accuracy, first=2), (2, 3), 0, 1),
    "area": (of(area, RANKING), (RANKING.weights.shape[2],), 0, 1),
    "area of a table": (area_of_table, (2, 3), 0, 1),
    "brier": (of(mean_value, make_brier([0.1, 0.9], expected=0.1)), (2,), 0, 1),
    "calibration": (of(calibration_error, [0.1, 0.5, 0.9]), (2, 3), 0, 1),
    "parity": (demographic_parity_difference, (2, 2, 2), 0, 1),
    "opportunity": (equal_opportunity_difference, (2, 2, 2), 0, 1),
    "odds": (equalized_odds_difference, (2, 2, 2), 0, 1),
    "variation": (variation, (3,), 0, 1),
    "wasserstein": (of(wasserstein, COLUMN, positions=[0, 1, 5, 7]), (4,), 0, 1),
    "divergence": (of(jensen_shannon, COLUMN), (4,), 0, 1),
    "correlation": (of(correlation_difference, PAIRS, down=[0, 1], across=[0, 2]), (2, 2), 0, 1 + OWN),
    "leak": (parts(share_difference), (2, 2), -1, 1),
    "nearer": (parts(nearer), (2, 3), 0, 1),
}


@pytest.mark.parametrize("name", CASES)
@settings(max_examples=25, deadline=None)
@given(data=st.data(), scale=st.sampled_from([0.3, 4.5, 70.0, 4e5]), beta=st.sampled_from([0.3, 0.05, 1e-4, 1e-9]))
def test_a_figure_is_a_number_in_its_range_between_its_bounds(
    name: str, data: st.DataObject, scale: float, beta: float
) -> None:
    figure, shape, lowest, highest = CASES[name]
    size = int(np.prod(shape))
    numbers = data.draw(st.lists(st.integers(-(10**3), 10**6), min_size=size, max_size=size))
    tally = np.array(numbers, dtype=np.float64).reshape(shape)
    bounded, wider = (figure(tally, scale=scale, beta=part) for part in (beta, beta / 10))
    assert lowest <= bounded.low <= bounded.value <= bounded.high <= highest + 1e-12
    assert 0 <= bounded.deviation <= highest - lowest + 1e-12
    assert bounded.beta == beta
    assert wider.low <= bounded.low + 1e-9
    assert wider.high >= bounded.high - 1e-9


@pytest.mark.parametrize("name", CASES)
def test_no_rows_say_nothing(name: str) -> None:
    figure, shape, lowest, highest = CASES[name]
    empty = figure(np.zeros(shape), scale=4.5 if name not in {"area", "brier"} else 3e5, beta=0.05)
    assert empty.low == pytest.approx(lowest, abs=0.05)
    assert empty.high == pytest.approx(highest, abs=0.25)
