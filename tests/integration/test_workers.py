"""Workers count for the measuring process: killed ones change no integer, and nobody hears what is in a row."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dask_workers import Cluster, cluster_of
from kit.people import HEADER, ROWS, discovering_contract, make_contract
from kit.project import Project, make_project

from synth_assets.candidate import load_candidate, write_candidate
from synth_assets.domain import Column, Domain
from synth_assets.errors import Fault, MeasurementFailed, UsageError
from synth_assets.generator.compute import Compute
from synth_assets.ledger.types import State
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.cluster.engine import ClusterEngine
from synth_assets.source.cluster.rows import Coding, SourceRows
from synth_assets.source.cluster.tasks import count_partition
from synth_assets.source.kernel import LocalKernel
from synth_assets.source.kinds.kind import Partition
from synth_assets.source.kinds.parquet import ParquetFiles
from synth_assets.workers import dask_cluster, opener
from synth_assets.workers.pool import Pool, silent

pytestmark = pytest.mark.integration

UNIT = {"column": "person", "max_rows": 2}
CANARY, SECRET = "canary-7d02", b"canary-7d03 is our secret, 32 b."
DOMAIN = Domain(columns=(Column(name="word", kind="categorical", categories=("a", "b"), other="b"),))
TABLES: Any = [(("word",), "fine")]
dask = pytest.mark.dask


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster_of(tmp_path_factory.mktemp("cluster"), workers=1) as started:
        yield started


@pytest.fixture(params=["processes", pytest.param("dask", marks=dask)])
def workers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of workers, which is also what measurements here are told."""
    address = "processes:2" if request.param == "processes" else str(request.getfixturevalue("cluster").address)
    monkeypatch.setenv("SYNTH_ASSETS_WORKERS", address)
    return address


def people(root: Path, contract: Any, rows: str = ROWS) -> Project:
    """Register the kit's people in three files."""
    lines = rows.splitlines(keepends=True)
    files = {f"{part}.csv": (HEADER + "".join(lines[part::3])).encode() for part in range(3)}
    return make_project(root, files=files, contract=contract)


@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize("unit", ["rows", UNIT])
def test_a_release_is_counted_by_workers_and_their_scratch_is_gone(tmp_path: Path, unit: Any) -> None:
    project = people(tmp_path, make_contract(unit=unit, epsilon=5.0))
    assert abs(project.obtain().release.total() - len(ROWS.splitlines())) < 100
    assert not list((project.workspace.private / "scratch").iterdir())


@pytest.mark.usefixtures("workers")
def test_categories_are_discovered_by_workers(tmp_path: Path) -> None:
    rows = "".join(f"p{index},3,{'north' if index % 2 else 'south'},yes\n" for index in range(1000))
    release = people(tmp_path, discovering_contract(), rows).obtain().release
    assert set(release.domain["city"].categories) == {"elsewhere", "north", "south"}


@dask
def test_workers_that_do_not_answer_cost_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_WORKERS", "dask://127.0.0.1:1")
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "1s")
    project = people(tmp_path, make_contract())
    with pytest.raises(Fault, match="nothing answers at the address of the workers; nothing was opened"):
        project.obtain()
    (reservation,) = project.ledger.reservations("town")
    assert reservation.state is State.CANCELLED


@dask
def test_a_scheduler_that_is_lost_later_is_waited_for_as_dask_is_told(cluster: Cluster) -> None:
    import distributed  # noqa: F401 - brings its configuration, which `set` would take away again
    from dask import config

    opened: Any = opener(cluster.address)
    with config.set({"distributed.comm.timeouts.connect": "33s"}), opened() as executor:
        assert executor._client._timeout == 33
        assert executor.submit(abs, -1).result() == 1


@dask
@pytest.mark.slow
def test_a_scheduler_without_workers_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = people(tmp_path / "project", make_contract())
    with cluster_of(tmp_path, workers=0) as started:
        monkeypatch.setenv("SYNTH_ASSETS_WORKERS", started.address)
        with pytest.raises(Fault, match="no worker answers, or it has another version or scratch folder"):
            project.obtain()
    (reservation,) = project.ledger.reservations("town")
    assert reservation.state is State.CANCELLED


def test_without_dask_nothing_is_reserved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_WORKERS", "dask://scheduler:8786")
    monkeypatch.setattr(dask_cluster, "find_spec", lambda _: None)
    project = people(tmp_path, make_contract())
    with pytest.raises(UsageError, match="need Dask"):
        project.obtain()
    assert not project.ledger.reservations("town")


def test_a_folder_for_scratch_can_be_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_SCRATCH", str(tmp_path / "shared"))
    project = people(tmp_path / "project", make_contract())
    project.obtain()
    (scratch,) = (tmp_path / "shared").iterdir()
    assert scratch.stat().st_mode & 0o777 == 0o700
    assert not list(scratch.iterdir())


