"""Rows that equal another in every column are counted over the whole table."""

import pytest
from kit.releases import MadeUp, visits_contract

from synth_assets.candidate import Candidate
from synth_assets.checks import run_checks
from synth_assets.checks.kinds.repeated_rows import REPEATED_ROWS


@pytest.mark.parametrize(("most", "passed"), [(0.0, False), (0.5, True)])
def test_repeated_rows_are_those_of_the_table(visits: MadeUp, faithful: Candidate, most: float, passed: bool) -> None:  # noqa: FBT001
    contract = visits_contract(rows=2000, checks={"repeated_rows": {"max": most, "severity": "warning"}})
    (result,) = run_checks(contract, faithful, visits.release, only={"repeated_rows"})
    rows = [tuple(row.values()) for row in faithful.table().to_pylist()]
    assert (result.observed["rows"], result.observed["distinct"]) == (2000, len(set(rows)))
    assert 0 < result.observed["repeated_share"] < 0.5
    assert (result.passed, result.severity) == (passed, "warning")


def test_a_sample_is_called_one() -> None:
    seen = {"rows": 100, "distinct": 90, "single": 85, "looked_at": 0.25}
    facts = {"as_declared": True, "repeated_rows": seen}
    passed, observed, sentence = REPEATED_ROWS.verdict(facts, {"max_share": 0.05})
    assert (passed, observed["repeated_share"]) == (False, 0.1)
    wanted = (
        "10.00% of the rows repeat another, 85.00% occur once, by a sample of 25.00% of the distinct rows; limit 5.00%"
    )
    assert sentence == wanted
