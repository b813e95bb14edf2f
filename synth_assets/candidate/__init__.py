"""Candidates: rows sampled from a fitted generator, in shards, with a manifest.

Everything here is public. A candidate is a version of the synthetic table, or of one of the
contract's scenarios, that was not checked yet; checks judge it and promotion publishes it.
"""

from synth_assets.candidate.model import AsDrawn, Candidate, Shard, load_candidate
from synth_assets.candidate.scenarios import scenario_faults, scenario_order, write_scenario
from synth_assets.candidate.what_if import Question, WhatIf, read_question, write_what_if
from synth_assets.candidate.write import (
    LIBRARIES,
    SHARD_ROWS,
    Order,
    Sampler,
    as_drawn,
    draw_candidate,
    expected_rows,
    total_drawn,
    write_candidate,
    write_shard,
)

__all__ = [
    "LIBRARIES",
    "SHARD_ROWS",
    "AsDrawn",
    "Candidate",
    "Order",
    "Question",
    "Sampler",
    "Shard",
    "WhatIf",
    "as_drawn",
    "draw_candidate",
    "expected_rows",
    "load_candidate",
    "read_question",
    "scenario_faults",
    "scenario_order",
    "total_drawn",
    "write_candidate",
    "write_scenario",
    "write_shard",
    "write_what_if",
]
