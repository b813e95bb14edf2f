"""Exact tallies are the sum of what each unit adds, and no unit adds more than the bound."""

import numpy as np
import pytest
from counted_rows import CountedRows
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.domain import Column, Domain
from synth_assets.errors import Fault
from synth_assets.privacy import PrivacyUnit
from synth_assets.release.kinds.tallies import TallyQuery
from synth_assets.rowwise.axis import CodeAxis
from synth_assets.source.queries.tallies import exact, unit_vector

DOMAIN = Domain(columns=(Column(name="a", kind="integer", maximum=3), Column(name="b", kind="boolean")))
A = CodeAxis(column="a", places_of=(0, 1, 1, 2), labels=("0", "1-2", "3"))
B = CodeAxis(column="b", places_of=(0, 1), labels=("no", "yes"))
ROW = st.tuples(st.integers(0, 3), st.integers(0, 1))
UNITS = st.lists(st.lists(ROW, min_size=1, max_size=3), max_size=6)
WEIGHTS = st.lists(st.integers(-9, 9), min_size=12, max_size=12).filter(any)


@given(UNITS, WEIGHTS)
def test_the_batch_is_the_sum_over_units(units: list[list[tuple[int, int]]], weights: list[int]) -> None:
    counted = TallyQuery(name="counted", axes=(B, A), weights=None, domain=DOMAIN)
    weighted = TallyQuery(name="sums", axes=(A, B), weights=np.array(weights).reshape(6, 2), domain=DOMAIN)
    rows = np.array([row for unit in units for row in unit], dtype=np.int64).reshape(-1, 2)
    tallies = exact([counted, weighted], CountedRows([list(rows.T)]))
    for query, tally in zip((counted, weighted), tallies, strict=True):
        vectors = [unit_vector(query, np.array(unit)) for unit in units]
        assert tally.tolist() == sum(vectors, start=np.zeros(query.shape(), np.int64)).tolist()
        for vector, unit in zip(vectors, units, strict=True):
            bound = query.noise(unit=PrivacyUnit(column="person", max_rows=len(unit)), rho=0.1, delta=0).d_in
            assert (vector**2).sum() <= bound**2


def test_tallies_over_several_domains_are_not_one_draw() -> None:
    narrow = Domain(columns=DOMAIN.columns[:1])
    queries = [TallyQuery(name="a", axes=(A,), weights=None, domain=domain) for domain in (DOMAIN, narrow)]
    with pytest.raises(Fault, match="one domain"):
        exact(queries, CountedRows())
