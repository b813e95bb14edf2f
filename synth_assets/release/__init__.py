"""The public artefact of a measurement: noisy marginals and the privacy statement.

Everything in here is safe to publish, and nothing here can reach a private row:
this room imports neither ``source`` nor ``measurement``.
"""

from synth_assets.release.discovery import Discovery, categories_of
from synth_assets.release.model import Level, NoisyMarginal, Release
from synth_assets.release.scores import NoisyScores, l2_sensitivity
from synth_assets.release.store import load_release, restore_release, write_release

__all__ = [
    "Discovery",
    "Level",
    "NoisyMarginal",
    "NoisyScores",
    "Release",
    "categories_of",
    "l2_sensitivity",
    "load_release",
    "restore_release",
    "write_release",
]
