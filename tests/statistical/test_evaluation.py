"""Tallies and workloads show an attacker no more than was paid for, and half of their noise would be noticed.

The audit is that of ``test_neighbours``: one unit more or less, whatever its rows; the event is chosen
on half of the runs and tested on the other half, along the difference of the exact values.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from counted_rows import CountedRows
from numpy.typing import NDArray
from shown_loss import shown_by_best

from synth_assets.domain import Column, Domain
from synth_assets.measurement.noise import draw_counts
from synth_assets.privacy import PrivacyUnit
from synth_assets.privacy.noise import least_gaussian
from synth_assets.release.kinds.tallies import TallyQuery
from synth_assets.release.kinds.workloads import WorkloadQuery
from synth_assets.rowwise.axis import CodeAxis
from synth_assets.source.kernel import load_rows
from synth_assets.source.queries import exact_values

pytestmark = pytest.mark.statistical

RUNS = 12_000
RHO = 0.5
UNIT = PrivacyUnit(column="unit", max_rows=2)
DOMAIN = Domain(
    columns=(
        Column(name="age", kind="integer", maximum=2, nullable=True),
        Column(name="sick", kind="boolean"),
        Column(name="poor", kind="boolean"),
    )
)
GRIDS = {"age": np.arange(4), "sick": np.arange(2), "poor": np.arange(2)}
AXES = (
    CodeAxis(column="age", places_of=(0, 0, 1, 2), labels=("young", "old", "unknown")),
    CodeAxis(column="sick", places_of=(0, 1), labels=("no", "yes")),
)
WEIGHTS = np.array([[0, 0], [1, 0], [0, -1], [-3, 4], [2, 2], [0, 0]])
SICK, POOR, BOTH = ("sick",), ("poor",), ("sick", "poor")
QUERIES = {
    "a table of counts": TallyQuery(name="t", axes=AXES[:1], weights=None, domain=DOMAIN),
    "sums of weights": TallyQuery(name="t", axes=AXES, weights=WEIGHTS, domain=DOMAIN),
    "a workload": WorkloadQuery(
        name="w",
        groups=((SICK, BOTH), (POOR, BOTH), (BOTH,)),
        expected={SICK: np.array([9, 0]), POOR: np.array([9, 0]), BOTH: np.array([[9, 0], [0, 0]])},
        domain=DOMAIN,
        grids=GRIDS,
    ),
}
"""Each bound is reached: a root of 1, 25 and 9, times 2 rows."""
Row = tuple[str | None, ...]
CROWD: list[Row] = [("p", "0", "no", "no"), ("p", "2", "yes", "no"), ("q", None, "no", "no"), (None, "2", "yes", "yes")]
OWN: dict[str, list[Row]] = {
    "as many rows as it may have": [("new", "2", "yes", "yes"), ("new", None, "no", "no")],
    "too many rows": [("new", "2", "yes", "yes")] * 50,
    "nulls and strangers": [("new", None, None, None), ("new", "north", "maybe", "7")],
    "nothing": [],
}


def exact(query: Any, rows: Sequence[Row], scratch: Path) -> NDArray[np.int64]:
    """Return the exact values as the measurement computes them, one vector."""
    schema = pa.schema([(name, pa.string()) for name in ("unit", *DOMAIN.names)])
    batch = pa.record_batch([list(column) for column in zip(*rows, strict=True)], schema=schema)
    loaded = load_rows([batch], domain=DOMAIN, unit=UNIT, secret=bytes(32), scratch=scratch)
    (values,) = exact_values([query], CountedRows(loaded))
    return np.asarray(values).ravel()


def audit(asked: str, own: str, scratch: Path, *, share: float = 1.0, d_in: int | None = None) -> float:
    """Return the rho that answers about two tables show at least; with ``share`` of the right noise."""
    query = QUERIES[asked]
    bound = query.noise(unit=UNIT, rho=RHO, delta=0).d_in if d_in is None else d_in
    noise = least_gaussian(d_in=bound, rho=RHO / share**2)
    with_unit, without = exact(query, [*CROWD, *OWN[own]], scratch), exact(query, CROWD, scratch)
    first, second = (draw_counts(np.tile(values, (RUNS, 1)), noise) for values in (with_unit, without))
    direction = with_unit - without
    return shown_by_best(first @ direction, second @ direction)


@pytest.mark.parametrize("own", OWN)
@pytest.mark.parametrize("asked", QUERIES)
def test_a_unit_gives_away_no_more_than_was_paid(asked: str, own: str, tmp_path: Path) -> None:
    """False failure: 2e-6, for two bounds are used."""
    assert audit(asked, own, tmp_path) <= RHO


@pytest.mark.parametrize("asked", QUERIES)
def test_the_audit_sees_most_of_what_there_is_to_see(asked: str, tmp_path: Path) -> None:
    """False failure: below 1e-9; such audits of tables showed 0.22 on average, deviation 0.013."""
    assert audit(asked, "too many rows", tmp_path) > 0.2 * RHO


@pytest.mark.parametrize("asked", QUERIES)
def test_half_of_the_noise_is_noticed(asked: str, tmp_path: Path) -> None:
    """False failure: below 1e-9; such audits of tables showed 1.12 on average, deviation 0.036."""
    assert audit(asked, "too many rows", tmp_path, share=0.5) > RHO


def test_weights_at_the_bound_of_counts_are_noticed(tmp_path: Path) -> None:
    """False failure: below 1e-9; the values move by 10, and the noise would be that of 2."""
    assert audit("sums of weights", "too many rows", tmp_path, d_in=UNIT.max_rows) > RHO


def test_a_workload_at_the_bound_of_one_distance_is_noticed(tmp_path: Path) -> None:
    """False failure: below 1e-9; the values move by 6, and the noise would be that of 2."""
    assert audit("a workload", "too many rows", tmp_path, d_in=UNIT.max_rows) > RHO
