"""Candidates are functions of contract, generator, seed and rows, and of nothing else."""

import io
import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from kit.releases import IndependentColumns, MadeUp, draw, made_up, visits_contract

from synth_assets.candidate import SHARD_ROWS, Order, expected_rows, write_shard
from synth_assets.errors import Fault, UsageError


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_seed_gives_the_same_bytes(visits: MadeUp, tmp_path: Path) -> None:
    sampler = partial(IndependentColumns, release=visits.release)
    first = draw(visits.contract, visits.release, sampler, tmp_path / "one", rows=500, seed=3)
    second = draw(visits.contract, visits.release, sampler, tmp_path / "two", rows=500, seed=3)
    assert first.digest == second.digest
    assert _bytes(first.folder) == _bytes(second.folder)


def test_a_shard_written_to_memory_has_the_bytes_of_the_file(visits: MadeUp, tmp_path: Path) -> None:
    sampler = partial(IndependentColumns, release=visits.release)
    candidate = draw(visits.contract, visits.release, sampler, tmp_path, rows=700, seed=4)
    sink = io.BytesIO()
    shard = write_shard(Order(contract=visits.contract, open_sampler=sampler, seed=4, rows=700), 0, sink=sink)
    assert (sink.getvalue(), shard.drawn) == (candidate.paths[0].read_bytes(), candidate.shards[0].drawn)


def test_another_seed_gives_other_rows(visits: MadeUp) -> None:
    assert visits.faithful(seed=1).shards[0].digest != visits.faithful(seed=2).shards[0].digest


def test_any_number_of_workers_gives_the_same_bytes(tmp_path: Path) -> None:
    narrow = made_up(
        tmp_path,
        columns={"wave": {"type": "integer", "min": 0, "max": 3, "domain_source": "x"}},
        derived={},
        rules={"not_three": "wave < 3"},
    )
    sampler = partial(IndependentColumns, release=narrow.release)
    order = {"rows": 2 * SHARD_ROWS + 5, "seed": 0}
    alone = draw(narrow.contract, narrow.release, sampler, tmp_path / "alone", **order)
    with ThreadPoolExecutor(3) as executor:
        together = draw(narrow.contract, narrow.release, sampler, tmp_path / "3", executor=executor, **order)
    assert together.digest == alone.digest
    assert [shard.rows for shard in alone.shards] == [SHARD_ROWS, SHARD_ROWS, 5]
    assert [shard.name for shard in alone.shards] == ["part-00000.parquet", "part-00001.parquet", "part-00002.parquet"]
    assert alone.violations == {"not_three": 0}
    assert sum(batch.num_rows for batch in alone.batches()) == alone.rows == 2 * SHARD_ROWS + 5


def test_the_files_have_the_contracts_schema_and_fixed_groups(visits: MadeUp) -> None:
    path = visits.faithful(rows=200_000).paths[0]
    with pq.ParquetFile(path) as file:
        assert file.schema_arrow.equals(visits.contract.table_schema())
        assert [file.metadata.row_group(at).num_rows for at in range(file.num_row_groups)] == [131_072, 68_928]
        assert file.metadata.row_group(0).column(0).compression == "ZSTD"


def test_nothing_but_the_candidate_is_left_behind(visits: MadeUp) -> None:
    candidate = visits.faithful()
    assert {path.name for path in candidate.folder.parent.iterdir()} == {candidate.digest}
    assert {path.name for path in candidate.folder.iterdir()} == {"manifest.json", "part-00000.parquet"}


def test_a_failing_generator_leaves_nothing_behind(visits: MadeUp, tmp_path: Path) -> None:
    class Short:
        def sample(self, rows: int, **_: Any) -> pa.RecordBatch:
            return IndependentColumns(release=visits.release).sample(rows - 1, seed=0, shard=0)

    with pytest.raises(Fault, match="99 rows instead of 100"):
        draw(visits.contract, visits.release, Short, tmp_path / "short", rows=100)
    assert list((tmp_path / "short" / "candidates").iterdir()) == []


