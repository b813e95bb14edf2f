"""The public artefact of a measurement: paid answers and how they were measured.

Everything here is safe to publish, and nothing here can access a private row:
this room imports neither ``source`` nor ``measurement``.
"""

from synth_assets.release.answers import Answer, l2_sensitivity
from synth_assets.release.kinds.marginals import Level, NoisyMarginal
from synth_assets.release.kinds.scores import NoisyScores
from synth_assets.release.kinds.thresholds import Discovery, categories_of
from synth_assets.release.model import Release
from synth_assets.release.store import load_release, restore_release, write_release

__all__ = [
    "Answer",
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
