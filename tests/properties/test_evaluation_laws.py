"""One unit moves a tally and a workload by at most the bound that is paid for, and wild records are refused."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from counted_rows import CountedRows
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.domain import Column, Domain
from synth_assets.errors import IntegrityError
from synth_assets.privacy import PrivacyUnit
from synth_assets.release.answers import Answer
from synth_assets.release.kinds.tallies import NoisyTally, TallyQuery
from synth_assets.release.kinds.workloads import NoisyWorkload, WorkloadQuery
from synth_assets.rowwise.axis import CodeAxis
from synth_assets.source.kernel import load_rows
from synth_assets.source.queries import exact_values

DOMAIN = Domain(columns=tuple(Column(name=name, kind="integer", maximum=2, nullable=True) for name in "abc"))
GRIDS = {name: np.array([0, 0, 1, 2]) for name in DOMAIN.names}
AXES = tuple(CodeAxis(column=name, places_of=(0, 1, 1, 2), labels=("0", "1-2", "null")) for name in "ab")
CLIQUES = (("a",), ("a", "b"), ("b", "c"), ("a", "b", "c"))
Row = tuple[str | None, ...]

rows = st.tuples(*[st.sampled_from([None, "0", "1", "2", "99", "north"])] * 3)
tables = st.lists(st.tuples(st.sampled_from(["u", "v", None]), rows), max_size=20)
units = st.lists(rows, max_size=10)
"""Rows of one unit: none, as many as it may have, or too many."""
bounds = st.tuples(st.integers(1, 4), st.binary(min_size=32, max_size=32))
"""Most rows of a unit, and the secret by which they are chosen."""
weights = st.lists(st.integers(-(2**31) + 1, 2**31 - 1), min_size=18, max_size=18).filter(any)
groups = st.lists(st.lists(st.sampled_from(CLIQUES), min_size=1, unique=True).map(tuple), min_size=1, max_size=4).map(
    tuple
)


def values(query: Any, table: list[tuple[str | None, Row]], unit: PrivacyUnit, secret: bytes) -> list[int]:
    """Return the exact values of the bounded rows, as Python's integers."""
    columns = [[owner for owner, _ in table], *([row[index] for _, row in table] for index in range(3))]
    batch = pa.record_batch([pa.array(column, pa.string()) for column in columns], names=["person", *DOMAIN.names])
    with tempfile.TemporaryDirectory() as scratch:
        loaded = load_rows([batch], domain=DOMAIN, unit=unit, secret=secret, scratch=Path(scratch))
        (exact,) = exact_values([query], CountedRows(loaded))
    return list(map(int, exact.ravel()))


def moved_within_bound(query: Any, others: list[Any], added: list[Row], bound: tuple[int, bytes]) -> bool:
    max_rows, secret = bound
    unit = PrivacyUnit(column="person", max_rows=max_rows)
    without = values(query, others, unit, secret)
    with_unit = values(query, [*others, *(("new", row) for row in added)], unit, secret)
    squares = sum((one - other) ** 2 for one, other in zip(with_unit, without, strict=True))
    return squares <= query.noise(unit=unit, rho=0.1, delta=0).d_in ** 2


@given(others=tables, added=units, bound=bounds, numbers=st.none() | weights)
def test_a_unit_moves_a_tally_by_at_most_its_bound(
    others: list[Any], added: list[Row], bound: tuple[int, bytes], numbers: list[int] | None
) -> None:
    added_weights = None if numbers is None else np.array(numbers).reshape(9, 2)
    query = TallyQuery(name="t", axes=AXES, weights=added_weights, domain=DOMAIN)
    assert moved_within_bound(query, others, added, bound)


@given(others=tables, added=units, bound=bounds, asked=groups, level=st.integers(0, 5))
def test_a_unit_moves_a_workload_by_at_most_its_bound(
    others: list[Any], added: list[Row], bound: tuple[int, bytes], asked: Any, level: int
) -> None:
    cliques = {clique for group in asked for clique in group}
    expected = {clique: np.full([3] * len(clique), level) for clique in cliques}
    query = WorkloadQuery(name="w", groups=asked, expected=expected, domain=DOMAIN, grids=GRIDS)
    assert moved_within_bound(query, others, added, bound)


COUNT = TallyQuery(name="t", axes=AXES[:1], weights=np.array([[1], [0], [2]]), domain=DOMAIN)
PAIR = WorkloadQuery(name="w", groups=((("a",),),), expected={("a",): np.arange(3)}, domain=DOMAIN, grids=GRIDS)
NOISE = COUNT.noise(unit=PrivacyUnit(), rho=0.1, delta=0)
ANSWERS = [kind.from_journal(query, NOISE, [7], draw=1) for kind, query in ((NoisyTally, COUNT), (NoisyWorkload, PAIR))]
wild = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3) | st.just("a"),
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.sampled_from(["of", "size", "more"]), inner, max_size=3)
    ),
    max_leaves=8,
)
"""What JSON out of a bundle can hold, with tuples for lists."""


@given(
    answer=st.sampled_from(ANSWERS),
    part=st.sampled_from(["name", "axes", "weights", "groups", "grids"]),
    value=wild,
)
def test_a_wild_record_is_refused_or_has_a_bound(answer: Answer, part: str, value: Any) -> None:
    changed = replace(answer, descriptor={**answer.descriptor, part: value})
    try:
        changed.check(DOMAIN, GRIDS)
    except IntegrityError:
        return
    assert changed.sensitivity(3) > 0
