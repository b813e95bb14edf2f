"""Exact tables are the sum of what each unit adds, and no unit adds more than the bound."""

import numpy as np
from counted_rows import CountedRows
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.domain import Column, Domain
from synth_assets.release.kinds.marginals import MarginalQuery
from synth_assets.source.queries.marginals import exact, unit_vector

DOMAIN = Domain(columns=(Column(name="a", kind="integer", maximum=3), Column(name="b", kind="boolean")))
GRIDS = {"a": np.array([0, 0, 1, 1]), "b": np.array([0, 1])}
UNITS = st.lists(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1)), min_size=1, max_size=3), max_size=6)


@given(UNITS, st.sampled_from(["fine", "coarse"]))
def test_the_batch_is_the_sum_over_units(units: list[list[tuple[int, int]]], level: str) -> None:
    query = MarginalQuery(attributes=("b", "a"), level=level, domain=DOMAIN, grids=GRIDS)
    rows = np.array([row for unit in units for row in unit], dtype=np.int64).reshape(-1, 2)
    (table,) = exact([query], CountedRows([list(rows.T)]))
    vectors = [unit_vector(query, np.array(unit)) for unit in units]
    assert table.tolist() == sum(vectors, start=np.zeros(table.shape, np.int64)).tolist()
    assert all((vector**2).sum() <= len(unit) ** 2 for vector, unit in zip(vectors, units, strict=True))
