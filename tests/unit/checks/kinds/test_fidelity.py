"""Fidelity is judged on what is surely there, over all tables and in each column."""

from dataclasses import replace
from typing import Any

import pytest
from kit.releases import MadeUp

from synth_assets.candidate import AsDrawn, Candidate
from synth_assets.checks.counts import count_candidate
from synth_assets.checks.kinds.fidelity import FIDELITY
from synth_assets.checks.kinds.kind import Basis


@pytest.mark.parametrize(
    ("sure", "column", "passed"),
    [(0.0, 0.0, True), (0.05, 0.05, True), (0.0501, 0.0, False), (0.0, 0.0501, False)],
)
def test_fidelity_fails_on_what_is_surely_above_the_threshold(sure: float, column: float, passed: bool) -> None:  # noqa: FBT001
    facts = {"excess": 0.2, "sure_excess": sure, "worst_column": "age", "worst_column_sure_excess": column}
    verdict, _, message = FIDELITY.verdict({"as_declared": True, "fidelity": facts}, {"max_excess_distance": 0.05})
    assert verdict is passed
    assert message.startswith("too far: ") is not passed
    assert ("column age is surely" in message) == (column > sure)


def _too_far(**rules: Any) -> str:
    far = {"sure_excess": 0.1, "worst_column": "age", "worst_column_sure_excess": 0.0, "rows": 2000, **rules}
    passed, _, message = FIDELITY.verdict({"as_declared": True, "fidelity": far}, {"max_excess_distance": 0.05})
    assert not passed
    return message


def test_rules_that_moved_rows_are_named_where_a_table_is_too_far() -> None:
    broken = {"ordered": 400, "adult": 90, "rare": 3, "rarer": 1, "never": 2000}
    rules = {"changed": 480, "broken_as_drawn": broken, "set_aside": ["never"]}
    assert _too_far(rules=rules) == (
        "too far: surely 0.100 away from the release, beyond noise and sampling, limit 0.05; rules moved rows: 480 of "
        "2,000 broke one as they were drawn (ordered 400, adult 90, rare 3 and 1 more) and were changed or drawn "
        "again, which moves a table away if real rows do not keep the rule; set aside, because too few rows could "
        "keep it: never"
    )
    few = {"changed": 3, "broken_as_drawn": {"rare": 3}, "set_aside": []}
    assert "rules" not in _too_far(rules=few)
    assert "rules" not in _too_far()  # a candidate from before they were counted


def test_what_rules_changed_is_among_the_facts_if_the_candidate_says_so(visits: MadeUp, faithful: Candidate) -> None:
    ruled = replace(faithful, violations={"x": 9}, as_drawn=AsDrawn(changed=7, broken={"x": 9}))
    facts = []
    for candidate in (ruled, faithful):
        counts = count_candidate(visits.contract, candidate, visits.release)
        basis = Basis(contract=visits.contract, candidate="c", counts=counts, release=visits.release)
        facts.append(FIDELITY.facts(basis)["fidelity"])
    assert facts[0]["rules"] == {"changed": 7, "broken_as_drawn": {"x": 9}, "set_aside": ["x"]}
    assert "rules" not in facts[1]


def test_the_figure_that_is_compared_stands_beside_the_limit_and_the_estimate_does_not() -> None:
    facts = {"excess": 0.121, "sure_excess": 0.021, "worst_column": "age", "worst_column_sure_excess": 0.01}
    passed, _, message = FIDELITY.verdict({"as_declared": True, "fidelity": facts}, {"max_excess_distance": 0.05})
    assert passed
    assert message == "surely 0.021 away from the release, beyond noise and sampling, limit 0.05"
    nothing = {**facts, "sure_excess": 0.0, "worst_column_sure_excess": 0.0}
    _, _, message = FIDELITY.verdict({"as_declared": True, "fidelity": nothing}, {"max_excess_distance": 0.05})
    assert message == "noise and sampling explain the whole distance to the release: 0.000 beyond them, limit 0.05"
