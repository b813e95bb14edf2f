"""Suites run on real candidates with Great Expectations, and report what they saw."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from kit.releases import IndependentColumns, MadeUp, draw, made_up, visits_contract

from synth_assets.candidate import SHARD_ROWS, Candidate
from synth_assets.checks import (
    CheckResult,
    decide,
    required_checks,
    run_checks,
    run_suite,
    unusable_checks,
    write_suite,
)
from synth_assets.checks.context import NOTHING
from synth_assets.errors import UsageError


def _by_name(results: list[CheckResult]) -> dict[str, CheckResult]:
    return {result.name: result for result in results}


def _suite_with(visits: MadeUp, path: Path, *entries: dict[str, Any]) -> Path:
    write_suite(visits.contract, path)
    suite = json.loads(path.read_text())
    suite["expectations"] += entries
    path.write_text(json.dumps(suite))
    return path


def _between(name: str, low: float, high: float, **more: Any) -> dict[str, Any]:
    return {
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "age", "min_value": low, "max_value": high},
        "meta": {"check": name},
    } | more


def test_a_faithful_candidate_passes_every_check(visits: MadeUp, faithful: Candidate, no_suite: Path) -> None:
    results = run_checks(visits.contract, faithful, visits.release, suite=no_suite)
    assert [result.name for result in results] == [*required_checks(visits.contract, no_suite), "realism"]
    assert all(result.passed for result in results), results
    assert {result.candidate for result in results} == {faithful.digest}
    assert {result.kind for result in results} == {"PUBLIC"}
    assert decide(results, required=required_checks(visits.contract, no_suite), candidate=faithful.digest).promote


def test_independent_columns_fail_fidelity_and_nothing_else(
    visits: MadeUp, independent: Candidate, no_suite: Path
) -> None:
    by_name = _by_name(run_checks(visits.contract, independent, visits.release, suite=no_suite))
    assert [name for name, result in by_name.items() if not result.passed] == ["fidelity"]
    observed = by_name["fidelity"].observed
    assert len(observed["worst"]) == 5
    assert len(observed["tables"]) == 28
    assert observed["sure_excess"] > 0.05


def test_results_are_json_and_hold_no_rows(visits: MadeUp, independent: Candidate, no_suite: Path) -> None:
    for result in run_checks(visits.contract, independent, visits.release, suite=no_suite):
        assert CheckResult.from_json(result.as_json()) == result
        assert result.description


def test_an_impossible_rule_fails_its_own_check_and_blocks(visits: MadeUp, tmp_path: Path, no_suite: Path) -> None:
    contract = visits_contract(
        rules={"never": "1 = 2", "known_region": "region IN ('north', 'south', 'west')"}, rows=500
    )
    sampler = partial(IndependentColumns, release=visits.release)
    candidate = draw(contract, visits.release, sampler, tmp_path, rows=500)
    results = run_checks(contract, candidate, visits.release, suite=no_suite)
    by_name = _by_name(results)
    assert not by_name["rule_never"].passed
    assert by_name["rule_never"].observed == {"rows": 500, "violations": 500}
    assert by_name["rule_known_region"].passed
    decision = decide(results, required=required_checks(contract, no_suite), candidate=candidate.digest)
    assert "check 'rule_never' failed: 500 of 500 rows break `1 = 2`" in decision.reasons


def test_a_wrong_number_of_rows_fails(visits: MadeUp, no_suite: Path) -> None:
    [result] = run_checks(
        visits.contract, visits.faithful(rows=1999), visits.release, suite=no_suite, only={"row_count"}
    )
    assert (result.passed, result.observed) == (False, {"rows": 1999, "expected": 2000})


def test_without_a_number_in_the_contract_the_released_one_counts(visits: MadeUp, no_suite: Path) -> None:
    contract = visits_contract(rows=None)
    wanted = round(visits.release.total())
    [result] = run_checks(contract, visits.faithful(rows=wanted), visits.release, suite=no_suite, only={"row_count"})
    assert result.passed
    assert result.observed["expected"] == wanted


def test_a_candidate_of_an_older_schema_fails_and_the_rest_is_not_evaluated(
    visits: MadeUp, faithful: Candidate, no_suite: Path
) -> None:
    contract = visits_contract(derived={"young": "age < 3"}, rows=2000)
    by_name = _by_name(run_checks(contract, faithful, visits.release, suite=no_suite))
    assert {name for name, result in by_name.items() if result.passed} == {"row_count"}
    assert by_name["schema"].observed["differing"] == ["elder", "old", "young"]
    assert by_name["fidelity"].description == "not evaluated: the schema differs from the contract"


def test_without_a_suite_the_contracts_own_checks_run(visits: MadeUp, faithful: Candidate, no_suite: Path) -> None:
    ours, theirs = (
        run_checks(visits.contract, faithful, visits.release, only={"schema", "domain"}, **suite)
        for suite in ({}, {"suite": no_suite})
    )
    assert ours == theirs


def test_a_whole_suite_comes_with_what_it_was_judged_by(visits: MadeUp, faithful: Candidate, no_suite: Path) -> None:
    results, basis = run_suite(visits.contract, faithful, visits.release, suite=no_suite, context=NOTHING)
    assert results == run_checks(visits.contract, faithful, visits.release, suite=no_suite)
    assert (basis.candidate, basis.counts.rows, len(basis.counts.tables)) == (
        faithful.digest,
        faithful.rows,
        len(visits.release.marginals),
    )


def test_only_what_is_asked_for_runs(visits: MadeUp, faithful: Candidate, no_suite: Path) -> None:
    results = run_checks(visits.contract, faithful, visits.release, suite=no_suite, only={"nulls", "schema"})
    assert [result.name for result in results] == ["schema", "nulls"]
    assert run_checks(visits.contract, faithful, visits.release, suite=no_suite, only=set()) == []


def test_an_unknown_check_is_refused(visits: MadeUp, faithful: Candidate, no_suite: Path) -> None:
    with pytest.raises(UsageError, match="there is no check 'fun'"):
        run_checks(visits.contract, faithful, visits.release, suite=no_suite, only={"fun"})


def test_a_candidate_of_another_release_is_refused(visits: MadeUp, faithful: Candidate, no_suite: Path) -> None:
    with pytest.raises(UsageError, match="the candidate came from release"):
        run_checks(visits.contract, replace(faithful, release="0" * 64), visits.release, suite=no_suite)


def test_a_release_of_another_contract_is_refused(visits: MadeUp, faithful: Candidate, no_suite: Path) -> None:
    changed = visits_contract(privacy={"unit": "rows", "spend": {"epsilon": 1.0, "delta": 1e-7}})
    with pytest.raises(UsageError, match="was not measured under this contract"):
        run_checks(changed, faithful, visits.release, suite=no_suite)


def test_nulls_where_none_may_be_fail(visits: MadeUp, faithful: Candidate, no_suite: Path) -> None:
    # The same table, released under a contract without nulls, shows what the check must see.
    strict = replace(visits.release, domain=visits.release.domain)
    [result] = run_checks(visits.contract, faithful, strict, suite=no_suite, only={"nulls"})
    assert result.passed
    assert result.observed["forbidden"] == {}


def test_a_share_of_nulls_far_from_the_released_one_fails(visits: MadeUp, tmp_path: Path, no_suite: Path) -> None:
    class NoNulls(IndependentColumns):
        """Draws until no age is null."""

        def sample(self, rows: int, **more: Any) -> Any:
            batch = super().sample(4 * rows, **more)
            return batch.filter(batch["age"].is_valid()).slice(0, rows)

    contract = visits_contract(rows=2000, checks={"max_null_difference": 0.01})
    candidate = draw(contract, visits.release, partial(NoNulls, release=visits.release), tmp_path, rows=2000)
    [result] = run_checks(contract, candidate, visits.release, suite=no_suite, only={"nulls"})
    assert not result.passed
    assert list(result.observed["far"]) == ["age"]
    assert "age: share of nulls is off by" in result.description


def test_huge_noise_does_not_fail_a_good_share_of_nulls(tmp_path: Path, no_suite: Path) -> None:
    noisy = made_up(tmp_path, scale=400.0, checks={"max_null_difference": 0.001})
    [result] = run_checks(noisy.contract, noisy.faithful(), noisy.release, suite=no_suite, only={"nulls"})
    assert result.observed["widest_gap"] > 0.001
    assert result.passed


def test_hand_written_expectations_run_on_the_rows(visits: MadeUp, faithful: Candidate, no_suite: Path) -> None:
    suite = _suite_with(visits, no_suite, _between("ages", 0, 9), _between("few_ages", 0, 3, severity="warning"))
    by_name = _by_name(run_checks(visits.contract, faithful, visits.release, suite=suite))
    ages = faithful.table()["age"]
    assert by_name["ages"].passed
    assert by_name["ages"].observed == {
        "parts": 1,
        "element_count": 2000,
        "missing_count": ages.null_count,
        "unexpected_count": 0,
    }
    unexpected = sum(1 for age in ages.to_pylist() if age is not None and age > 3)
    assert not by_name["few_ages"].passed
    assert by_name["few_ages"].severity == "warning"
    assert by_name["few_ages"].description == f"{unexpected:,} of 2,000 values are unexpected"


def test_an_aggregate_is_observed(visits: MadeUp, faithful: Candidate, no_suite: Path) -> None:
    entry = {
        "type": "expect_column_unique_value_count_to_be_between",
        "kwargs": {"column": "region", "min_value": 3, "max_value": 3},
        "meta": {"check": "three_regions"},
    }
    suite = _suite_with(visits, no_suite, entry)
    [result] = run_checks(visits.contract, faithful, visits.release, suite=suite, only={"three_regions"})
    assert (result.passed, result.observed["observed_values"]) == (True, [3])


def test_what_observes_nothing_is_described_by_its_entry(visits: MadeUp, faithful: Candidate, no_suite: Path) -> None:
    entry = {"type": "expect_column_to_exist", "kwargs": {"column": "age"}, "description": "There is an age."}
    bare = {"type": "expect_column_to_exist", "kwargs": {"column": "day"}}
    suite = _suite_with(
        visits, no_suite, entry | {"meta": {"check": "age_exists"}}, bare | {"meta": {"check": "day_exists"}}
    )
    results = run_checks(visits.contract, faithful, visits.release, suite=suite, only={"age_exists", "day_exists"})
    assert [result.description for result in results] == ["There is an age.", "expect_column_to_exist"]
    assert all(result.passed for result in results)


def test_a_hand_written_expectation_that_cannot_be_evaluated_fails(
    visits: MadeUp, faithful: Candidate, no_suite: Path
) -> None:
    wrong = _between("wrong", 0, 9) | {"kwargs": {"column": "nothing", "min_value": 0}}
    suite = _suite_with(visits, no_suite, wrong)
    [result] = run_checks(visits.contract, faithful, visits.release, suite=suite, only={"wrong"})
    assert not result.passed
    assert 'The column "nothing" in BatchData does not exist' in result.description


@pytest.mark.parametrize(
    "entry", [{"type": "expect_the_moon", "kwargs": {}}, {"type": "expect_column_to_exist", "kwargs": {"colum": 1}}]
)
def test_an_unknown_expectation_is_refused_clearly(
    visits: MadeUp, faithful: Candidate, no_suite: Path, entry: dict[str, Any]
) -> None:
    suite = _suite_with(visits, no_suite, entry | {"meta": {"check": "odd"}})
    with pytest.raises(UsageError, match="check 'odd' is not an expectation that Great Expectations knows"):
        run_checks(visits.contract, faithful, visits.release, suite=suite, only={"odd"})


def test_hand_written_expectations_must_hold_on_every_shard(tmp_path: Path, no_suite: Path) -> None:
    columns = {"wave": {"type": "integer", "min": 0, "max": 3, "domain_source": "x"}}
    narrow = made_up(tmp_path, columns=columns, derived={}, rules={}, rows=2 * SHARD_ROWS + 5)
    sampler = partial(IndependentColumns, release=narrow.release)
    candidate = draw(narrow.contract, narrow.release, sampler, tmp_path, rows=2 * SHARD_ROWS + 5)
    few = _between("few", 0, 2) | {"kwargs": {"column": "wave", "min_value": 0, "max_value": 2}}
    suite = _suite_with(narrow, no_suite, few)
    by_name = _by_name(run_checks(narrow.contract, candidate, narrow.release, suite=suite))
    assert by_name["few"].observed["parts"] == 2
    assert by_name["few"].observed["element_count"] == 2 * SHARD_ROWS + 5
    counted = sum(int((batch["wave"].to_numpy() == 3).sum()) for batch in candidate.batches())
    assert by_name["few"].observed["unexpected_count"] == counted > 0
    assert not by_name["few"].passed


def test_a_folder_that_looks_like_a_partition_adds_no_column(tmp_path: Path, no_suite: Path) -> None:
    there = made_up(tmp_path / "team=a")
    entry = {
        "type": "expect_table_column_count_to_equal",
        "kwargs": {"value": 9},
        "meta": {"check": "nine"},
    }
    suite = _suite_with(there, no_suite, entry)
    [result] = run_checks(there.contract, there.faithful(), there.release, suite=suite, only={"nine"})
    assert result.passed


def test_checking_writes_nothing(visits: MadeUp, faithful: Candidate, no_suite: Path, tmp_path: Path) -> None:
    suite = _suite_with(visits, no_suite, _between("ages", 0, 9))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    run_checks(visits.contract, faithful, visits.release, suite=suite)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_progress_bars_stay_off(
    visits: MadeUp, faithful: Candidate, no_suite: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run_checks(visits.contract, faithful, visits.release, suite=no_suite, only={"schema"})
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")


def test_hand_written_checks_that_no_candidate_can_pass_are_found_without_one(visits: MadeUp, no_suite: Path) -> None:
    good = _between("good", 0, 120)
    mild = {"kwargs": {"column": "wage"}, "severity": "warning", "meta": {"check": "mild"}}  # fails, and stops nobody
    mild["type"] = "expect_column_to_exist"
    unknown = {"type": "expect_colum_to_exist", "kwargs": {"column": "age"}, "meta": {"check": "unknown"}}
    wrong = {"type": "expect_column_to_exist", "kwargs": {"colum": "age"}, "meta": {"check": "wrong"}}
    absent = {"type": "expect_column_to_exist", "kwargs": {"column": "wage"}, "meta": {"check": "absent"}}
    assert unusable_checks(visits.contract, no_suite) == []
    assert unusable_checks(visits.contract, _suite_with(visits, no_suite, good, mild)) == []
    faults = unusable_checks(visits.contract, _suite_with(visits, no_suite, unknown, wrong, absent))
    assert [line.split("'")[1] for line in faults] == ["unknown", "wrong", "absent"]
    assert "expect_colum_to_exist not found" in faults[0]
    assert "'wage'" in faults[2]
