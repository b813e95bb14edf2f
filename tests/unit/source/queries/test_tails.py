"""Exact tables of tails are the sum of what each unit adds, and no unit adds more than the bound."""

import numpy as np
import pytest
from counted_rows import CountedRows
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.domain import Column
from synth_assets.errors import Fault
from synth_assets.privacy import PrivacyUnit
from synth_assets.release.kinds.tails import TailQuery
from synth_assets.source.queries.tails import exact, unit_vector

PAID = Column(name="paid", kind="integer", maximum=29, specials=(7.0,), layout=2, nullable=True)
RATE = Column(name="rate", kind="float", maximum=1.0, bins=9)
QUERIES = [TailQuery(column=PAID, cuts=(2, 3, 5, 21)), TailQuery(column=RATE, cuts=(0, 4, 9))]
ROW = st.tuples(st.integers(0, PAID.size - 1), st.integers(0, RATE.size - 1))
UNITS = st.lists(st.lists(ROW, min_size=1, max_size=3), max_size=6)


@given(UNITS)
def test_the_batch_is_the_sum_over_units(units: list[list[tuple[int, int]]]) -> None:
    rows = np.array([row for unit in units for row in unit], dtype=np.int64).reshape(-1, 2)
    tables = exact(QUERIES, CountedRows([[rows[:, 0], rows[:, 1]]]))
    for position, (query, table) in enumerate(zip(QUERIES, tables, strict=True)):
        vectors = [unit_vector(query, np.array(unit)[:, position]) for unit in units]
        assert table.tolist() == sum(vectors, start=np.zeros(query.shape(), np.int64)).tolist()
        for vector, unit in zip(vectors, units, strict=True):
            bound = query.noise(unit=PrivacyUnit(column="person", max_rows=len(unit)), rho=0.1, delta=0).d_in
            assert (vector**2).sum() <= bound**2


def test_codes_outside_all_segments_special_values_and_null_are_in_none() -> None:
    (table,) = exact(QUERIES[:1], CountedRows([[np.array([0, 1, 2, 4, 4, 20, 21, 28, PAID.regular, PAID.size - 1])]]))
    assert table.tolist() == [1, 2, 1]


def test_two_tables_of_one_column_are_not_one_draw() -> None:
    with pytest.raises(Fault, match="of one column"):
        exact(QUERIES[:1] * 2, CountedRows())
