"""A figure holds what it was given and cannot be changed."""

from dataclasses import FrozenInstanceError

import pytest

from synth_assets.evaluation.figure import Figure


def test_a_figure_cannot_be_changed() -> None:
    figure = Figure(value=0.5, low=0.4, high=0.6, beta=0.05, deviation=0.05)
    with pytest.raises(FrozenInstanceError):
        figure.value = 0.7
