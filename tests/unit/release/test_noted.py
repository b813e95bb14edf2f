"""The request and the answer of a draw have the digests that the journal gave them, whatever version wrote them."""

import dataclasses

import numpy as np
from found import FOUND

from synth_assets.domain import Domain
from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.privacy import PrivacyUnit
from synth_assets.release import Discovery, NoisyScores, Release
from synth_assets.release.kinds.tallies import NoisyTally, TallyQuery
from synth_assets.release.noted import answer_digest, request_digest
from synth_assets.rowwise.axis import CodeAxis


def _digest(value: object) -> str:
    return sha256_bytes(canonical_json(value))


def test_tables_are_answered_as_nested_lists_in_their_order(small_release: Release) -> None:
    for draw in {marginal.draw for marginal in small_release.marginals}:
        tables = [marginal.counts.tolist() for marginal in small_release.marginals if marginal.draw == draw]
        assert answer_digest(small_release.answers, draw) == _digest(tables)


def test_scores_are_one_list() -> None:
    scored = NoisyScores.of(cliques=(("a", "b"), ("a", "c")), scores=(3, -1), d_in=2, scale=4.0, rho=0.5, draw=9)
    assert answer_digest([scored], 9) == _digest([3, -1])


def test_all_thresholds_are_one_answer() -> None:
    none = Discovery.of(
        column="job", categories=(), counts=(), left_out=1, scale=5.0, threshold=61, rho=0.02, delta=1e-9, draw=0
    )
    pairs = [["north", 120], ["süd", 80]]
    expected = [{"released": pairs, "left_out": 0}, {"released": [], "left_out": 1}]
    assert answer_digest([FOUND, none], 0) == _digest(expected)


def test_a_draw_of_several_kinds_or_of_none_is_not_an_answer(small_release: Release) -> None:
    scored = NoisyScores.of(cliques=(("a", "b"),), scores=(3,), d_in=1, scale=4.0, rho=0.5, draw=1)
    assert answer_digest([scored, *small_release.answers], 1) == ""
    assert answer_digest(small_release.answers, 99) == ""


def test_what_was_announced_is_known_from_answers_that_say_all_of_it(small_release: Release) -> None:
    member = CodeAxis(column="member", places_of=(0, 1), labels=("no", "yes"))
    query = TallyQuery(name="t", axes=(member,), weights=np.array([[0], [2]]), domain=Domain(columns=()))
    unit = PrivacyUnit(column="person", max_rows=3)
    noise = query.noise(unit=unit, rho=0.1, delta=0)
    tally = NoisyTally.from_journal(query, noise, [5], draw=4)
    digest = _digest(NoisyTally.announced([query], [noise], unit=unit))
    assert request_digest([tally], 4, max_rows=3) == digest
    lighter = dataclasses.replace(tally, descriptor={**tally.descriptor, "weights": ((0,), (1,))})
    assert request_digest([lighter], 4, max_rows=3) != digest
    assert request_digest(small_release.answers, 1, max_rows=1) is None
