"""No unit moves a distance by more than its specification says."""

import numpy as np
from counted_rows import CountedRows
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.domain import Column, Domain
from synth_assets.release import l2_sensitivity
from synth_assets.release.kinds.scores import ScoreQuery
from synth_assets.source.queries.scores import exact, unit_vector

DOMAIN = Domain(columns=tuple(Column(name=name, kind="integer", maximum=2) for name in "abc"))
GRIDS = {name: np.arange(3) for name in DOMAIN.names}
ROWS = st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=1, max_size=8)


@given(ROWS, st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=1, max_size=3), st.integers(0, 9))
def test_a_unit_moves_each_distance_by_at_most_its_vector(
    others: list[tuple[int, ...]], unit_rows: list[tuple[int, ...]], level: int
) -> None:
    expected = tuple(np.full((3, 3), level) for _ in range(2))
    query = ScoreQuery(cliques=(("a", "b"), ("b", "c")), expected=expected, domain=DOMAIN, grids=GRIDS)
    ((without,), (with_unit,)) = (
        exact([query], CountedRows([list(np.array(rows).T)])) for rows in (others, [*others, *unit_rows])
    )
    bound = unit_vector(query, np.array(unit_rows))
    assert (np.abs(with_unit - without) <= bound).all()
    assert (bound**2).sum() <= l2_sensitivity(squares=2, max_rows=len(unit_rows)) ** 2
