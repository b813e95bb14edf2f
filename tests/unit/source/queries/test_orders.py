"""Exact orders are the sum of what each unit adds, and no unit adds more than the bound."""

from pathlib import Path

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.domain import Column, Domain
from synth_assets.domain.amounts import compared
from synth_assets.privacy import PrivacyUnit
from synth_assets.release.kinds.orders import OrderQuery
from synth_assets.source.kernel import LocalKernel
from synth_assets.source.queries.orders import exact, unit_vector

DOMAIN = Domain(
    columns=(
        Column(name="due", kind="integer", minimum=-9, maximum=99, edges=(0, 1, 50), nullable=True),
        Column(name="paid", kind="float", maximum=99.0, bins=9),
        Column(name="left", kind="float", maximum=9.0, bins=3, step=0.5, specials=(3.0,)),
    )
)
QUERY = OrderQuery(pairs=(("due", "paid"), ("left", "due"), ("paid", "left")), domain=DOMAIN)
NUMBER = st.sampled_from([-20.0, 0.0, 1.0, 3.0, 7.2, 7.5, 60.0, 200.0]) | st.floats()
UNITS = st.lists(st.lists(st.tuples(NUMBER, NUMBER, NUMBER), min_size=1, max_size=2), max_size=5)


@given(UNITS)
def test_the_vector_is_the_sum_over_units(units: list[list[tuple[float, ...]]]) -> None:
    rows = np.array([row for unit in units for row in unit], dtype=np.float64).reshape(-1, 3)
    batch = pa.RecordBatch.from_pydict({name: rows[:, index] for index, name in enumerate(DOMAIN.names)})
    kernel = LocalKernel(lambda names: [batch.select(names)], unit=PrivacyUnit(), secret=b"", scratch=Path())
    (counted,) = exact([QUERY], kernel)
    vectors = [unit_vector(QUERY, _compared(np.array(unit))) for unit in units]
    assert counted.tolist() == sum(vectors, start=np.zeros(QUERY.shape(), np.int64)).tolist()
    for vector, unit in zip(vectors, units, strict=True):
        bound = QUERY.noise(unit=PrivacyUnit(column="person", max_rows=len(unit)), rho=0.1, delta=0).d_in
        assert (vector**2).sum() <= bound**2


def _compared(rows: np.ndarray) -> np.ndarray:
    return np.stack([compared(column, rows[:, index]) for index, column in enumerate(DOMAIN.columns)], axis=1)


def test_rows_of_a_unit_that_are_too_many_are_not_counted(tmp_path: Path) -> None:
    batch = pa.RecordBatch.from_pydict({"due": [5.0] * 9, "paid": [5.0] * 9, "left": [5.0] * 9, "person": ["p"] * 9})
    unit = PrivacyUnit(column="person", max_rows=2)
    kernel = LocalKernel(lambda _: [batch], unit=unit, secret=bytes(32), scratch=tmp_path)
    (counted,) = exact([QUERY], kernel)
    assert counted.tolist() == [[0, 2], [0, 2], [0, 2]]
