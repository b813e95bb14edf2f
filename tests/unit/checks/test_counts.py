"""One pass over the shards counts what the rows really hold."""

import datetime as dt
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from kit.project import Project
from kit.releases import MadeUp, ResampledRows, draw, visits_contract

from synth_assets.candidate import Candidate
from synth_assets.checks.counts import count_candidate
from synth_assets.contract import DatasetContract


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
