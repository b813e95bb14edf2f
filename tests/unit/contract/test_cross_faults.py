"""Faults between parts name the columns that they are about, also through derived columns."""

import pyarrow as pa

from synth_assets.contract.cross_faults import expression_faults, name_faults, threshold_faults

SCHEMA = pa.schema([("age", pa.int64()), ("sex", pa.string())])


def test_an_expression_is_about_the_columns_that_it_reads_directly_or_through_derived_ones() -> None:
    derived = {"old": "years > 60", "older": "old AND age > 70"}
    faults = expression_faults(schema=SCHEMA, derived=derived, rules={"r": "older", "s": "age + 1"})
    assert [(fault.where, fault.columns) for fault in faults] == [
        (("derived", "old"), frozenset({"years"})),
        (("derived", "older"), frozenset({"old", "years", "age"})),
        (("rules", "r"), frozenset({"older", "old", "years", "age"})),
        (("rules", "s"), frozenset({"age"})),
    ]


def test_derived_columns_that_read_each_other_end() -> None:
    (fault, _) = expression_faults(schema=SCHEMA, derived={"a": "b + 1", "b": "a + 1"}, rules={})
    assert fault.columns == {"a", "b"}


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
