"""Amounts and heaps in stages; equality with the kernel is in tests/properties."""

from synth_assets.domain import Column
from synth_assets.domain.heaping import HeapedColumn, Heaping
from synth_assets.source.sql.amounts import compared_in_sql, staged
from synth_assets.source.sql.flavours import flavour_of

PAID = Column(name="paid", kind="integer", minimum=0, maximum=99, bins=2)
FLAVOUR = flavour_of("duckdb")


def test_a_code_needs_no_stage_and_a_heap_three() -> None:
    names = iter(["a", "b", "c"])
    assert not staged(PAID, "int64", FLAVOUR, fresh=names.__next__).stages
    heap = staged(HeapedColumn.of(PAID, listed=(5.0,)), "int64", FLAVOUR, fresh=names.__next__)
    assert [list(stage) for stage in heap.stages] == [["a"], ["b"], ["c"]]
    assert f"THEN {Heaping.of(PAID).size}" in heap.value.sql("duckdb")


def test_what_is_not_compared_is_null() -> None:
    assert compared_in_sql(PAID, "int64", FLAVOUR).args.get("default") is None
