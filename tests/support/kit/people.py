"""Contracts over a made-up private table, and its rows as CSV: people with an age, a city and a membership."""

from typing import Any

import numpy as np
import yaml

from synth_assets.contract import DatasetContract

DEFINITION = """\
type: synth_assets.SyntheticDataset
attributes:
  name: people
  purpose: Tests on made-up rows.
  prohibited_uses: [anything else]
  owners: [team:tests]
  source: census
  privacy:
    unit: rows
    spend: {epsilon: 2.0, delta: 1.0e-6}
  columns:
    age: {type: integer, min: 0, max: 19, nullable: true, domain_source: made up}
    city: {type: categorical, categories: [north, south, east], domain_source: made up}
    member: {type: boolean, domain_source: made up}
  derived:
    adult: age >= 10
  rules:
    age_is_known_or_not: age IS NULL OR age >= 0
  rows: 400
  refresh: {release: once, candidate: "0 6 * * 1"}
"""
PEOPLE: dict[str, Any] = yaml.safe_load(DEFINITION)["attributes"]
COLUMNS: dict[str, Any] = PEOPLE["columns"]
CITIES = ("north", "south", "east")
OPEN: dict[str, Any] = {
    "type": "categorical",
    "categories": "discover",
    "other": "elsewhere",
    "nullable": True,
    "domain_source": "discovered",
}
"""A column whose categories are discovered."""
HEADER = "person,age,city,member\n"


def make_contract(*, unit: Any = "rows", epsilon: float = 2.0, **changes: Any) -> DatasetContract:
    """Return the contract over the table with some keys replaced; other columns come without what follows from them."""
    spend = {"epsilon": epsilon, "delta": 1e-6}
    of_columns = {"derived": {}, "rules": {}} if "columns" in changes else {}
    return DatasetContract.model_validate(
        {**PEOPLE, "privacy": {"unit": unit, "spend": spend}, **of_columns, **changes}
    )


def holding_contract(*, holdout: float = 0.3, epsilon: float = 2.0, **privacy: Any) -> DatasetContract:
    """Return the contract with a share of the persons held out."""
    unit, spend = {"column": "person", "max_rows": 2}, {"epsilon": epsilon, "delta": 1e-6}
    return make_contract(privacy={"unit": unit, "spend": spend, "holdout": holdout, **privacy})


def discovering_contract(*, unit: Any = "rows") -> DatasetContract:
    """Return the contract with its cities left open."""
    return make_contract(
        privacy={"unit": unit, "spend": {"epsilon": 2.0, "delta": 1e-6, "threshold_delta": 1e-9}},
        columns={**COLUMNS, "city": OPEN},
        derived=PEOPLE["derived"],
        rules=PEOPLE["rules"],
    )


SCENARIOS: dict[str, Any] = {
    "old_north": {"where": "age >= 15 AND city = 'north' AND (member OR adult)", "rows": 300, "seed": 3},
    "even": {"shares": {"city": {"north": 1, "south": 1, "east": 2}}, "weights": {"age >= 10": 2.0}},
}
"""A scenario under a condition, and one with other shares."""


def varied_contract(**scenarios: Any) -> DatasetContract:
    """Return the contract with a target and with scenarios, by default :data:`SCENARIOS`."""
    return make_contract(target="member", scenarios=scenarios or SCENARIOS)


def people(rows: int = 600) -> str:
    """Return rows of the table without the header, two per person, the same every time."""
    random = np.random.default_rng(5)
    ages, cities = random.integers(0, 20, rows), random.integers(0, 3, rows)
    members = (ages + 5 * cities + random.integers(0, 10, rows)) > 15
    return "".join(
        f"p{row // 2},{age if row % 11 else ''},{CITIES[city]},{str(bool(member)).lower()}\n"
        for row, (age, city, member) in enumerate(zip(ages, cities, members, strict=True))
    )


ROWS = people()
MANY_ROWS = "".join(f"p{row // 2},{row % 20},{('north', 'south', 'south')[row % 3]},{row % 2}\n" for row in range(3000))
"""1000 rows in the north and 2000 in the south: enough for both to be discovered."""
