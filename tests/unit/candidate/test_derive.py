"""Derived columns follow from the sampled ones, nulls included."""

from typing import Any

import pyarrow as pa
from kit.releases import visits_contract

from synth_assets.candidate.derive import derive
from synth_assets.contract import DatasetContract

AGE = {"type": "integer", "min": 0, "max": 9, "nullable": True, "domain_source": "definition"}


def _contract(**derived: Any) -> DatasetContract:
    return visits_contract(columns={"age": AGE}, derived=derived, rules={})


def _measured(ages: list[int | None]) -> pa.Table:
    return pa.table({"age": ages}, schema=_contract().domain().arrow_schema())


def test_a_derived_column_may_read_an_earlier_one() -> None:
    derived = derive(
        _measured([8, 3]), _contract(old="age >= 7", young="NOT old", both="CASE WHEN old OR young THEN 1 ELSE 0 END")
    )
    assert derived.to_pydict() == {"age": [8, 3], "old": [True, False], "young": [False, True], "both": [1, 1]}


def test_a_table_gives_a_column_that_later_ones_may_read() -> None:
    grades = {"lookup": "age", "values": {"8": "b", "3": "a"}, "default": "c"}
    derived = derive(_measured([8, 3, 5, None]), _contract(grade=grades, good="grade = 'a'"))
    assert derived["grade"].to_pylist() == ["b", "a", "c", None]
    assert derived["good"].to_pylist() == [False, True, False, None]


def test_a_rounded_column_has_the_digits_that_it_says_and_others_may_read_it() -> None:
    derived = derive(_measured([3, 7, None]), _contract(long="age * 0.1", part="ROUND(age * 0.1, 1)", low="part = 0.3"))
    assert derived["long"].to_pylist() == [0.30000000000000004, 0.7000000000000001, None]
    assert derived["part"].to_pylist() == [0.3, 0.7, None]
    assert derived["low"].to_pylist() == [True, False, None]


def test_unknown_stays_unknown() -> None:
    derived = derive(_measured([None, 9]), _contract(old="age >= 7"))
    assert derived["old"].to_pylist() == [None, True]


def test_the_table_has_the_contracts_schema() -> None:
    contract = _contract(old="age >= 7", double_age="age * 2")
    assert derive(_measured([1]), contract).schema.equals(contract.table_schema())


def test_without_derived_columns_the_rows_stay_as_they_are() -> None:
    measured = _measured([1, None])
    assert derive(measured, _contract()).equals(measured)
