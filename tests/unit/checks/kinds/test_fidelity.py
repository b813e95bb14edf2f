"""Fidelity is judged on what is surely there, over all tables and in each column."""

import pytest

from synth_assets.checks.kinds.fidelity import FIDELITY


@pytest.mark.parametrize(
    ("sure", "column", "passed"),
    [(0.0, 0.0, True), (0.05, 0.05, True), (0.0501, 0.0, False), (0.0, 0.0501, False)],
)
def test_fidelity_fails_on_what_is_surely_above_the_threshold(sure: float, column: float, passed: bool) -> None:  # noqa: FBT001
    facts = {"excess": 0.2, "sure_excess": sure, "worst_column": "age", "worst_column_sure_excess": column}
    verdict, _, message = FIDELITY.verdict({"as_declared": True, "fidelity": facts}, {"max_excess_distance": 0.05})
    assert verdict is passed
    assert ("column age alone" in message) == (column > 0.05)
