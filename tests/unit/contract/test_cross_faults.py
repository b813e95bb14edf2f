"""Faults between parts name the columns that they are about, also through derived columns."""

from typing import Any

import pyarrow as pa

from synth_assets.contract.cross_faults import CrossFault, expression_faults, name_faults, threshold_faults
from synth_assets.contract.lookup import Lookup

SCHEMA = pa.schema([("age", pa.int64()), ("sex", pa.string())])
VALUES: dict[str, frozenset[str] | None] = {"age": None, "sex": frozenset({"f", "m"})}


def faults_in(derived: dict[str, Any], **rules: str) -> list[CrossFault]:
    read = {name: Lookup.model_validate(one) if isinstance(one, dict) else one for name, one in derived.items()}
    return expression_faults(schema=SCHEMA, derived=read, rules=rules, values=VALUES.__getitem__)


def test_an_expression_is_about_the_columns_that_it_reads_directly_or_through_derived_ones() -> None:
    derived = {"old": "age > 60", "older": "old AND sex > 3"}
    faults = faults_in(derived, r="age + 1", s="old > years")
    assert [(fault.where, fault.columns) for fault in faults] == [
        (("derived", "older"), frozenset({"old", "sex", "age"})),
        (("rules", "r"), frozenset({"age"})),
        (("rules", "s"), frozenset({"old", "years", "age"})),
    ]


def test_what_reads_a_derived_column_at_fault_is_not_a_fault_too() -> None:
    derived = {"old": "years > 60", "older": "old AND age > 70", "code": {"lookup": "older", "values": {"true": 1}}}
    (fault,) = faults_in(derived, r="older", s="code > 0")
    assert (fault.where, fault.columns) == (("derived", "old"), frozenset({"years"}))


def test_derived_columns_that_read_each_other_end() -> None:
    (fault,) = faults_in({"a": "b + 1", "b": "a + 1"})
    assert fault.columns == {"a", "b"}


def test_a_table_lacks_no_value_of_its_column_unless_it_has_a_default() -> None:
    table = {"lookup": "sex", "values": {"f": 1}}
    (fault,) = faults_in({"code": table}, r="code > 0")
    assert (fault.where, fault.columns) == (("derived", "code", "values"), frozenset({"sex"}))
    (fault,) = faults_in({"code": {**table, "file": "codes.csv"}})
    assert fault.where == ("derived", "code", "file")
    assert faults_in({"code": {**table, "default": 0}}, r="code > 0") == []
    (fault,) = faults_in({"old": {"lookup": "age", "values": {"99": True}}})
    assert "all values of 'age' are not known" in fault.message


def test_what_a_table_gives_can_be_looked_up_in_the_next() -> None:
    first = {"lookup": "sex", "values": {"f": "x", "m": "y"}}
    assert faults_in({"a": first, "b": {"lookup": "a", "values": {"x": 1, "y": 2}}}, r="b >= 1") == []
    (fault,) = faults_in({"a": first, "b": {"lookup": "a", "values": {"x": 1}}})
    assert fault.columns == {"a"}
    unused = {"lookup": "sex", "values": {"f": "x", "m": "y", "d": "z"}, "file": "a.csv"}
    assert faults_in({"a": unused, "b": {"lookup": "a", "values": {"x": 1, "y": 2}}}) == []
    (fault,) = faults_in({"a": "sex = 'f'", "b": {"lookup": "a", "values": {"true": 1, "false": 2}}})
    assert "all values of 'a' are not known" in fault.message


def test_what_reads_a_table_that_was_not_read_is_left_out() -> None:
    derived = {"a": {"lookup": "sex", "file": "a.csv"}, "b": "a + 1", "c": {"lookup": "a", "values": {"x": 1}}}
    assert faults_in(derived, r="b > sex", s="a", t="c") == []


def test_a_table_for_a_column_that_does_not_exist_is_one_fault() -> None:
    (fault,) = faults_in({"a": {"lookup": "years", "values": {"1": 1}}})
    assert (fault.where, fault.columns) == (("derived", "a"), frozenset({"years"}))


def test_known_names_are_not_a_fault() -> None:
    assert name_faults(columns=["age"], unit_column="who", focus=["age"], target="age", derived=["old"]) == []
    faults = name_faults(columns=["age"], unit_column="age", focus=[], target="x", derived=["age"])
    assert [fault.where for fault in faults] == [("columns", "age"), ("target",), ("derived", "age")]


def test_a_delta_of_thresholds_may_be_for_any_column() -> None:
    assert threshold_faults(delta=0.0, max_rows=1, discovered=[]) == []
    assert threshold_faults(delta=1e-9, max_rows=1, discovered=["job"]) == []
    for discovered, delta in (([], 1e-9), (["job"], 1e-15)):
        (fault,) = threshold_faults(delta=delta, max_rows=1, discovered=discovered)
        assert (fault.where, fault.columns) == (("privacy", "spend", "threshold_delta"), None)
    (fault,) = threshold_faults(delta=0.0, max_rows=1, discovered=["job"])
    assert fault.columns == {"job"}
