"""A diffusion that was fitted draws rows of the release; its options are bounded."""

import pytest
from kit.incomes import DOMAIN, GRIDS
from pydantic import ValidationError

from synth_assets.generator.cells.layout import Layout
from synth_assets.generator.networks.diffusion import DiffusionGenerator, DiffusionOptions


@pytest.mark.parametrize(
    "options", [{"width": 8}, {"width": 1 << 20}, {"blocks": 0}, {"blocks": 50}, {"steps": 0}, {"rate": 0.1}]
)
def test_options_are_bounded(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        DiffusionOptions.model_validate(options)


def test_every_option_has_a_description_and_a_default() -> None:
    for field in DiffusionOptions.model_fields.values():
        assert field.description
        assert not field.is_required()


def test_its_default_size_is_that_of_a_small_network() -> None:
    layout, chosen = Layout.of(DOMAIN, GRIDS), DiffusionOptions()
    shapes = DiffusionGenerator.shapes(layout, width=chosen.width, blocks=chosen.blocks)
    numbers = sum(shape[0] * (shape[1] if len(shape) > 1 else 1) for shape in shapes.values())
    assert 50_000 < numbers < 120_000
