"""The kind ``gan``: generator networks that are trained on the released tables, several pooled.

There is no network that tells rows apart, because nothing may see rows: the tables, with their known noise, take its
place (GEM). Each network is trained alone, on a thread of its own, from its own start, and gets the same share of the
components. Their errors differ and average out.

References:
    Liu, Vietri and Wu (2021), "Iterative Methods for Private Synthetic Data: Unifying Framework and New Methods",
    https://arxiv.org/abs/2106.07153, Section 4.2.
"""

from typing import Any, ClassVar

from pydantic import Field

from synth_assets.contract.generator import Options
from synth_assets.generator.networks.decoder import DecoderGenerator
from synth_assets.generator.protocol import Progress
from synth_assets.release import Release

__all__ = ["GanGenerator", "GanOptions"]

LATENT, POINTS = 32, 512
"""Dimensions of the noise, and latent points of each network: so many components it gives."""


class GanOptions(Options):
    """Sizes of the networks; the defaults suit tables of some dozen columns."""

    networks: int = Field(default=4, ge=1, le=8, description="networks that are trained and pooled")
    width: int = Field(default=128, ge=8, le=512, description="units in each of the two hidden layers")
    steps: int = Field(default=600, ge=1, le=20_000, description="most steps of training at the full rate")


class GanGenerator(DecoderGenerator):
    """Pooled generator networks, fitted to all tables of a release."""

    kind: ClassVar[str] = "gan"
    options: ClassVar[type[Options]] = GanOptions
    method: ClassVar[int] = 1

    def trained(self, release: Release, *, seed: int, device: str, progress: Progress | None) -> dict[str, Any]:
        """See ``DecoderGenerator``."""
        from synth_assets.generator.networks.tables import train_networks

        sizes: GanOptions = self._options
        return train_networks(
            release,
            networks=sizes.networks,
            points=POINTS,
            latent=LATENT,
            width=sizes.width,
            steps=sizes.steps,
            seed=seed,
            device=device,
            progress=progress,
        )
