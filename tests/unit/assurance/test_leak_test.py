"""What is found in a store fails the test, and so does a planted leak that is not found; see also tests/end_to_end."""

from pathlib import Path

import pytest
from kit.people import make_contract

from synth_assets.assurance import leak_test as module
from synth_assets.assurance.apart import Finished
from synth_assets.assurance.leak_project import LeakProject, make_leak_project
from synth_assets.assurance.leak_test import (
    FAILING_RUNS,
    STORES,
    chain_results,
    leak_test,
    planted_results,
    store_results,
)
from synth_assets.audit.assurance import TestResult

CODES = {"people": 0, "leak_test_broken": 3, "leak_test_poor": 1, "leak_test_failing": 3}


@pytest.fixture
def project(tmp_path: Path) -> LeakProject:
    return make_leak_project(make_contract(), tmp_path / "leak")


def bad(results: list[TestResult]) -> list[str]:
    return [result.name for result in results if not result.is_good]


@pytest.mark.parametrize("store", STORES.values())
def test_a_canary_in_a_store_is_found_there_and_named(store: str, project: LeakProject) -> None:
    needles = project.canaries.needles()
    (project.curator / "details.txt").parent.mkdir()
    (project.curator / "details.txt").write_text(project.canaries.word)
    results, places = store_results(project, needles)
    assert bad(results) == []
    assert places.files > 5
    leak = project.folder / store / "leak.txt"
    leak.parent.mkdir(parents=True, exist_ok=True)
    leak.write_text(f"a row: {project.canaries.letters}")
    (alarm,) = (result for result in store_results(project, needles)[0] if not result.is_good)
    assert alarm.name == f"no canary in: {next(name for name, folder in STORES.items() if folder == store)}"
    assert "leak.txt: the letters, UTF-8" in alarm.what


def test_a_search_that_finds_nothing_where_canaries_are_fails(project: LeakProject) -> None:
    results, _ = store_results(project, {})
    assert bad(results) == ["canaries in the made-up sources", "canaries in the curator's store"]
    planted = planted_results(project, {})
    assert len(bad(planted)) == len(planted) > 0


def run_with(codes: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_: Path, command: str, dataset: str, *options: str) -> Finished:
        assert (command, options) == ("run", ("--json",))
        return Finished(code=codes[dataset.removeprefix("defs/")], output=b"{}", errors=b"")

    monkeypatch.setattr(module, "run_apart", run)


def test_each_run_must_end_as_it_should_and_its_output_is_kept(
    project: LeakProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_with(CODES, monkeypatch)
    results = list(chain_results(project, failing=FAILING_RUNS, progress=lambda _: None))
    assert bad(results) == []
    assert len(list((project.folder / "outputs").iterdir())) == 2 * len(results) == 10
    for dataset, code in CODES.items():
        run_with({**CODES, dataset: code + 1}, monkeypatch)
        assert bad(list(chain_results(project, failing=FAILING_RUNS, progress=lambda _: None)))


def test_a_chain_that_wrote_nothing_does_not_pass(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    run_with(CODES, monkeypatch)
    record = leak_test(make_contract(), failing=(), keep=tmp_path)
    assert not record.passed
    assert record.facts["dataset"] == "people"
    assert {result.name for result in record.results if not result.is_good} >= {"planted leak: Parquet, base64"}
