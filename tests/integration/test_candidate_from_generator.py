"""Candidates from the generator that ships: the same bytes in other processes, conditions, other releases."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from kit.releases import MadeUp, made_up, visits_contract

from synth_assets.candidate import write_candidate
from synth_assets.checks import recompute_checks, run_checks
from synth_assets.errors import UsageError
from synth_assets.generator import FittedGenerator, fit_generator, parse_condition

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> MadeUp:
    return made_up(tmp_path_factory.mktemp("visits"))


@pytest.fixture(scope="module")
def fitted(visits: MadeUp) -> FittedGenerator:
    return fit_generator(visits.release, kind="mixture", seed=0, generators=visits.folder / "generators")


def test_the_shipped_generator_passes_the_checks_that_independent_columns_fail(
    visits: MadeUp, fitted: FittedGenerator, tmp_path: Path
) -> None:
    candidate = write_candidate(visits.contract, fitted, visits.release, seed=0, candidates=tmp_path / "c")
    results = run_checks(visits.contract, candidate, visits.release, suite=tmp_path / "none.json")
    assert [result.name for result in results if not result.passed] == []
    near, far = (
        next(
            result.observed["sure_excess"]
            for result in recompute_checks(visits.contract, drawn, visits.release, suite=tmp_path / "none.json")[0]
            if result.name == "fidelity"
        )
        for drawn in (candidate, visits.independent())
    )
    assert far > 0.05 > near


def test_another_process_writes_the_same_bytes(visits: MadeUp, fitted: FittedGenerator, tmp_path: Path) -> None:
    here = write_candidate(visits.contract, fitted, visits.release, seed=5, candidates=tmp_path / "here")
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        there = write_candidate(
            visits.contract, fitted, visits.release, seed=5, candidates=tmp_path / "there", executor=executor
        )
    assert there.digest == here.digest
    assert [path.read_bytes() for path in there.paths] == [path.read_bytes() for path in here.paths]


def test_a_condition_holds_in_every_row(visits: MadeUp, fitted: FittedGenerator, tmp_path: Path) -> None:
    condition = parse_condition("region = 'west'", domain=visits.contract.domain())
    candidate = write_candidate(
        visits.contract, fitted, visits.release, seed=0, candidates=tmp_path, rows=200, where=condition
    )
    assert candidate.where == "region = 'west'"
    assert set(candidate.table()["region"].to_pylist()) == {"west"}


def test_times_are_sampled_conditioned_and_compared(visits: MadeUp, fitted: FittedGenerator, tmp_path: Path) -> None:
    contract = visits_contract(
        derived={"second_day": "seen >= TIMESTAMP '2026-01-02 00:00'", "observed": "CAST(seen AS DATE)"},
        rules={"dated": "seen IS NULL OR observed IS NOT NULL"},
    )
    where = parse_condition("seen >= TIMESTAMP '2026-01-01 12:00'", domain=contract.domain())
    candidate = write_candidate(contract, fitted, visits.release, seed=0, candidates=tmp_path, rows=500, where=where)
    frame = candidate.table().to_pandas()
    assert frame["seen"].dtype == "datetime64[us]"
    assert frame["seen"].between("2026-01-01 12:00", "2026-01-02 23:00").all()
    assert (frame["seen"].dt.floor("h") == frame["seen"]).all()
    assert frame["seen"].nunique() > 8  # more values than bins
    assert (frame["second_day"] == (frame["seen"] >= "2026-01-02")).all()
    with pytest.raises(UsageError, match="cuts through a bin"):
        parse_condition("seen >= TIMESTAMP '2026-01-01 07:00'", domain=contract.domain())


def test_a_generator_of_another_release_is_refused(visits: MadeUp, fitted: FittedGenerator, tmp_path: Path) -> None:
    other_release = replace(visits.release, digest="0" * 64)
    with pytest.raises(UsageError, match="the generator was fitted to release"):
        write_candidate(visits.contract, fitted, other_release, seed=0, candidates=tmp_path)
