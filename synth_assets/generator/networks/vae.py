"""The kind ``vae``: the decoder of a variational autoencoder.

It learns from rows of a mixture that was fitted to the release, any number of them, and its decoder then from the
released tables. The encoder is not kept: nothing needs it to draw rows.

References:
    Kingma and Welling (2014), "Auto-Encoding Variational Bayes", https://arxiv.org/abs/1312.6114.
"""

from typing import Any, ClassVar

from pydantic import Field

from synth_assets.contract.generator import Options
from synth_assets.generator.networks.decoder import DecoderGenerator
from synth_assets.generator.protocol import Progress
from synth_assets.release import Release

__all__ = ["VaeGenerator", "VaeOptions"]


class VaeOptions(Options):
    """Sizes of the network; the defaults suit tables of some dozen columns."""

    latent: int = Field(default=16, ge=1, le=64, description="dimensions of the latent space")
    width: int = Field(default=128, ge=8, le=512, description="units in each of the two hidden layers")
    steps: int = Field(default=1000, ge=1, le=20_000, description="steps on rows, and most steps on tables")


class VaeGenerator(DecoderGenerator):
    """The decoder of an autoencoder, fitted to rows of a mixture and to all tables of a release."""

    kind: ClassVar[str] = "vae"
    options: ClassVar[type[Options]] = VaeOptions
    method: ClassVar[int] = 1

    def trained(self, release: Release, *, seed: int, device: str, progress: Progress | None) -> dict[str, Any]:
        """See ``DecoderGenerator``."""
        from synth_assets.generator.networks.elbo import train_autoencoder

        sizes: VaeOptions = self._options
        return train_autoencoder(
            release,
            latent=sizes.latent,
            width=sizes.width,
            steps=sizes.steps,
            seed=seed,
            device=device,
            progress=progress,
        )
