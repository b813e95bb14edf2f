"""Generators: models fitted to a release and nothing else, and the rows they sample.

Post-processing of a release is free, so everything in this room may be run
again for ever. It reaches neither ``source`` nor ``measurement``. Fitting
needs torch, imported when it starts; sampling needs NumPy alone.
"""

from synth_assets.generator.condition import Condition, parse_condition, rebalance
from synth_assets.generator.protocol import Generator, Progress, make_generator
from synth_assets.generator.store import FittedGenerator, find_generator, fit_generator, load_generator

__all__ = [
    "Condition",
    "FittedGenerator",
    "Generator",
    "Progress",
    "find_generator",
    "fit_generator",
    "load_generator",
    "make_generator",
    "parse_condition",
    "rebalance",
]
