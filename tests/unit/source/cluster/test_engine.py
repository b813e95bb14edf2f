"""The engine sums what tasks return; which integers these are is held in ``tests/properties/test_cluster_laws.py``."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synth_assets.domain import Column, Domain
from synth_assets.errors import Fault
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.cluster.engine import ClusterEngine
from synth_assets.source.cluster.rows import SourceRows
from synth_assets.source.kinds.kind import Partition
from synth_assets.workers.pool import Pool

AGE = Column(name="age", kind="integer", minimum=0, maximum=3)
DOMAINS = [Domain(columns=(AGE, Column(name="x", kind="integer", minimum=0, maximum=most))) for most in (1, 2, 3)]


def engine_on(folder: Path, pool: Pool, *, partitions: int, unit: PrivacyUnit) -> ClusterEngine:
    path = folder / "a.parquet"
    pq.write_table(pa.table({"person": ["a", "b"], "age": [1, 2], "x": [0, 1]}), path)
    rows = SourceRows(kind="parquet", options={}, unit=unit, window=None, part=None, split_key=None, scratch=folder)
    return ClusterEngine(rows, lambda: [Partition(str(path))] * partitions, pool, secret=bytes(32))


@pytest.mark.parametrize("unit", [PrivacyUnit(), PrivacyUnit(column="person")])
@pytest.mark.parametrize("partitions", [0, 3])
def test_no_partition_is_an_empty_table(partitions: int, unit: PrivacyUnit, tmp_path: Path) -> None:
    with Pool(lambda: ThreadPoolExecutor(2)) as pool:
        engine = engine_on(tmp_path, pool, partitions=partitions, unit=unit)
        (counts,) = engine.tables([(("age",), "fine")], domain=DOMAINS[0], grids={})
        expected = partitions if unit.column is None else min(partitions, 1)
        assert counts.tolist() == [0, expected, expected, 0]
        assert counts.dtype == np.int64
        assert repr(engine) == "ClusterEngine(private)"


@pytest.mark.parametrize("unit", [PrivacyUnit(), PrivacyUnit(column="person")])
def test_the_source_is_read_once_per_domain_and_codes_of_two_domains_are_kept(
    unit: PrivacyUnit, tmp_path: Path
) -> None:
    with Pool(lambda: ThreadPoolExecutor(2)) as pool:
        engine = engine_on(tmp_path, pool, partitions=2, unit=unit)
        for domain in DOMAINS:
            engine.tables([(("age",), "fine")], domain=domain, grids={})
        engine.orders([("age", "x")], domain=DOMAINS[0])
        engine.histograms([Column(name="x", kind="categorical")])
        assert {path.name[0] for path in tmp_path.iterdir() if path.suffix != ".parquet"} == {"1", "2"}
        (tmp_path / "a.parquet").unlink()
        for domain in DOMAINS[1:]:
            assert engine.tables([(("x",), "fine")], domain=domain, grids={})[0].sum() == (2 if unit.column else 4)
        with pytest.raises(Fault):
            engine.tables([(("x",), "fine")], domain=DOMAINS[0], grids={})


def test_no_bucket_is_forgotten(tmp_path: Path) -> None:
    with Pool(lambda: ThreadPoolExecutor(2)) as pool:
        engine = engine_on(tmp_path, pool, partitions=3, unit=PrivacyUnit(column="person"))
        people = pa.table({"person": range(2000), "age": [index % 4 for index in range(2000)]})
        pq.write_table(people, tmp_path / "a.parquet")
        domain = Domain(columns=(AGE,))
        assert engine.tables([(("age",), "fine")], domain=domain, grids={})[0].tolist() == [500] * 4
