"""Scenarios are drawn as the contract says, and what no generator could make is said before anything is paid."""

from typing import Any

import numpy as np
import pytest
from kit.people import discovering_contract, make_contract
from kit.project import Project
from toy_generator import ToyGenerator

from synth_assets.candidate import load_candidate, scenario_faults, scenario_order, write_scenario
from synth_assets.contract import DatasetContract
from synth_assets.errors import UsageError
from synth_assets.generator import load_generator


def _faults(contract: DatasetContract) -> list[tuple[str, str]]:
    return [(".".join(where), message) for where, message, _ in scenario_faults(contract)]


@pytest.mark.parametrize(
    ("scenario", "where", "message"),
    [
        ({"where": "heigt_ > 3"}, "where", "unknown column 'heigt_'"),
        ({"where": "age + 1"}, "where", "must be true or false"),
        ({"where": "age > 30"}, "where", "leaves no value of age"),
        ({"where": "age > 5 AND age < 3"}, "where", "leaves no value of 'age'"),
        ({"where": "age > 30 OR age < 0"}, "where", "leaves no value of age"),
        ({"shares": {"city": {"west": 1}}}, "shares.city", "'west' is not a value"),
        ({"shares": {"adult": {"true": 1}}}, "shares.adult", "'adult' is not a measured column"),
        ({"weights": {"town": {"a": 2}}}, "weights.town", "'town' is not a measured column"),
        ({"weights": {"age": {"44": 1}}}, "weights.age", "'44' is not a value"),
        ({"weights": {"age > 3 OR member": 2}}, "weights.age > 3 OR member", "exactly one column"),
        ({"weights": {"city": {"north": 0, "south": 0, "east": 0}}}, "weights.city", "leaves no value"),
        (
            {"where": "city = 'north'", "shares": {"city": {"south": 1, "north": 1}}},
            "shares.city",
            "'south' is to have a share",
        ),
        ({"where": "city = 'north'", "weights": {"city": {"north": 0}}}, "", "leaves no value of 'city'"),
        ({"where": "age > 3", "groups": ["city"]}, "groups", "which the contract must have"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_can_never_be_drawn_is_a_fault_at_its_place(scenario: Any, where: str, message: str) -> None:
    ((place, said),) = _faults(make_contract(scenarios={"x": scenario}))
    assert place == ".".join(part for part in ("scenarios", "x", where) if part)
    assert message in said


def test_what_can_be_drawn_has_no_fault() -> None:
    rich = {
        "where": "age >= 5 AND (member OR city = 'east') AND adult",
        "weights": {"age >= 10": 0.5, "city": {"north": 2}},
        "shares": {"member": {True: 0.5, False: 0.5}},
    }
    assert _faults(make_contract(scenarios={"rich": rich})) == []


def test_categories_that_only_a_release_knows_are_not_looked_at() -> None:
    scenarios = {"north": {"where": "city = 'north' AND age > 3", "shares": {"city": {"north": 1}}}}
    open_city = discovering_contract().model_dump(mode="json")
    assert _faults(DatasetContract.model_validate({**open_city, "scenarios": scenarios})) == []
    scenarios["north"]["where"] = "city = 'north' AND age > 30"
    ((place, _),) = _faults(DatasetContract.model_validate({**open_city, "scenarios": scenarios}))
    assert place == "scenarios.north.where"


@pytest.mark.parametrize(
    ("scenario", "ability"),
    [({"where": "age > 3"}, "sample under a condition"), ({"shares": {"city": {"north": 1}}}, "say how probable")],
)
def test_a_kind_of_generator_that_cannot_is_named(
    scenario: dict[str, Any], ability: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synth_assets.generator.generator_class", lambda _: ToyGenerator)
    ((place, said),) = _faults(make_contract(scenarios={"x": scenario}))
    assert (place, ability in said) == ("scenarios.x", True)


@pytest.mark.integration
def test_a_table_is_what_its_scenario_says_and_the_same_each_time(varied: Project) -> None:
    folder = varied.workspace.scenarios("people")
    tables = {
        name: write_scenario(varied.contract, name, varied.generator, varied.release, scenarios=folder)
        for name in ("old_north", "even", "old_north")
    }
    assert sorted(path.name for path in folder.iterdir()) == sorted(table.digest for table in tables.values())
    north, even = tables["old_north"], tables["even"]
    assert (north.scenario, north.rows, north.seed, even.rows) == ("old_north", 300, 3, 400)
    assert load_candidate(north.folder) == north
    rows = north.table().to_pandas()
    assert ((rows["age"] >= 15) & (rows["city"] == "north") & (rows["member"] | rows["adult"])).all()
    assert np.mean(np.array(even.table()["city"].to_pylist()) == "east") == pytest.approx(0.5, abs=0.12)


@pytest.mark.integration
def test_a_scenario_that_the_contract_does_not_have_is_refused(varied: Project) -> None:
    generator = load_generator(varied.generator.folder)
    with pytest.raises(UsageError, match="has no scenario 'odd'"):
        scenario_order(varied.contract, "odd", generator, varied.release)
