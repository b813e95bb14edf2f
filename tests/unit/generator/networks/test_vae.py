"""An autoencoder keeps its decoder and where the encoder put rows, and its options are bounded."""

import pytest
from kit.incomes import make_release
from pydantic import ValidationError
from safetensors.numpy import load

from synth_assets.generator.networks.decoding import MOST_LATENT, MOST_WIDTH, PARTS
from synth_assets.generator.networks.elbo import POINTS
from synth_assets.generator.networks.vae import VaeGenerator, VaeOptions


@pytest.mark.slow
def test_the_largest_decoder_is_kept_without_its_encoder_and_read_again() -> None:
    release = make_release()
    generator = VaeGenerator(VaeOptions(latent=MOST_LATENT, width=MOST_WIDTH, steps=1))
    generator.fit(release, seed=0)
    contents, announced = generator.contents(), VaeGenerator().largest(release)
    state = load(contents["network.safetensors"])
    assert set(state) == {*PARTS, "moves", "within"}
    assert state["points"].shape == (1, POINTS, MOST_LATENT)
    assert all(len(content) <= announced[name] for name, content in contents.items())
    assert VaeGenerator.load(contents, release=release).marginal(["region"]).sum() == pytest.approx(1)


@pytest.mark.parametrize("options", [{"latent": 0}, {"latent": 65}, {"width": 513}, {"steps": 0}, {"depth": 3}])
def test_an_option_out_of_bounds_is_refused(options: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        VaeOptions.model_validate(options)
