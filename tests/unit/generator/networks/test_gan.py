"""Generator networks are pooled, and their options are bounded."""

import numpy as np
import pytest
from kit.incomes import make_release
from pydantic import ValidationError
from safetensors.numpy import load

from synth_assets.generator.networks.decoding import MOST_DECODERS, MOST_WIDTH
from synth_assets.generator.networks.gan import LATENT, POINTS, GanGenerator, GanOptions
from synth_assets.release import Release


@pytest.fixture(scope="module")
def release() -> Release:
    return make_release()


def test_each_network_has_noise_and_weights_of_its_own(release: Release) -> None:
    generator = GanGenerator(GanOptions(networks=3, width=16, steps=5))
    generator.fit(release, seed=0)
    state = load(generator.contents()["network.safetensors"])
    assert state["points"].shape == (3, POINTS, LATENT)
    assert state["weight2"].shape == (3, 16, 16)
    assert not np.array_equal(state["points"][0], state["points"][1])
    assert not np.array_equal(state["weight1"][0], state["weight1"][1])


@pytest.mark.parametrize("options", [{"networks": 0}, {"networks": 9}, {"width": 513}, {"steps": 0}, {"depth": 3}])
def test_an_option_out_of_bounds_is_refused(options: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        GanOptions.model_validate(options)


@pytest.mark.slow
def test_the_largest_networks_are_within_what_is_read(release: Release) -> None:
    assert GanOptions(networks=8).networks <= MOST_DECODERS
    assert GanOptions(width=512).width <= MOST_WIDTH
    largest = GanGenerator(GanOptions(networks=8, width=512, steps=1))
    largest.fit(release, seed=0)
    contents, announced = largest.contents(), GanGenerator().largest(release)
    assert {name: len(content) <= announced[name] for name, content in contents.items()} == dict.fromkeys(
        contents, True
    )
    read = GanGenerator.load(contents, release=release)
    assert read.marginal(["region"]).sum() == pytest.approx(1)
