"""A correlation's difference is the one of grouped values, by its definition."""

import numpy as np
import pytest
from asked_exactly import REAL, ask, figure_of, ground

from synth_assets.errors import IntegrityError
from synth_assets.evaluation.metrics.registry import parse
from synth_assets.privacy import MEASURED

GATE = "correlation.age.member"


def by_hand() -> float:
    asked = ask(GATE)
    positions, correlations = asked.facts["positions"], []
    for rows in (REAL[MEASURED], ground().rows):
        places = [axis.places(rows, ground().domain) for axis in asked.questions[0].query.axes]
        known = (places[0] < len(positions[0])) & (places[1] < len(positions[1]))
        values = [np.array(means)[place[known]] for means, place in zip(positions, places, strict=True)]
        correlations.append(np.corrcoef(*values)[0, 1])
    return float(abs(correlations[0] - correlations[1]))


def test_the_figure_is_the_difference_of_both_correlations() -> None:
    figure = figure_of(GATE, ask(GATE))
    assert figure.value == pytest.approx(by_hand(), abs=2e-3)
    assert figure.low <= figure.value <= figure.high


@pytest.mark.parametrize("name", ["correlation", "correlation.age.age", "correlation.age.city", "correlation.age.x"])
def test_it_needs_two_columns_with_means(name: str) -> None:
    metric, arguments = parse(name)
    assert metric.fault(arguments, ground().contract) is not None


def test_positions_of_another_table_do_not_belong_to_the_answer() -> None:
    asked = ask(GATE)
    down, across = asked.facts["positions"]
    with pytest.raises(IntegrityError):
        figure_of(GATE, asked, facts={**asked.facts, "positions": [down[:-1], across]})
