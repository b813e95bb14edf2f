"""Checks that a contract asks for name columns that exist, and other datasets' columns by their dataset."""

from typing import Any

import pytest
from kit.releases import visits_contract
from pydantic import ValidationError

from synth_assets.contract.public_checks import Limit, asked_faults


def test_by_default_nothing_is_asked_and_nothing_is_written() -> None:
    written = visits_contract().model_dump(mode="json")["checks"]
    assert written == {"max_excess_distance": 0.05, "max_null_difference": 0.05}


def test_keys_are_columns_or_lists_of_columns_of_the_synthetic_table() -> None:
    checks = visits_contract(checks={"unique": ["wave", ["region", "old"]]}).checks
    assert checks.unique == (("wave",), ("region", "old"))


@pytest.mark.parametrize(
    ("checks", "message"),
    [
        ({"unique": [["region", "nothing"]]}, "unknown column 'nothing'; columns: region, age"),
        ({"relationships": {"nothing": "cities.name"}}, "unknown column 'nothing'"),
        ({"relationships": {"region": "cities"}}, "'cities' must name a column of another dataset"),
        ({"relationships": {"region": "visits.region"}}, "'visits.region' is this dataset itself"),
        ({"unique": [[]]}, "at least 1"),
        ({"drift": {"max": 1.0}}, "less than 1"),
        ({"outliers": {}}, "Field required"),
        ({"repeated_rows": {"max": 0.1, "severity": "info"}}, "'critical' or 'warning'"),
    ],
)
def test_what_cannot_be_meant_is_refused(checks: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        visits_contract(checks=checks)


def test_a_fault_is_at_its_place() -> None:
    faults = asked_faults(unique=[["a"], ["b"]], relationships={"a": "x"}, dataset="d", columns=["a"])
    assert [fault.where for fault in faults] == [("checks", "unique", 1), ("checks", "relationships", "a")]


def test_a_limit_blocks_unless_it_says_otherwise() -> None:
    assert Limit(max=0).severity == "critical"
