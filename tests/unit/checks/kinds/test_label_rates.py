"""How often the target is true by group: synthetic rows, beside the whole table, and said to be PUBLIC."""

from typing import Any

import pyarrow as pa
from kit.incomes import make_release
from kit.people import make_contract, varied_contract

from synth_assets.checks.context import Context
from synth_assets.checks.kinds.label_rates import LABEL_RATES
from synth_assets.checks.suite import suite_of

_EVEN = {"shares": {"city": {"north": 1, "south": 1}}}


def _names(scenario: dict[str, Any], **changes: Any) -> list[str]:
    contract = make_contract(scenarios={"x": scenario}, **changes)
    return [entry.check for entry in suite_of(contract, scenario="x")]


def test_a_scenario_has_it_if_it_reweighs_a_group_and_the_contract_says_what_is_predicted() -> None:
    assert "label_rates" in _names(_EVEN, target="member")
    assert "label_rates" in _names(_EVEN, target="age", evaluation={"positive": "age >= 10"})
    assert "label_rates" in _names({"shares": {"member": {"true": 1, "false": 1}}, "groups": ["city"]}, target="member")
    assert "label_rates" in _names({"where": "age > 3", "groups": ["city"]}, target="member")
    assert "label_rates" not in _names(_EVEN)
    assert "label_rates" not in _names(_EVEN, target="age")
    assert "label_rates" not in _names({"where": "age > 3"}, target="member")
    assert "label_rates" not in _names({"shares": {"member": {"true": 1, "false": 1}}}, target="member")


def test_a_scenario_that_reweighs_labels_shows_the_groups_of_the_gates() -> None:
    changes = {
        "target": "member",
        "gates": {"fairness.city.equalized_odds": {"max": 0.1}},
        "privacy": {"unit": "rows", "spend": {"epsilon": 2.0, "delta": 1e-6}, "evaluation_share": 0.2},
    }
    assert "label_rates" in _names({"shares": {"member": {"true": 1, "false": 1}}}, **changes)


def test_it_never_blocks() -> None:
    (entry,) = LABEL_RATES.of_scenario(varied_contract(x=_EVEN), "x")
    assert entry.severity == "warning"


def _counted(cities: list[str], members: list[bool]) -> Any:
    contract = varied_contract(x=_EVEN)
    assert LABEL_RATES.tally is not None
    tally = LABEL_RATES.tally(contract, make_release(), Context(scenario="x"))
    tally.add(pa.table({"city": cities, "member": members}))
    return tally.figures()


def test_rates_are_counted_in_rows_and_compared_with_the_whole_table() -> None:
    here = _counted(["north", "north", "south", "south"], [True, False, True, True])
    table = _counted(["north", "north", "south", "south"], [False, False, True, True])
    facts = {"as_declared": True, "label_rates": {"scenario": here, "table": table}}
    passed, observed, sentence = LABEL_RATES.verdict(facts, {"groups": ["city"], "label": "member"})
    assert (passed, observed["class"], observed["about"]) == (True, "PUBLIC", "synthetic rows")
    assert (observed["city_difference"], observed["city_difference_in_table"]) == (0.5, 1.0)
    assert observed["rates"]["city"]["north"] == {"rows": 2, "rate": 0.5, "rate_in_table": 0.0}
    assert "in synthetic rows: city 0.500 (1.000 in the whole table)" in sentence


def test_one_group_alone_does_not_differ_and_that_is_said() -> None:
    facts = {"as_declared": True, "label_rates": {"scenario": _counted(["north"], [True]), "table": {}}}
    passed, observed, sentence = LABEL_RATES.verdict(facts, {"groups": ["city"], "label": "member"})
    assert (passed, "city_difference_in_table" in observed) == (False, False)
    assert "fewer than two groups" in sentence
