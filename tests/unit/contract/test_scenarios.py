"""What a contract may say of a scenario: in the words of the command line, and never nothing."""

from typing import Any

import pytest
from kit.people import SCENARIOS, make_contract, varied_contract
from pydantic import ValidationError

from synth_assets.contract import DatasetContract
from synth_assets.contract.scenarios import Scenario


def test_values_are_texts_whatever_yaml_makes_of_them() -> None:
    scenario = Scenario.model_validate({"shares": {"a": {True: 1, None: 2, 3: 4, 0.5: 1, "x": 1}}})
    assert list(scenario.shares["a"]) == ["true", "null", "3", "0.5", "x"]


def test_a_contract_reads_again_with_its_digest() -> None:
    contract = varied_contract()
    assert DatasetContract.model_validate_json(contract.model_dump_json()).digest() == contract.digest()
    assert DatasetContract.model_validate(contract.model_dump(mode="json")) == contract


def test_scenarios_change_the_digest_and_never_the_fingerprint_and_none_changes_nothing() -> None:
    plain, varied = make_contract(), make_contract(scenarios=SCENARIOS)
    assert varied.digest() != plain.digest()
    assert varied.fingerprint() == plain.fingerprint()
    assert "scenarios" not in plain.model_dump()
    assert make_contract(scenarios={}).digest() == plain.digest()


@pytest.mark.parametrize(
    "scenario",
    [
        {},
        {"rows": 3},
        {"shares": {"city": {}}},
        {"shares": {"city": {"north": 0}}},
        {"shares": {"city": {"north": -1}}},
        {"weights": {"age > 3": -1}},
        {"where": "age > 3", "rows": 0},
        {"where": "age > 3", "seed": -1},
        {"where": "age > 3", "whee": "age > 4"},
    ],
    ids=str,
)
def test_a_scenario_that_says_nothing_or_something_unheard_of_is_refused(scenario: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Scenario.model_validate(scenario)


@pytest.mark.parametrize("name", ["", "a/b", "..", "1st", "a b"])
def test_a_name_that_cannot_name_a_folder_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        make_contract(scenarios={name: {"where": "age > 3"}})


def test_reweighed_columns_are_those_with_numbers_by_value() -> None:
    weights = {"age >= 3": 2.0, "sex": {"f": 1.0}, "a": {"x": 1}}
    assert Scenario.model_validate({"shares": {"a": {"x": 1}}, "weights": weights}).reweighed == ("a", "sex")
