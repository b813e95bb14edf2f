"""Exact workloads are sums of distances, and no unit moves one by more than its specification says."""

import numpy as np
from counted_rows import CountedRows
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.domain import Column, Domain
from synth_assets.privacy import PrivacyUnit
from synth_assets.release.kinds.workloads import WorkloadQuery
from synth_assets.source.queries.workloads import exact, unit_vector

DOMAIN = Domain(columns=tuple(Column(name=name, kind="integer", maximum=2) for name in "abc"))
GRIDS = {name: np.arange(3) for name in DOMAIN.names}
AB, BC, C = ("a", "b"), ("b", "c"), ("c",)
ROWS = st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=1, max_size=8)


def query(level: int) -> WorkloadQuery:
    expected = {AB: np.full((3, 3), level), BC: np.full((3, 3), 2 * level), C: np.full(3, level)}
    return WorkloadQuery(name="w", groups=((AB, BC, C), (AB,), (C, BC)), expected=expected, domain=DOMAIN, grids=GRIDS)


def test_sums_are_those_of_the_tables_of_a_group() -> None:
    (sums,) = exact([query(0)], CountedRows([list(np.zeros((5, 3), dtype=np.int64).T)]))
    assert sums.tolist() == [15, 5, 10]
    (sums,) = exact([query(1)], CountedRows())
    assert sums.tolist() == [9 + 18 + 3, 9, 18 + 3]


@given(ROWS, st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=1, max_size=3), st.integers(0, 9))
def test_a_unit_moves_each_sum_by_at_most_its_vector(
    others: list[tuple[int, ...]], unit_rows: list[tuple[int, ...]], level: int
) -> None:
    asked = query(level)
    ((without,), (with_unit,)) = (
        exact([asked], CountedRows([list(np.array(rows).T)])) for rows in (others, [*others, *unit_rows])
    )
    bound = unit_vector(asked, np.array(unit_rows))
    assert (np.abs(with_unit - without) <= bound).all()
    unit = PrivacyUnit(column="person", max_rows=len(unit_rows))
    assert (bound**2).sum() <= asked.noise(unit=unit, rho=0.1, delta=0).d_in ** 2