class Killing(Pool):
    """Kills a worker as soon as two tasks of a round are done."""

    def __init__(self, opened: Any, kill: Callable[["Killing"], None]) -> None:
        super().__init__(opened)
        self.kill = kill
        self.killed = 0

    def results(self, *words: Any, **more: Any) -> Iterator[tuple[int, Any]]:
        for done, result in enumerate(super().results(*words, **more), start=1):
            yield result
            if done == 2:
                self.kill(self)
                self.killed += 1


def kill_process(pool: Killing) -> None:
    executor: Any = pool._executor._executor
    os.kill(next(iter(executor._processes)), signal.SIGKILL)


@pytest.mark.parametrize("unit", [PrivacyUnit(), PrivacyUnit(column="person", max_rows=2)], ids=["rows", "people"])
@pytest.mark.parametrize("kind", ["processes", pytest.param("dask", marks=dask)])
def test_killed_workers_change_no_integer(kind: str, unit: PrivacyUnit, tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    for number in range(24):
        columns = {"person": random.integers(0, 900, 5000), "word": random.choice(["a", "b", "c"], 5000)}
        pq.write_table(pa.table(columns), tmp_path / f"{number}.parquet")
    location = str(tmp_path / "*.parquet")
    batches = partial(ParquetFiles().batches, location, {})
    kernel = LocalKernel(
        lambda names: batches(list(dict.fromkeys([*names, "person"]))), unit=unit, secret=SECRET, scratch=tmp_path
    )
    expected = kernel.tables(TABLES, domain=DOMAIN, grids={})[0].tolist()
    with cluster_of(tmp_path, workers=3) if kind == "dask" else nullcontext() as started:
        address = started.address if started else "processes:2"
        kill = (lambda _: started.kill_worker()) if started else kill_process
        with Killing(opener(address), kill) as pool:
            engine = ClusterEngine(
                rows_of(unit, tmp_path), partial(ParquetFiles().partitions, location, {}), pool, secret=SECRET
            )
            assert engine.tables(TABLES, domain=DOMAIN, grids={})[0].tolist() == expected
            assert pool.killed == (1 if unit.column is None else 2)


def rows_of(unit: PrivacyUnit, scratch: Path) -> SourceRows:
    return SourceRows(kind="parquet", options={}, unit=unit, window=None, part=None, split_key=None, scratch=scratch)


def complain(batch: pa.RecordBatch) -> Any:
    """Raise what an encoder that is wrong would: a message with a value of a row."""
    raise ValueError(batch.column("word")[0].as_py())


@dask
def test_a_cluster_says_nothing_of_rows(cluster: Cluster, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / f"{CANARY}.parquet"
    pq.write_table(pa.table({"word": [CANARY] * 9, "person": [f"{CANARY}{index}" for index in range(9)]}), path)
    rows = rows_of(PrivacyUnit(column="person"), tmp_path)
    where = [Partition(str(path))]
    good = Coding(name="x", columns=("word",), encode=complain, dtypes=(np.uint8,), secret=SECRET)
    bad = (replace(rows, unit=PrivacyUnit()), good, list, 0, where[0])
    opened = opener(cluster.address)
    assert opened is not None
    with Pool(opened) as pool:
        engine = ClusterEngine(rows, lambda: where, pool, secret=SECRET)
        assert engine.tables(TABLES, domain=DOMAIN, grids={})[0].tolist() == [0, 9]
        assert engine.histograms([Column(name="word", kind="categorical")]) == [{CANARY: 9}]
        with pytest.raises(Fault) as error:
            list(pool.results(count_partition, [bad]))
        heard = cluster.said() + str(error.value) + "".join(capfd.readouterr())
    assert silent.__name__ in heard
    for secret in (CANARY, "canary-7d03", SECRET.hex(), repr(SECRET)):
        assert secret not in heard
    with opened() as executor:  # what would have been heard of the same task without our rail
        assert CANARY in str(executor.submit(count_partition, *bad).exception())
    assert CANARY in cluster.said()


@pytest.mark.usefixtures("workers")
def test_a_failed_measurement_says_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    project = people(tmp_path, make_contract(), f"{CANARY},1,north,yes\n" * 9)
    next(tmp_path.rglob("0.csv")).write_text(f"person,age,city\n{CANARY},1,{CANARY}\n")  # a column is gone since
    with pytest.raises(MeasurementFailed) as error:
        project.obtain()
    assert CANARY not in str(error.value) + "".join(capfd.readouterr())
    for path in project.workspace.state.rglob("*"):
        assert path.is_dir() or CANARY.encode() not in path.read_bytes()


def test_workers_draw_the_same_bytes(workers: str, checked: Project, tmp_path: Path) -> None:
    folder = checked.workspace.candidates("people")
    with Compute(address=workers).pool() as executor:
        drawn = write_candidate(
            checked.contract, checked.generator, checked.release, seed=0, candidates=tmp_path, executor=executor
        )
    here = load_candidate(folder / drawn.digest)
    assert [shard.digest for shard in drawn.shards] == [shard.digest for shard in here.shards]
