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
    assert message.startswith("too far: ") is not passed
    assert ("column age: " in message) == (column > sure)


def test_the_figure_that_is_compared_stands_beside_the_limit_and_the_estimate_does_not() -> None:
    facts = {"excess": 0.121, "sure_excess": 0.021, "worst_column": "age", "worst_column_sure_excess": 0.01}
    passed, _, message = FIDELITY.verdict({"as_declared": True, "fidelity": facts}, {"max_excess_distance": 0.05})
    assert passed
    assert message == "surely 0.021 away from the release, beyond noise and sampling, limit 0.05"
    nothing = {**facts, "sure_excess": 0.0, "worst_column_sure_excess": 0.0}
    _, _, message = FIDELITY.verdict({"as_declared": True, "fidelity": nothing}, {"max_excess_distance": 0.05})
    assert message == "noise and sampling explain the whole distance to the release: 0.000 beyond them, limit 0.05"
