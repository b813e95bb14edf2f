"""Laws of counting on workers: for any rows, partitions and executor the integers are the kernel's."""

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dask_workers import cluster_of
from hypothesis import given, settings
from hypothesis import strategies as st

from synth_assets.domain import Column, Domain
from synth_assets.ledger.types import SplitKey
from synth_assets.ledger.windows import Window, parse_window
from synth_assets.privacy import HELD_OUT, MEASURED, PrivacyUnit
from synth_assets.rowwise.axis import CodeAxis
from synth_assets.source.cluster.engine import ClusterEngine
from synth_assets.source.cluster.rows import SourceRows
from synth_assets.source.engine import CountEngine, distances
from synth_assets.source.kernel import LocalKernel
from synth_assets.source.kinds import kind_named
from synth_assets.source.kinds.kind import Partition
from synth_assets.source.parts import rows_of_part
from synth_assets.workers import opener
from synth_assets.workers.pool import Pool

SECRET, KEY = bytes(range(32)), SplitKey(key=bytes(32), share_ppm=500_000)
WINDOW = parse_window("seen=2026-01-01/2026-02-01")
DOMAIN = Domain(
    columns=(
        Column(name="a", kind="integer", minimum=0, maximum=3, nullable=True),
        Column(name="b", kind="integer", minimum=0, maximum=300),
        Column(name="c", kind="categorical", categories=("x", "y", "z"), other="z"),
    )
)
OPEN = Column(name="c", kind="categorical", categories=(), nullable=True)
AXES = (
    CodeAxis(column="c", places_of=(0, 1, 1), labels=("x", "other")),
    CodeAxis(column="a", places_of=(0, 1, 1, 0, 1), labels=("even", "odd")),
)
WEIGHTS = np.array([[1, -2], [3, 0], [0, 7], [5, 5]])
GRIDS = {"b": np.arange(301) // 100, "a": np.array([0, 0, 1, 1, 2])}
Row = tuple[str | None, str | None, int, str | None, str]

tables = st.lists(
    st.tuples(
        st.sampled_from(["u1", "u2", "u3", "u4", "u5", None, ""]),
        st.sampled_from(["0", "1", "2", "3", "x", None]),
        st.integers(-1, 310),
        st.sampled_from(["x", "y", "z", "q", "\x01", None]),
        st.sampled_from(["2026-01-03", "2026-01-31T23:59:59", "2026-02-01", "never"]),
    ),
    max_size=40,
)
units = st.sampled_from([PrivacyUnit(), *(PrivacyUnit(column="unit", max_rows=most) for most in (1, 2, 3))])
cuts = st.lists(st.integers(0, 40), max_size=3)


@dataclass(frozen=True)
class Asked:
    """Everything that an engine answers."""

    tables: list[list[Any]]
    distances: list[int]
    tallies: list[list[Any]]
    orders: list[list[int]]
    histograms: list[dict[str, int]]


def ask(engine: CountEngine) -> Asked:
    asked = [(("a",), "fine"), (("b", "c"), "fine"), (("a", "b"), "coarse")]
    counted = engine.tables(asked, domain=DOMAIN, grids=GRIDS)  # type: ignore[arg-type]
    again = engine.tables(asked, domain=DOMAIN, grids=GRIDS)  # type: ignore[arg-type]
    assert all(map(np.array_equal, counted, again))
    assert all(table.dtype == np.int64 for table in counted)
    public = [np.full((3, 4), 2)]
    tallies = engine.tallies([(AXES, None), (AXES, WEIGHTS), (AXES[:1], None)], domain=DOMAIN)
    return Asked(
        tables=[table.tolist() for table in counted],
        distances=distances(engine, [("a", "b")], public, domain=DOMAIN, grids=GRIDS).tolist(),
        tallies=[tally.tolist() for tally in tallies],
        orders=engine.orders([("a", "b"), ("b", "a")], domain=DOMAIN).tolist(),
        histograms=engine.histograms([OPEN]),
    )


class Files:
    """A table in several files, one of which may hold several row groups."""

    def __init__(self, folder: Path, table: Sequence[Row], places: Sequence[int], *, kind: str, groups: int) -> None:
        self.folder, self.kind, self.groups = folder, kind_named(kind), groups
        self.location = str(folder / f"*.{kind}")
        edges = sorted({0, *(place for place in places if place < len(table))})
        for index, (start, end) in enumerate(zip(edges, [*edges[1:], len(table)], strict=True)):
            self._write(folder / f"{index}.{kind}", table[start:end])

    def _write(self, path: Path, rows: Sequence[Row]) -> None:
        names = ("unit", "a", "b", "c", "seen")
        if self.kind.name == "csv":
            lines = [",".join("" if value is None else str(value) for value in row) for row in rows]
            path.write_text("\n".join([",".join(names), *lines]))
            return
        types = (pa.string(), pa.string(), pa.int16(), pa.string(), pa.string())
        columns = [pa.array([row[index] for row in rows], kind) for index, kind in enumerate(types)]
        pq.write_table(pa.table(columns, names=list(names)), path, row_group_size=self.groups)

    def partitions(self) -> list[Partition]:
        """Return a partition for each row group, which are otherwise joined to large ones."""
        if self.kind.name == "csv":
            return [Partition(str(path)) for path in sorted(self.folder.glob("*.csv"))]
        return [
            Partition(str(path), (group, group + 1))
            for path in sorted(self.folder.glob("*.parquet"))
            for group in range(pq.ParquetFile(path).num_row_groups)
        ]


def by_kernel(files: Files, rows: SourceRows) -> Asked:
    """Ask the kernel, which reads the files whole."""

    def batches(names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        read = files.kind.batches(files.location, {}, list(dict.fromkeys([*names, "unit", "seen"])))
        return iter(read if rows.part is None else rows_of_part(read, column="unit", split_key=KEY, part=rows.part))

    return ask(LocalKernel(batches, unit=rows.unit, secret=SECRET, scratch=rows.scratch, window=rows.window))


def by_workers(files: Files, rows: SourceRows, executor: Executor) -> Asked:
    return ask(ClusterEngine(rows, files.partitions, Pool(lambda: executor), secret=SECRET))


@pytest.fixture(scope="module", params=["threads", "processes", pytest.param("dask", marks=pytest.mark.dask)])
def executor(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Executor]:
    if request.param == "threads":
        with ThreadPoolExecutor(3) as threads:
            yield threads
    elif request.param == "dask":
        with cluster_of(tmp_path_factory.mktemp("cluster"), workers=2) as cluster:
            opened = opener(cluster.address)
            assert opened is not None
            with opened() as workers:
                yield workers
    else:
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
            yield processes


@settings(max_examples=25)
@given(
    table=tables,
    places=cuts,
    unit=units,
    window=st.sampled_from([None, WINDOW]),
    kind=st.sampled_from(["parquet", "parquet", "csv"]),
    part=st.sampled_from([None, None, MEASURED, HELD_OUT]),
    groups=st.integers(1, 9),
)
def test_workers_count_what_the_kernel_counts(  # noqa: PLR0913, PLR0917 - all that may differ
    executor: Executor,
    table: list[Row],
    places: list[int],
    unit: PrivacyUnit,
    window: Window | None,
    kind: str,
    part: str | None,
    groups: int,
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "source").mkdir()
        files = Files(folder / "source", table, places, kind=kind, groups=groups)
        rows = SourceRows(
            kind=kind,
            options={},
            unit=unit,
            window=window,
            part=None if unit.column is None else part,
            split_key=KEY,
            scratch=folder,
        )
        assert by_workers(files, rows, executor) == by_kernel(files, rows)
