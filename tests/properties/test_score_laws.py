"""One unit moves each distance by at most max_rows, and the vector by at most the stated sensitivity."""

import tempfile
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow as pa
from counted_rows import CountedRows
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.domain import Column, Domain
from synth_assets.privacy import PrivacyUnit
from synth_assets.release import l2_sensitivity
from synth_assets.source.engine import distances
from synth_assets.source.kernel import load_rows

DOMAIN = Domain(columns=tuple(Column(name=name, kind="integer", maximum=2, nullable=True) for name in "abcd"))
GRIDS = {name: np.array([0, 0, 1, 2]) for name in DOMAIN.names}
PAIRS = list(combinations(DOMAIN.names, 2))
rows = st.tuples(*[st.sampled_from([None, "0", "1", "2", "99", "north"])] * 4)
tables = st.lists(st.tuples(st.sampled_from(["u", "v", None]), rows), max_size=20)
expectations = st.lists(st.integers(0, 9), min_size=9 * len(PAIRS), max_size=9 * len(PAIRS))


def scored(
    table: list[tuple[str | None, tuple[str | None, ...]]], expected: list[int], max_rows: int, secret: bytes
) -> np.ndarray:
    columns = [[unit for unit, _ in table], *([row[index] for _, row in table] for index in range(4))]
    batch = pa.record_batch([pa.array(column, pa.string()) for column in columns], names=["person", *DOMAIN.names])
    unit = PrivacyUnit(column="person", max_rows=max_rows)
    public = list(np.array(expected).reshape(len(PAIRS), 3, 3))
    with tempfile.TemporaryDirectory() as scratch:
        blocks = load_rows([batch], domain=DOMAIN, unit=unit, secret=secret, scratch=Path(scratch))
        return distances(CountedRows(blocks), PAIRS, public, domain=DOMAIN, grids=GRIDS)


@given(
    others=tables,
    added=st.lists(rows, max_size=10),
    expected=expectations,
    max_rows=st.integers(1, 4),
    secret=st.binary(min_size=32, max_size=32),
)
def test_a_unit_moves_scores_by_at_most_their_sensitivity(
    others: list[tuple[str | None, tuple[str | None, ...]]],
    added: list[tuple[str | None, ...]],
    expected: list[int],
    max_rows: int,
    secret: bytes,
) -> None:
    without = scored(others, expected, max_rows, secret)
    with_unit = scored([*others, *(("new", row) for row in added)], expected, max_rows, secret)
    moved = np.abs(with_unit - without)
    assert moved.max() <= min(max_rows, len(added))
    assert (moved**2).sum() <= l2_sensitivity(squares=len(PAIRS), max_rows=max_rows) ** 2