def test_an_impossible_rule_leaves_a_candidate_that_records_it(visits: MadeUp, tmp_path: Path) -> None:
    contract = visits_contract(rows=2000, rules={"never": "age > 100", "grown": "age >= 3"})
    sampler = partial(IndependentColumns, release=visits.release)
    candidate = draw(contract, visits.release, sampler, tmp_path / "x", rows=500)
    known = candidate.table()["age"].is_valid().to_numpy().sum()
    assert candidate.violations == {"never": known, "grown": 0}
    assert known > 400


def test_the_manifest_states_how_many_rows_were_drawn(visits: MadeUp, tmp_path: Path) -> None:
    contract = visits_contract(rows=2000, rules={"grown": "age >= 3"})
    sampler = partial(IndependentColumns, release=visits.release)
    candidate = draw(contract, visits.release, sampler, tmp_path / "x", rows=500)
    manifest = json.loads((candidate.folder / "manifest.json").read_text())
    assert manifest["shards"][0]["drawn"] > 500
    assert manifest["schema"][1] == {"name": "age", "type": "int64", "nullable": True}


def test_a_condition_reaches_the_generator_and_the_manifest(visits: MadeUp, tmp_path: Path) -> None:
    class Only:
        where = ""

        def given(self, where: str) -> "Only":
            self.where = where
            return self

        def sample(self, rows: int, **more: Any) -> pa.RecordBatch:
            batch = IndependentColumns(release=visits.release).sample(rows, **more)
            return batch.set_column(0, batch.schema.field(0), pa.array([self.where] * rows))

    candidate = draw(visits.contract, visits.release, Only, tmp_path / "x", rows=10, where="west")
    assert candidate.where == "west"
    assert set(candidate.table()["region"].to_pylist()) == {"west"}


def test_the_number_of_rows_is_the_contracts_or_else_the_released_one(visits: MadeUp) -> None:
    assert expected_rows(visits_contract(rows=77), visits.release) == 77
    assert expected_rows(visits_contract(rows=None), visits.release) == round(visits.release.total())
    assert abs(expected_rows(visits_contract(rows=None), visits.release) - 4000) < 30


def test_an_empty_source_still_gives_a_row(tmp_path: Path) -> None:
    empty = made_up(tmp_path, rows=1, scale=0.01)
    release = empty.release
    for marginal in release.marginals:
        marginal.counts[:] = -1
    assert release.total() == 0
    assert expected_rows(visits_contract(rows=None), release) == 1


@pytest.mark.parametrize(
    ("order", "message"), [({"rows": 0}, "rows=0 must be >= 1"), ({"seed": -1}, "seed=-1 must be")]
)
def test_a_wrong_order_is_refused(visits: MadeUp, tmp_path: Path, order: dict[str, int], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        draw(visits.contract, visits.release, partial(IndependentColumns, release=visits.release), tmp_path, **order)


def test_a_release_of_another_contract_is_refused(visits: MadeUp, tmp_path: Path) -> None:
    changed = visits_contract(privacy={"unit": "rows", "spend": {"epsilon": 1.0, "delta": 1e-7}})
    with pytest.raises(UsageError, match="was not measured under this contract of 'visits'"):
        draw(changed, visits.release, partial(IndependentColumns, release=visits.release), tmp_path)


def test_a_new_rule_is_not_another_release(visits: MadeUp, tmp_path: Path) -> None:
    contract = visits_contract(rows=2000, rules={"some": "age >= 0"}, purpose="Another purpose.")
    candidate = draw(contract, visits.release, partial(IndependentColumns, release=visits.release), tmp_path, rows=50)
    assert candidate.contract != visits.contract.digest()
    assert candidate.fingerprint == visits.contract.fingerprint()


def test_nulls_are_kept(visits: MadeUp) -> None:
    table = visits.faithful(rows=3000).table()
    expected = np.mean(visits.codes[:, 1] == 10)
    # Five standard errors of a share over 3,000 rows.
    assert abs(table["age"].null_count / 3000 - expected) < 5 * np.sqrt(expected / 3000)
    assert table["region"].null_count == 0
