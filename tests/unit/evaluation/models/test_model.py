"""The kinds that this package brings say what they are."""

from importlib.metadata import version

import pytest

from synth_assets.evaluation.models.registry import MODELS, make_model


@pytest.mark.parametrize("name", MODELS.built_in)
def test_a_kind_says_its_name_and_the_libraries_that_affect_a_fit(name: str) -> None:
    model = make_model(name)
    assert model.name == name
    assert all(version(library) for library in model.libraries)
