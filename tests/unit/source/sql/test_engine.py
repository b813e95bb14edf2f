"""The engine answers what SQL has, and refuses the rest; equality with the kernel is in tests/properties."""

import inspect
from pathlib import Path
from typing import cast

import numpy as np
import pyarrow as pa
import pytest
from warehouses import SqliteFile, arrow_batch

from synth_assets.domain import Column, Domain
from synth_assets.domain.heaping import HeapedColumn, Heaping
from synth_assets.domain.kinds.grid import Grid
from synth_assets.errors import Fault
from synth_assets.privacy import PrivacyUnit
from synth_assets.rowwise.axis import CodeAxis
from synth_assets.source.engine import CountEngine, Table, distances
from synth_assets.source.kernel import LocalKernel
from synth_assets.source.sql.connection import Snapshot
from synth_assets.source.sql.engine import WarehouseEngine

CITY = Column(name="city", kind="categorical", categories=("x", "y"), other="y", nullable=True)
DOMAIN = Domain(columns=(CITY, Column(name="age", kind="integer", minimum=0, maximum=3)))
COLUMNS = {"city": "text", "age": "int64", "person": "text"}
ROWS = [("x", 1, "u"), ("y", 2, "u"), ("é", 3, "v"), (None, 0, "w"), ("x", 1, None), ("tab\there", 1, "z")]


def engines(folder: Path, unit: PrivacyUnit) -> tuple[LocalKernel, WarehouseEngine]:
    made = SqliteFile(folder)
    made.fill(COLUMNS, ROWS)
    batch: pa.RecordBatch = arrow_batch(COLUMNS, ROWS)
    kernel = LocalKernel(lambda _: [batch], unit=unit, secret=bytes(32), scratch=folder, row_hash="sha256")
    return kernel, WarehouseEngine(made.rows(unit), lambda: Snapshot(made.location), secret=bytes(32))


@pytest.mark.parametrize("unit", [PrivacyUnit(), PrivacyUnit(column="person", max_rows=2)])
def test_tallies_distances_and_texts_are_those_of_the_kernel(tmp_path: Path, unit: PrivacyUnit) -> None:
    kernel, engine = engines(tmp_path, unit)
    axis = CodeAxis(column="city", places_of=(0, 1, 1), labels=("x", "rest"))
    tallies = [((axis,), None), ((axis,), np.array([[1, -2], [3, 2**62]]))]
    for ours, theirs in zip(
        kernel.tallies(tallies, domain=DOMAIN), engine.tallies(tallies, domain=DOMAIN), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)
    asked = [("city",)], [np.array([5, 5, 5])]
    grids = {"city": np.arange(3)}
    np.testing.assert_array_equal(
        distances(kernel, *asked, domain=DOMAIN, grids=grids), distances(engine, *asked, domain=DOMAIN, grids=grids)
    )
    assert kernel.histograms([CITY]) == engine.histograms([CITY])


def test_texts_of_units_with_more_rows_are_bounded(tmp_path: Path) -> None:
    _, engine = engines(tmp_path, PrivacyUnit(column="person", max_rows=1))
    (found,) = engine.histograms([CITY])
    assert found.get("é") == 1
    assert found.get("x", 0) <= 1


@pytest.mark.parametrize("step", [0.0, 0.25])
def test_each_listed_value_has_a_code_of_its_own_behind_the_heaps(tmp_path: Path, step: float) -> None:
    paid = Column(name="paid", kind="float", minimum=0, maximum=999, bins=2, step=step)
    heaped = HeapedColumn.of(paid, listed=(7.0, 100.0, 250.0))
    columns, rows = (
        {"paid": "double"},
        [(value,) for value in (7.0, 100.0, 100.0, 250.0, 250.0, 250.0, 25.0, 99.99, None)],
    )
    made = SqliteFile(tmp_path)
    made.fill(columns, rows)
    unit, batch = PrivacyUnit(), arrow_batch(columns, rows)
    kernel = LocalKernel(lambda _: [batch], unit=unit, secret=bytes(32), scratch=tmp_path)
    engine = WarehouseEngine(made.rows(unit), lambda: Snapshot(made.location), secret=bytes(32))
    asked: list[Table] = [(("paid",), "fine")]
    ours, theirs = (
        counting.tables(asked, domain=Domain(columns=(heaped,)), grids={})[0] for counting in (kernel, engine)
    )
    assert theirs.tolist()[Heaping.of(paid).size :] == [1, 2, 3]
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("step", [0.01, 0.07, 0.1])
def test_multiples_of_a_step_are_found_where_a_quotient_misses_them(tmp_path: Path, step: float) -> None:
    """0.29 times 100 is less than 29; the doubles beside a multiple are other numbers."""
    paid = Column(name="paid", kind="float", minimum=0, maximum=99, bins=2, step=step)
    multiples = Grid.of(step).values(np.arange(1.0, 900.0))
    numbers = [*multiples, *np.nextafter(multiples, 0), *np.nextafter(multiples, 99)]
    columns, rows = {"paid": "double"}, [(float(value),) for value in numbers]
    made = SqliteFile(tmp_path)
    made.fill(columns, rows)
    unit, batch = PrivacyUnit(), arrow_batch(columns, rows)
    kernel = LocalKernel(lambda _: [batch], unit=unit, secret=bytes(32), scratch=tmp_path)
    engine = WarehouseEngine(made.rows(unit), lambda: Snapshot(made.location), secret=bytes(32))
    domain, asked = Domain(columns=(HeapedColumn.of(paid),)), cast("list[Table]", [(("paid",), "fine")])
    ours, theirs = (counting.tables(asked, domain=domain, grids={})[0] for counting in (kernel, engine))
    np.testing.assert_array_equal(ours, theirs)


def test_an_axis_that_is_no_code_is_refused(tmp_path: Path) -> None:
    class Scored:
        size = 2

    _, engine = engines(tmp_path, PrivacyUnit())
    with pytest.raises(Fault, match="a warehouse cannot answer this"):
        engine.tallies([((Scored(),), None)], domain=DOMAIN)  # type: ignore[list-item]


def test_it_takes_what_the_protocol_says() -> None:
    for name in (name for name in vars(CountEngine) if not name.startswith("_")):
        assert inspect.signature(getattr(WarehouseEngine, name)) == inspect.signature(getattr(CountEngine, name))


def test_it_says_nothing_of_what_is_inside(tmp_path: Path) -> None:
    assert repr(engines(tmp_path, PrivacyUnit())[1]) == "WarehouseEngine(private)"
