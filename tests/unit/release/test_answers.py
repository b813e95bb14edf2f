"""The answer of a draw has the digest that the journal gave it."""

import dataclasses

from found import FOUND

from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.release import NoisyScores, Release
from synth_assets.release.answers import answer_digest


def _digest(value: object) -> str:
    return sha256_bytes(canonical_json(value))


def test_tables_are_answered_as_nested_lists_in_their_order(small_release: Release) -> None:
    for draw in {item.draw for item in small_release.marginals}:
        tables = [item.counts.tolist() for item in small_release.marginals if item.draw == draw]
        assert answer_digest(small_release, draw) == _digest(tables)


def test_scores_are_one_list(small_release: Release) -> None:
    scored = NoisyScores(cliques=(("a", "b"), ("a", "c")), scores=(3, -1), d_in=2, scale=4.0, rho=0.5, draw=9)
    assert answer_digest(dataclasses.replace(small_release, scores=(scored,)), 9) == _digest([3, -1])


def test_all_thresholds_are_one_answer(small_release: Release) -> None:
    one = dataclasses.replace(FOUND, left_out=1)
    none = dataclasses.replace(one, column="job", categories=(), counts=(), left_out=0)
    release = dataclasses.replace(small_release, discoveries=(one, none))
    pairs = [["north", 120], ["süd", 80]]
    assert answer_digest(release, 0) == _digest([{"released": pairs, "left_out": 1}, {"released": [], "left_out": 0}])
