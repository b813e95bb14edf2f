"""Small networks that were fitted to the made-up incomes, one of each kind, and their teacher."""

import pytest

from synth_assets.generator.networks.decoder import DecoderGenerator
from synth_assets.generator.networks.gan import GanGenerator, GanOptions
from synth_assets.generator.networks.teacher import Teacher
from synth_assets.generator.networks.vae import VaeGenerator, VaeOptions
from synth_assets.release import Release

SMALL = {
    "gan": (GanGenerator, GanOptions(networks=2, width=64, steps=200)),
    "vae": (VaeGenerator, VaeOptions(latent=8, width=64, steps=200)),
}


@pytest.fixture(scope="session", params=SMALL)
def network(request: pytest.FixtureRequest, release: Release) -> DecoderGenerator:
    """A fitted network."""
    kind, options = SMALL[request.param]
    generator = kind(options)
    generator.fit(release, seed=0)
    return generator


@pytest.fixture(scope="session")
def teacher(release: Release) -> Teacher:
    """A mixture that was fitted to their release."""
    return Teacher.fitted(release, seed=0)
