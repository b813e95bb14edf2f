"""One pass over the shards counts what the rows really hold."""

import datetime as dt
import os
import pickle
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from kit.project import Project
from kit.releases import VISITS, MadeUp, ResampledRows, draw, visits_contract

from synth_assets.candidate import Candidate
from synth_assets.checks.context import Context, OtherColumn
from synth_assets.checks.counts import count_candidate
from synth_assets.checks.judgement import basis_of, facts_of, judge_generated
from synth_assets.checks.kinds.registry import KINDS
from synth_assets.contract import DatasetContract
from synth_assets.files import canonical_json
from synth_assets.generator.compute import Compute


class Spoiled:
    """A real sampler whose columns are then replaced by constant values."""

    def __init__(self, visits: MadeUp, **values: Any) -> None:
        self.inner = ResampledRows(domain=visits.contract.domain(), codes=visits.codes)
        self.values = values

    def sample(self, rows: int, **more: Any) -> pa.RecordBatch:
        batch = self.inner.sample(rows, **more)
        for name, value in self.values.items():
            at = batch.schema.get_field_index(name)
            array = pa.array([value] * rows, batch.schema.field(at).type)
            batch = batch.set_column(at, batch.schema.field(at), array)
        return batch


def _spoiled(visits: MadeUp, folder: Path, contract: DatasetContract | None = None, **values: Any) -> Candidate:
    open_sampler = partial(Spoiled, visits, **values)
    return draw(contract or visits.contract, visits.release, open_sampler, folder, rows=50)


def test_a_faithful_candidate_has_nothing_outside(visits: MadeUp, faithful: Candidate) -> None:
    counts = count_candidate(visits.contract, faithful, visits.release)
    assert (counts.rows, counts.as_declared) == (2000, True)
    assert set(counts.outside.values()) == {0}
    assert counts.violations == {"known_region": 0}
    assert counts.nulls["age"] == faithful.table()["age"].null_count > 0


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("region", "east"),
        ("age", 10),
        ("age", -1),
        ("score", 1.5),
        ("score", -8.0),
        ("wave", 1995),
        ("day", 0),
        ("seen", dt.datetime(2026, 1, 3)),  # noqa: DTZ001 - in UTC
        ("seen", dt.datetime(2026, 1, 1, 12, 30)),  # noqa: DTZ001 - within an hour
        ("seen", dt.datetime(2026, 1, 1, 12, 0, 0, 1)),  # noqa: DTZ001 - a microsecond late
    ],
)
def test_a_value_outside_its_domain_is_counted(visits: MadeUp, tmp_path: Path, column: str, value: Any) -> None:
    contract = visits_contract(rules={})
    counts = count_candidate(contract, _spoiled(visits, tmp_path, contract, **{column: value}), visits.release)
    assert {name: count for name, count in counts.outside.items() if count} == {column: 50}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("score", -9.0),
        ("score", -1.0),
        ("age", 0),
        ("age", 9),
        ("age", None),
        ("seen", dt.datetime(2026, 1, 1)),  # noqa: DTZ001 - in UTC
        ("seen", dt.datetime(2026, 1, 2, 23)),  # noqa: DTZ001 - in UTC
        ("seen", None),
    ],
)
def test_the_ends_special_values_and_nulls_are_inside(visits: MadeUp, tmp_path: Path, column: str, value: Any) -> None:
    counts = count_candidate(visits.contract, _spoiled(visits, tmp_path, **{column: value}), visits.release)
    assert counts.outside[column] == 0


def test_a_derived_value_that_does_not_follow_from_its_expression_is_counted(visits: MadeUp, tmp_path: Path) -> None:
    old, new = visits_contract(derived={"old": "age >= 7"}), visits_contract(derived={"old": "age >= 5"})
    candidate = draw(old, visits.release, partial(Spoiled, visits, age=6), tmp_path, rows=50)
    assert count_candidate(old, candidate, visits.release).outside["old"] == 0
    assert count_candidate(new, candidate, visits.release).outside["old"] == 50


