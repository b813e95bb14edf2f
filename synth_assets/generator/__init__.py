"""Generators: models fitted to a release and nothing else, and the rows they sample.

Post-processing of a release costs no privacy budget, so everything in this room may
be run any number of times. It imports neither ``source`` nor ``measurement``. The
modules here do not depend on a kind: ``mixture`` is ours, others use entry points.
"""

from synth_assets.contract.generator import Options
from synth_assets.generator.abilities import abilities_of
from synth_assets.generator.condition import Condition, parse_condition
from synth_assets.generator.intervals import (
    Estimate,
    Interval,
    estimate,
    refit_answers,
    refit_interval,
    released_interval,
)
from synth_assets.generator.kinds import generator_class, generator_kinds, make_generator
from synth_assets.generator.protocol import Answering, Conditioning, Generator, Progress, Refitting
from synth_assets.generator.rows import column_values, make_rng
from synth_assets.generator.scenario import rebalance, scenario, value_named, what_if
from synth_assets.generator.simulators.simulator import Parameter, Simulator
from synth_assets.generator.statistic import Statistic, make_statistic
from synth_assets.generator.store import FittedGenerator, find_generator, fit_generator, generator_files, load_generator

__all__ = [
    "Answering",
    "Condition",
    "Conditioning",
    "Estimate",
    "FittedGenerator",
    "Generator",
    "Interval",
    "Options",
    "Parameter",
    "Progress",
    "Refitting",
    "Simulator",
    "Statistic",
    "abilities_of",
    "column_values",
    "estimate",
    "find_generator",
    "fit_generator",
    "generator_class",
    "generator_files",
    "generator_kinds",
    "load_generator",
    "make_generator",
    "make_rng",
    "make_statistic",
    "parse_condition",
    "rebalance",
    "refit_answers",
    "refit_interval",
    "released_interval",
    "scenario",
    "value_named",
    "what_if",
]
