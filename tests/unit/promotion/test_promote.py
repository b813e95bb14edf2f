"""Promotion: all of it or none."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from kit.project import Project
from kit.stores import FileRegistry, FolderStore, stores_in

from synth_assets.checks import Decision
from synth_assets.errors import CheckRefused, IntegrityError, UsageError
from synth_assets.promotion import Promotion, promotion_status, read_current

Stores = dict[str, Any]


@pytest.fixture
def stores(tmp_path: Path) -> Stores:
    return stores_in(tmp_path)


def _promote(project: Project, seed: int, stores: Stores) -> Promotion:
    return project.promote(project.evidence(seed), **stores)


def test_a_promoted_version_holds_the_candidates_bytes_and_its_evidence(checked: Project, stores: Stores) -> None:
    promotion = _promote(checked, 0, stores)
    candidate = checked.evidence(0).candidate
    assert [path.read_bytes() for path in promotion.data] == [path.read_bytes() for path in candidate.paths]
    assert (promotion.bundle / "manifest.json").is_file()
    assert read_current(checked.workspace, "people") == replace(promotion, reused=False)
    assert promotion_status(checked.workspace, checked.contract, **stores).in_order


def test_promoting_the_same_candidate_again_changes_nothing(checked: Project, stores: Stores) -> None:
    first = _promote(checked, 0, stores)
    before = {path: path.stat().st_mtime_ns for path in checked.promoted.rglob("*.json")}
    again = _promote(checked, 0, stores)
    assert again.reused
    assert again == replace(first, reused=True)
    assert {path: path.stat().st_mtime_ns for path in checked.promoted.rglob("*.json")} == before


def test_other_evidence_on_the_same_candidate_is_another_version(checked: Project, stores: Stores) -> None:
    first = _promote(checked, 0, stores)
    evidence = checked.evidence(0)
    results = tuple(replace(result, description=f"{result.description}.") for result in evidence.results)
    second = checked.promote(replace(evidence, results=results), **stores)
    assert second.candidate == first.candidate
    assert second.version != first.version


def test_the_version_before_stays_readable_and_older_ones_go(checked: Project, stores: Stores) -> None:
    first, second = _promote(checked, 0, stores), _promote(checked, 1, stores)
    assert second.previous == first.version
    assert pq.read_table(first.data[0]).num_rows == 400
    third = _promote(checked, 0, stores)
    assert {folder.name for folder in (checked.promoted / "versions").iterdir()} == {third.version, second.version}


def test_a_decision_against_keeps_the_version_before(checked: Project, stores: Stores) -> None:
    first, evidence = _promote(checked, 0, stores), checked.evidence(1)
    refused = replace(evidence, decision=Decision(promote=False, reasons=("fidelity is missing",)))
    with pytest.raises(CheckRefused, match="fidelity is missing"):
        checked.promote(refused, **stores)
    assert read_current(checked.workspace, "people") == first


def test_a_failed_blocking_check_is_refused_whatever_was_decided(checked: Project, stores: Stores) -> None:
    evidence = checked.evidence(0)
    results = (replace(evidence.results[0], passed=False), *evidence.results[1:])
    with pytest.raises(CheckRefused, match="blocking check 'schema' failed"):
        checked.promote(replace(evidence, results=results), **stores)
    assert not (checked.promoted / "current.json").exists()


def test_results_of_another_candidate_are_refused(checked: Project, stores: Stores) -> None:
    evidence = checked.evidence(0)
    with pytest.raises(CheckRefused, match="looked at another candidate"):
        checked.promote(replace(evidence, results=checked.evidence(1).results), **stores)


def test_a_decision_without_any_result_is_refused(checked: Project, stores: Stores) -> None:
    with pytest.raises(CheckRefused, match="no check was run"):
        checked.promote(replace(checked.evidence(0), results=()), **stores)


def test_a_candidate_that_nobody_counted_is_refused(checked: Project, stores: Stores) -> None:
    with pytest.raises(CheckRefused, match="its rows were not counted"):
        checked.promote(replace(checked.evidence(0), counts=None), **stores)


def test_a_release_that_was_altered_since_it_was_read_is_refused(checked: Project, stores: Stores) -> None:
    evidence = checked.evidence(0)
    (evidence.release_folder / "measurement.json").write_text("{}")
    with pytest.raises(IntegrityError, match="was altered since it was read"):
        checked.promote(evidence, **stores)
    assert not (checked.promoted / "current.json").exists()


def test_parts_of_different_contracts_are_refused(checked: Project, stores: Stores) -> None:
    evidence = checked.evidence(0)
    changed = evidence.contract.model_copy(update={"purpose": "something else"})
    with pytest.raises(UsageError, match="made from contract"):
        checked.promote(replace(evidence, contract=changed), **stores)


def test_a_shard_that_was_altered_after_its_checks_is_refused(checked: Project, stores: Stores) -> None:
    evidence = checked.evidence(0)
    shard = evidence.candidate.paths[0]
    altered = bytearray(shard.read_bytes())
    altered[len(altered) // 2] ^= 1
    shard.write_bytes(altered)
    with pytest.raises(IntegrityError, match="altered after it was checked"):
        checked.promote(evidence, **stores)
    assert not list((checked.promoted / "versions").iterdir())


def test_a_damaged_version_is_promoted_anew_under_the_same_digest(checked: Project, stores: Stores) -> None:
    first = _promote(checked, 0, stores)
    (first.bundle / "contract.json").unlink()
    again = _promote(checked, 0, stores)
    assert not again.reused
    assert again.version == first.version
    assert (again.bundle / "contract.json").is_file()


def test_an_unreadable_pointer_is_replaced(checked: Project, stores: Stores) -> None:
    _promote(checked, 0, stores)
    (checked.promoted / "current.json").write_text("{")
    with pytest.raises(IntegrityError, match="not readable"):
        read_current(checked.workspace, "people")
    promotion = _promote(checked, 1, stores)
    assert read_current(checked.workspace, "people") == promotion


def test_a_failing_store_or_registry_leaves_the_version_before(
    checked: Project, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _promote(checked, 0, stores)
    for owner, method in ((FileRegistry, "record"), (FolderStore, "commit")):
        with monkeypatch.context() as patch:
            patch.setattr(owner, method, _broken)
            with pytest.raises(OSError, match="disk full"):
                _promote(checked, 1, stores)
        assert read_current(checked.workspace, "people") == first
    assert not _promote(checked, 1, stores).reused


def test_a_failing_alias_is_moved_by_the_next_run(
    checked: Project, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    _promote(checked, 0, stores)
    with monkeypatch.context() as patch:
        patch.setattr(FileRegistry, "point", _broken)
        with pytest.raises(OSError, match="disk full"):
            _promote(checked, 1, stores)
    status = promotion_status(checked.workspace, checked.contract, **stores)
    assert status.promotion is not None
    assert status.promotion.candidate == checked.evidence(1).candidate.digest
    assert [difference.part for difference in status.differences] == ["model"]
    assert _promote(checked, 1, stores).reused
    assert promotion_status(checked.workspace, checked.contract, **stores).in_order


def test_what_a_killed_attempt_left_is_swept(checked: Project, stores: Stores) -> None:
    left = checked.promoted / "versions" / ".version.1.abc.tmp"
    left.mkdir(parents=True)
    shutil.copy(__file__, left / "half.parquet")
    promotion = _promote(checked, 0, stores)
    assert [folder.name for folder in (checked.promoted / "versions").iterdir()] == [promotion.version]


def _broken(*_: object, **__: object) -> None:
    raise OSError("disk full")


def test_scenarios_are_part_of_the_version_and_of_its_evidence(varied: Project, stores: Stores) -> None:
    promotion = _promote(varied, 0, stores)
    tables = {table.scenario: table for table, _ in varied.judged_scenarios(varied.evidence(0).candidate)}
    assert {name: [path.read_bytes() for path in paths] for name, paths in promotion.scenarios.items()} == {
        name: [path.read_bytes() for path in table.paths] for name, table in tables.items()
    }
    assert promotion.evidence != varied.evidence(0).digest()
    assert _promote(varied, 0, stores).reused
    assert promotion_status(varied.workspace, varied.contract, **stores).in_order


def test_a_version_whose_scenario_lost_a_file_is_not_whole(varied: Project, stores: Stores) -> None:
    promotion = _promote(varied, 0, stores)
    promotion.scenarios["even"][0].unlink()
    with pytest.raises(IntegrityError, match="missing or altered"):
        read_current(varied.workspace, "people")


def test_without_a_scenario_of_the_contract_or_with_a_refused_one_nothing_is_promoted(
    varied: Project, stores: Stores
) -> None:
    evidence = varied.evidence(0)
    (north, judged), even = varied.judged_scenarios(evidence.candidate)
    no = replace(judged, decision=Decision(promote=False, reasons=("it is odd",)))
    strange = replace(north, generator="0" * 64)
    for scenarios, error, message in (
        ([even], UsageError, "tables were given of even"),
        ([], UsageError, "tables were given of none"),
        ([(north, no), even], CheckRefused, "scenario 'old_north': it is odd"),
        ([(strange, judged), even], UsageError, "scenario 'old_north' was made from generator"),
        ([(north, replace(judged, results=())), even], CheckRefused, "scenario 'old_north': no check was run"),
        ([(north, even[1]), even], CheckRefused, "looked at another candidate"),
    ):
        with pytest.raises(error, match=message):
            varied.promote(evidence, **stores, scenarios=scenarios)
    assert read_current(varied.workspace, "people") is None
