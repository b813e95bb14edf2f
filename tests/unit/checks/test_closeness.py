"""The summary for people: plain distances, what noise explains of them, what is left."""

import json
from dataclasses import replace
from typing import Any

from kit.releases import MadeUp

from synth_assets.candidate import Candidate
from synth_assets.checks.closeness import describe_closeness, distance_in_words
from synth_assets.checks.counts import count_candidate
from synth_assets.checks.fidelity import compare


def _closeness(visits: MadeUp, candidate: Candidate) -> dict[str, Any]:
    distances = compare(visits.release, count_candidate(visits.contract, candidate, visits.release).tables)
    return describe_closeness(distances, visits.release, rows=candidate.rows, threshold=0.05)


def test_the_truth_is_as_close_as_noise_allows(visits: MadeUp, faithful: Candidate) -> None:
    closeness = _closeness(visits, faithful)
    assert closeness["sure_excess"] == 0.0
    assert closeness["threshold"] == 0.05
    assert (closeness["one_way"]["tables"], closeness["two_way"]["tables"]) == (7, 21)
    assert closeness["two_way"]["distance"] < 1.2 * closeness["two_way"]["explained_by_noise_and_sampling"]
    assert closeness["two_way"]["noise_alone"] < closeness["two_way"]["explained_by_noise_and_sampling"]


def test_independent_columns_are_far_in_pairs_and_near_in_single_columns(
    visits: MadeUp, independent: Candidate
) -> None:
    closeness = _closeness(visits, independent)
    assert closeness["one_way"]["excess"] < 0.05
    assert closeness["two_way"]["excess"] > 0.3
    assert closeness["sure_excess"] > 0.3
    assert len(closeness["two_way"]["worst"]["attributes"]) == 2
    assert closeness["two_way"]["worst"]["sure_excess"] >= 0.3


def test_people_are_told_what_is_compared_and_the_column_that_is_further_off() -> None:
    closeness = {"excess": 0.4, "sure_excess": 0.02, "worst_column": "age", "worst_column_sure_excess": 0.03}
    assert distance_in_words(closeness) == (
        "column age is surely 0.030 away from the release, beyond noise and sampling, and the table 0.020"
    )
    nothing = {**closeness, "sure_excess": 0.0, "worst_column_sure_excess": 0.0}
    assert "noise and sampling explain the whole distance" in distance_in_words(nothing)


def test_the_summary_is_json(visits: MadeUp, faithful: Candidate) -> None:
    closeness = _closeness(visits, faithful)
    assert json.loads(json.dumps(closeness, allow_nan=False)) == closeness


def test_what_was_not_measured_is_not_described(visits: MadeUp, faithful: Candidate) -> None:
    singles = replace(visits.release, answers=visits.release.marginals[:6])
    distances = compare(singles, count_candidate(visits.contract, faithful, singles).tables)
    assert describe_closeness(distances, singles, rows=2000, threshold=0.05)["two_way"] is None
