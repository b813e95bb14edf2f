"""Exact tables of heaps are the sum of what each unit adds, and no unit adds more than the bound."""

import numpy as np
import pytest
from counted_rows import CountedRows
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.domain import Column
from synth_assets.domain.heaping import HeapedColumn
from synth_assets.errors import Fault
from synth_assets.privacy import PrivacyUnit
from synth_assets.release.kinds.heaping import HeapingQuery
from synth_assets.source.queries.heaping import exact, unit_vector

PAID = Column(name="paid", kind="integer", minimum=-99, maximum=9_999, edges=(0, 1_000), specials=(7,), nullable=True)
RATE = Column(name="rate", kind="float", maximum=1.0, bins=9)
ROW = st.tuples(st.floats() | st.integers(-200, 20_000).map(float), st.floats(0, 1) | st.sampled_from([0.25, 7.0]))
UNITS = st.lists(st.lists(ROW, min_size=1, max_size=3), max_size=6)


@given(UNITS)
def test_the_batch_is_the_sum_over_units(units: list[list[tuple[float, float]]]) -> None:
    singles = HeapingQuery(column=PAID, runs=((-10, 1, 30), (5_000, 1_000, 5)))
    queries = [HeapingQuery(column=PAID), singles, HeapingQuery(column=RATE)]
    rows = np.array([row for unit in units for row in unit]).reshape(-1, 2)
    columns = [HeapedColumn.of(PAID, listed=singles.listed), HeapedColumn.of(RATE)]
    read = [column.kind_of.encode_typed(column, rows[:, index]) for index, column in enumerate(columns)]
    for query, table in zip(queries, exact(queries, CountedRows([read])), strict=True):
        vectors = [unit_vector(query, np.array(unit)[:, int(query.column is RATE)]) for unit in units]
        assert table.tolist() == sum(vectors, start=np.zeros(query.shape(), np.int64)).tolist()
        for vector, unit in zip(vectors, units, strict=True):
            bound = query.noise(unit=PrivacyUnit(column="person", max_rows=len(unit)), rho=0.1, delta=0).d_in
            assert (vector**2).sum() <= bound**2


def test_single_values_are_counted_by_value() -> None:
    query = HeapingQuery(column=PAID, runs=((7, 1, 2), (5_000, 1, 1)))
    assert unit_vector(query, np.array([5_000.0, 5_000.0, 7.0, 8.0, 9.0])).tolist() == [2, 0, 1, 2]


def test_two_tables_of_one_kind_of_one_column_are_not_one_draw() -> None:
    with pytest.raises(Fault, match="of one column"):
        exact([HeapingQuery(column=PAID)] * 2, CountedRows())
