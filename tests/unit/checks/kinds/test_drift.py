"""A candidate near the version before passes, one that moved fails, and a first version passes and says so."""

import pytest
from kit.releases import MadeUp, made_up, visits_contract

from synth_assets.candidate import Candidate
from synth_assets.checks import CheckResult, run_checks
from synth_assets.checks.context import NOTHING, Context, Earlier, release_before, version_before
from synth_assets.checks.kinds.drift import DRIFT

CONTRACT = visits_contract(rows=2000, checks={"drift": {"max": 0.05}})


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> MadeUp:
    """A release of another table, in which columns follow each other less."""
    return made_up(tmp_path_factory.mktemp("other"), dependence=0.0)


def _version(candidate: Candidate, made: MadeUp) -> Earlier:
    names = made.release.domain.names
    return version_before("v1" * 32, made.release.domain, candidate.batches(columns=names))


def _results(visits: MadeUp, candidate: Candidate, context: Context) -> list[CheckResult]:
    only = {"drift_version", "drift_release"}
    return run_checks(CONTRACT, candidate, visits.release, only=only, context=context)


def test_the_version_before_is_near_if_it_was_drawn_from_the_same_table(visits: MadeUp, faithful: Candidate) -> None:
    before = Context(version=_version(visits.faithful(seed=1), visits), release=release_before(visits.release))
    results = _results(visits, faithful, before)
    assert [result.passed for result in results] == [True, True]
    assert results[0].description.startswith("surely 0.000 away from version v1v1v1v1v1v1, beyond sampling")
    assert results[1].observed["sure_excess"] == 0.0


def test_a_table_that_moved_fails_with_the_column_that_moved_most(
    visits: MadeUp, faithful: Candidate, other: MadeUp
) -> None:
    before = Context(version=_version(other.faithful(), other), release=release_before(other.release))
    results = _results(visits, faithful, before)
    assert [result.passed for result in results] == [False, False]
    for result in results:
        assert result.description.startswith("too far: surely 0.")
        assert len(result.observed["by_column"]) == len(CONTRACT.columns)


def test_a_column_that_is_further_off_than_all_together_is_named_and_the_estimate_is_not_shown() -> None:
    moved = {"compared_with": "v", "excess": 0.3, "sure_excess": 0.02, "worst_column": "age"}
    facts = {"as_declared": True, "drift": {"version": {**moved, "worst_column_sure_excess": 0.2}}}
    verdict = DRIFT.verdict(facts, {"previous": "version", "max_distance": 0.1})
    assert verdict[0::2] == (
        False,
        "too far: surely 0.020 away from version v, beyond sampling (column age: 0.200), limit 0.1",
    )


def test_without_anything_before_it_passes_and_says_so(visits: MadeUp, faithful: Candidate) -> None:
    sentences = [result.description for result in _results(visits, faithful, NOTHING)]
    assert sentences == ["there is no version before this one", "there is no release before this one"]


def test_where_no_column_is_as_it_was_nothing_is_compared() -> None:
    facts = {"as_declared": True, "drift": {"version": {"compared_with": "v", "columns": 0, "not_compared": ["a"]}}}
    verdict = DRIFT.verdict(facts, {"previous": "version", "max_distance": 0.1})
    assert verdict[0::2] == (True, "no column is laid out as in version v: nothing to compare")
