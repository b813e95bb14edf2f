"""What a statement says of mechanisms and spending follows from the records."""

import dataclasses

from found import FOUND

from synth_assets.release import NoisyScores, Release
from synth_assets.release.statement import ALWAYS_UNPROTECTED, describe_mechanisms, describe_spending

SCORED = NoisyScores(cliques=(("a", "b"),), scores=(3,), d_in=2, scale=4.0, rho=0.5, draw=1, mechanism="s")


def test_each_mechanism_is_listed_once_with_all_its_tables(small_release: Release) -> None:
    listed = describe_mechanisms(small_release.marginals, max_rows=1)
    named = [(table["attributes"], table["level"]) for item in listed for table in item["tables"]]
    assert len(listed) < len(named) == len(small_release.marginals)
    assert sorted(named) == sorted((list(item.attributes), item.level) for item in small_release.marginals)


def test_thresholds_and_scores_come_first_with_a_d_in_of_their_own(small_release: Release) -> None:
    listed = describe_mechanisms(small_release.marginals, discoveries=[FOUND], scores=[SCORED], max_rows=3)
    assert listed[0] == {
        "opendp": FOUND.mechanism,
        "draw": 0,
        "scale": 5.0,
        "threshold": 61,
        "releases": "counts above the threshold",
        "d_in": [3, 3, 3],
        "d_out": {"rho": 0.02, "delta": 1e-9},
        "discovers": "city",
    }
    assert listed[1] == {"opendp": "s", "draw": 1, "scale": 4.0, "d_in": 2, "d_out": 0.5, "scores": 1}


def test_a_record_of_the_old_rule_is_described_as_it_was() -> None:
    old = dataclasses.replace(FOUND, rule="at_or_above")
    assert "releases" not in describe_mechanisms([], discoveries=[old], max_rows=1)[0]


def test_what_was_spent_is_added_up_by_draw(small_release: Release) -> None:
    spent = describe_spending(small_release.marginals, discoveries=[FOUND, FOUND], scores=[SCORED])
    assert spent[0] == {"draw": 0, "discovers": 2, "rho": 0.040000001, "delta": 2e-9}  # rounded up to a nano-rho
    assert spent[1] == {"draw": 1, "scores": 1, "rho": 0.5}
    assert sum(item["tables"] for item in spent[2:]) == len(small_release.marginals)


def test_time_and_failure_are_never_protected() -> None:
    assert any("running time" in text for text in ALWAYS_UNPROTECTED)
    assert any("failed" in text for text in ALWAYS_UNPROTECTED)
