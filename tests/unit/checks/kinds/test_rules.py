"""One row breaks a rule."""

import pytest

from synth_assets.checks.kinds.rules import RULES


@pytest.mark.parametrize(("broken", "passed"), [(0, True), (1, False)])
def test_one_row_breaks_a_rule(broken: int, passed: bool) -> None:  # noqa: FBT001
    facts = {"as_declared": True, "rows": 10, "violations": {"age > 3": broken}}
    assert RULES.verdict(facts, {"rule": "age > 3"})[0] is passed
