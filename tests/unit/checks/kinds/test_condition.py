"""Every row meets the scenario's condition; unknown does not."""

import pyarrow as pa
import pytest
from kit.incomes import make_release
from kit.people import varied_contract

from synth_assets.checks.context import Context
from synth_assets.checks.kinds.condition import CONDITION
from synth_assets.checks.suite import suite_of

_WHERE = "age >= 15 AND city = 'north'"


def test_only_a_scenario_with_a_condition_has_the_check() -> None:
    contract = varied_contract()
    assert list(CONDITION.entries(contract)) == []
    assert "condition" in [entry.check for entry in suite_of(contract, scenario="old_north")]
    assert "condition" not in [entry.check for entry in suite_of(contract, scenario="even")]


@pytest.mark.parametrize(("age", "passed"), [([15, 19], True), ([15, 14], False), ([15, None], False)])
def test_a_row_that_does_not_meet_it_or_may_not_fails(age: list[int | None], passed: bool) -> None:  # noqa: FBT001
    contract = varied_contract(x={"where": _WHERE})
    assert CONDITION.tally is not None
    tally = CONDITION.tally(contract, make_release(), Context(scenario="x"))
    rows = pa.table({"age": age, "city": ["north"] * 2, "member": [True] * 2, "adult": [True] * 2})
    tally.add(rows.cast(contract.table_schema()))
    facts = {"as_declared": True, "rows": 2, "unmet": tally.figures()}
    verdict, observed, _ = CONDITION.verdict(facts, {"where": _WHERE})
    assert (verdict, observed["unmet"]) == (passed, int(not passed))
