"""Every value exists in the other dataset, and a dataset that is not there has none."""

from kit.releases import MadeUp, visits_contract

from synth_assets.candidate import Candidate
from synth_assets.checks import CheckResult, run_checks
from synth_assets.checks.context import NOTHING, Context, OtherColumn

CONTRACT = visits_contract(rows=2000, checks={"relationships": {"region": "regions.name", "age": "ages.years"}})
AGES = OtherColumn(version="a" * 64, values=tuple(map(str, range(10))))


def _result(visits: MadeUp, candidate: Candidate, context: Context) -> CheckResult:
    (result,) = run_checks(CONTRACT, candidate, visits.release, only={"relationships"}, context=context)
    return result


def test_values_that_all_exist_pass_and_nulls_are_left_out(visits: MadeUp, faithful: Candidate) -> None:
    regions = OtherColumn(version="r" * 64, values=("north", "south", "west"))
    result = _result(visits, faithful, Context(others={"regions.name": regions, "ages.years": AGES}))
    assert (result.passed, result.description) == (True, "all values of 2 columns exist there")
    assert result.observed["columns"]["region"] == {"values": 3, "compared_with": "r" * 64, "missing": 0}


def test_values_that_do_not_exist_are_counted(visits: MadeUp, faithful: Candidate) -> None:
    regions = OtherColumn(version="r" * 64, values=("north", "west"))
    result = _result(visits, faithful, Context(others={"regions.name": regions, "ages.years": AGES}))
    souths = faithful.table()["region"].to_pylist().count("south")
    assert not result.passed
    assert result.description == f"region: {souths:,} of 2,000 values are not in regions.name"


def test_without_a_promoted_version_of_the_other_dataset_it_fails(visits: MadeUp, faithful: Candidate) -> None:
    result = _result(visits, faithful, NOTHING)
    assert not result.passed
    assert "no promoted version has regions.name; age: no promoted version has ages.years" in result.description