def test_rules_are_counted_from_the_rows_and_not_from_the_manifest(visits: MadeUp, faithful: Candidate) -> None:
    contract = visits_contract(rules={"never": "age > 100"})
    counts = count_candidate(contract, faithful, visits.release)
    assert counts.violations == {"never": 2000 - faithful.table()["age"].null_count}
    assert "never" not in faithful.violations


def test_another_schema_is_reported_and_ends_the_counting(visits: MadeUp, faithful: Candidate) -> None:
    contract = visits_contract(derived={"young": "age < 3"})
    counts = count_candidate(contract, faithful, visits.release)
    assert (counts.as_declared, counts.rows, counts.outside, counts.violations) == (False, 2000, {}, {})
    assert [field["name"] for field in counts.schema][-2:] == ["old", "elder"]


def test_synthetic_counts_are_those_of_the_rows(visits: MadeUp, faithful: Candidate) -> None:
    tables = count_candidate(visits.contract, faithful, visits.release).tables
    table = faithful.table()
    for marginal, counts in zip(visits.release.marginals, tables, strict=True):
        assert counts.shape == marginal.counts.shape
        assert counts.sum() == 2000
    by_region = dict(zip(visits.contract.domain()["region"].categories, tables[0], strict=True))
    assert by_region == {entry["values"]: entry["counts"] for entry in table["region"].value_counts().to_pylist()}
    assert tables[1][-1] == table["age"].null_count
    assert tables[2][-2] == pc.sum(pc.equal(table["score"], -9.0)).as_py()
    assert tables[2][-1] == pc.sum(pc.equal(table["score"], 0.0)).as_py() > 0


def test_a_pair_adds_up_to_the_coarse_codes_of_its_columns(visits: MadeUp, faithful: Candidate) -> None:
    tables = count_candidate(visits.contract, faithful, visits.release).tables
    by_table = {
        (marginal.attributes, marginal.level): counts
        for marginal, counts in zip(visits.release.marginals, tables, strict=True)
    }
    for first, second in pairwise(visits.contract.columns):
        summed = by_table[(first, second), "coarse"].sum(axis=1)
        fine = by_table[(first,), "fine"]
        assert np.array_equal(summed, np.bincount(visits.release.grids[first], weights=fine).astype(int))


def test_discovered_categories_are_looked_up_in_the_release(discovering: Project) -> None:
    release, candidate = discovering.release, discovering.candidate(0)
    assert set(count_candidate(discovering.contract, candidate, release).outside.values()) == {0}
    without_south = discovering.contract.domain(found={"city": ("north", "east")})
    rows = pc.sum(pc.equal(candidate.table()["city"], "south")).as_py()
    counts = count_candidate(discovering.contract, candidate, replace(release, domain=without_south))
    assert counts.outside["city"] == rows > 0


def asking(context: Context) -> DatasetContract:
    """Return a contract that asks for every kind of check that counts rows in a way of its own."""
    checks = {
        "relationships": {"region": "regions.name"},
        "unique": [["region", "age", "seen"], ["day", "score"]],
        "repeated_rows": {"max": 0.1},
    }
    columns = {**VISITS["columns"], "score": {**VISITS["columns"]["score"], "decimals": 1}}
    scenarios = {"old": {"where": "age > 5", "groups": ["region"]}} if context.scenario else {}
    return visits_contract(rows=2000, checks=checks, columns=columns, target="smokes", scenarios=scenarios)


@pytest.fixture(params=["table", "scenario"])
def context(request: pytest.FixtureRequest, faithful: Candidate) -> Context:
    others = {"regions.name": OtherColumn(version="r" * 64, values=("north", "west"))}
    scenario = request.param == "scenario"
    return Context(others=others, scenario="old" if scenario else "", table=faithful if scenario else None)


