"""The paid measurer keeps the protocol that strategies ask through."""

import inspect

import pytest

from synth_assets.measurement.draws import PaidMeasurer
from synth_assets.strategy.measurer import Measurer


@pytest.mark.slow
def test_the_implementation_takes_what_the_protocol_says() -> None:
    names = [name for name, value in vars(Measurer).items() if callable(value) and not name.startswith("_")]
    assert names
    for name in names:
        assert inspect.signature(getattr(PaidMeasurer, name)) == inspect.signature(getattr(Measurer, name)), name
