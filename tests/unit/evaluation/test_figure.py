"""A figure is a number between its bounds."""

import pytest

from synth_assets.evaluation.figure import Figure


def test_a_figure_cannot_be_changed() -> None:
    figure = Figure(value=0.5, low=0.4, high=0.6, beta=0.05, deviation=0.03)
    with pytest.raises(AttributeError):
        figure.value = 1.0  # type: ignore[misc]