@pytest.fixture
def shards(visits: MadeUp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Candidate:
    """The rows of a candidate in five shards."""
    monkeypatch.setattr("synth_assets.candidate.write.SHARD_ROWS", 450)
    sampler = partial(ResampledRows, domain=visits.contract.domain(), codes=visits.codes)
    candidate = draw(visits.contract, visits.release, sampler, tmp_path, rows=2000)
    assert len(candidate.shards) == 5
    return candidate


@pytest.mark.parametrize(
    "executor", [partial(ThreadPoolExecutor, 3), Compute(workers=2).pool], ids=["3", "2 processes"]
)
def test_the_results_are_the_same_for_any_number_of_workers(
    executor: Any, shards: Candidate, visits: MadeUp, context: Context
) -> None:
    contract = asking(context)
    alone = basis_of(contract, shards, visits.release, context=context)
    with executor() as workers:
        together = basis_of(contract, shards, visits.release, context=context, executor=workers)
    assert canonical_json(facts_of(together)) == canonical_json(facts_of(alone))
    assert judge_generated(together) == judge_generated(alone)
    assert [table.tolist() for table in together.counts.tables] == [table.tolist() for table in alone.counts.tables]
    assert together.table == alone.table
    assert bool(alone.table) == bool(context.scenario)


def test_the_results_do_not_depend_on_how_rows_lie_in_shards(
    shards: Candidate, visits: MadeUp, context: Context, tmp_path: Path
) -> None:
    contract, path = asking(context), tmp_path / "part-00000.parquet"
    pq.write_table(shards.table(), path)
    one = replace(shards, folder=tmp_path, shards=(replace(shards.shards[0], name=path.name, rows=shards.rows),))
    facts = [facts_of(basis_of(contract, table, visits.release, context=context)) for table in (shards, one)]
    assert canonical_json(facts[0]) == canonical_json(facts[1])


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.tally is not None])
def test_every_tally_can_be_merged_from_parts_in_any_order(name: str, shards: Candidate, visits: MadeUp) -> None:
    context = Context(scenario="old", others={"regions.name": OtherColumn(version="r" * 64, values=("north",))})
    make: Any = partial(KINDS[name].tally, asking(context), visits.release, context)  # type: ignore[arg-type]
    whole, merged, parts = make(), make(), []
    for batch in shards.batches():
        parts.append(make())
        parts[-1].add(batch)
        whole.add(batch)
    for part in reversed(parts):
        merged.merge(pickle.loads(pickle.dumps(part.counted())))  # noqa: S301 - as executors send it
    assert merged.figures() == whole.figures() != make().figures()


class Deadly:
    """Implements ``Tally``: kills its process when it first sees each of two rows."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.rows = folder, 0

    def add(self, batch: pa.Table) -> None:
        self.rows += batch.num_rows
        mark = self.folder / f"killed-{batch['age'][0].as_py()}"
        if len(list(self.folder.glob("killed-*"))) < 2 and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(self) -> int:
        return self.rows

    def merge(self, counted: int) -> None:
        self.rows += counted

    def figures(self) -> dict[str, int]:
        return {"rows": self.rows}


@pytest.mark.slow
def test_killed_workers_change_no_count(shards: Candidate, visits: MadeUp, tmp_path: Path) -> None:
    with Compute(workers=2).pool() as workers:
        counts = count_candidate(
            visits.contract, shards, visits.release, tallies={"deadly": partial(Deadly, tmp_path)}, executor=workers
        )
    assert list(tmp_path.glob("killed-*"))
    alone = count_candidate(visits.contract, shards, visits.release)
    for name in ("rows", "schema", "as_declared", "nulls", "outside", "violations", "as_drawn", "set_aside"):
        assert getattr(counts, name) == getattr(alone, name)
    assert counts.tallies == {"deadly": {"rows": 2000}}
    assert [table.tolist() for table in counts.tables] == [table.tolist() for table in alone.tables]
