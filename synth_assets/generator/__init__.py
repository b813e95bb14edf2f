"""Generators: models fitted to a release and nothing else, and the rows they sample.

Post-processing of a release is free, so everything in this room may be run
again for ever. It reaches neither ``source`` nor ``measurement``. Fitting
needs torch, imported when it starts; sampling needs NumPy alone.
"""

from synth_assets.generator.condition import Condition, parse_condition
from synth_assets.generator.intervals import (
    Estimate,
    Interval,
    estimate,
    refit_answers,
    refit_interval,
    released_interval,
)
from synth_assets.generator.kinds import make_generator
from synth_assets.generator.protocol import Generator, Progress
from synth_assets.generator.scenario import rebalance, scenario, what_if
from synth_assets.generator.statistic import Statistic, make_statistic
from synth_assets.generator.store import FittedGenerator, find_generator, fit_generator, generator_files, load_generator

__all__ = [
    "Condition",
    "Estimate",
    "FittedGenerator",
    "Generator",
    "Interval",
    "Progress",
    "Statistic",
    "estimate",
    "find_generator",
    "fit_generator",
    "generator_files",
    "load_generator",
    "make_generator",
    "make_statistic",
    "parse_condition",
    "rebalance",
    "refit_answers",
    "refit_interval",
    "released_interval",
    "scenario",
    "what_if",
]
