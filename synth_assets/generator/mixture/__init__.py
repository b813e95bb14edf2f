"""The default kind of generator: a pooled mixture of product distributions."""

from synth_assets.generator.mixture.model import MixtureGenerator

__all__ = ["MixtureGenerator"]
