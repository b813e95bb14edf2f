"""Status says what differs from what was promoted; repair moves the followers, never ``current.json``."""

import fcntl
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from made_up_project import CONTRACT, FileRegistry, FolderStore, Project

from synth_assets.contract import DatasetContract
from synth_assets.errors import IntegrityError
from synth_assets.promotion import Promotion, PromotionStatus, promotion_status, read_current, repair


@pytest.fixture
def stores(tmp_path: Path) -> dict[str, Any]:
    return {"versions": FolderStore(tmp_path / "store"), "registry": FileRegistry(tmp_path / "registry.json")}


def _status(project: Project, stores: dict[str, Any]) -> PromotionStatus:
    return promotion_status(project.workspace, project.contract, **stores)


def _parts(project: Project, stores: dict[str, Any]) -> list[str]:
    return [difference.part for difference in _status(project, stores).differences]


def test_nothing_promoted_is_in_order(project: Project, stores: dict[str, Any]) -> None:
    status = _status(project, stores)
    assert (status.in_order, status.state, status.differences) == (True, "nothing is promoted", ())
    assert repair(project.workspace, "visits", **stores) == ()
    assert not project.promoted.exists()


def test_a_promoted_version_is_in_order(project: Project, promoted: Promotion, stores: dict[str, Any]) -> None:
    status = _status(project, stores)
    assert (status.in_order, status.state, status.promotion) == (True, "in order", promoted)


def test_a_store_ahead_is_taken_back(
    project: Project, promoted: Promotion, stores: dict[str, Any], tmp_path: Path
) -> None:
    ahead = tmp_path / "ahead"
    shutil.copytree(promoted.bundle, ahead)
    FolderStore(tmp_path / "store").commit("visits", ahead)
    (difference,) = _status(project, stores).differences
    assert (difference.part, difference.from_crash) == ("DVC", True)
    assert difference.said.startswith("DVC holds another version")
    assert repair(project.workspace, "visits", **stores) == (difference,)
    assert _parts(project, stores) == []
    assert read_current(project.workspace, "visits") == promoted


def test_a_store_that_was_interrupted_is_repaired(
    project: Project, promoted: Promotion, stores: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "store" / "visits.newest").unlink()
    (difference,) = _status(project, stores).differences
    assert difference.said.startswith("DVC was interrupted")
    repair(project.workspace, "visits", **stores)
    assert (_parts(project, stores), promoted.dataset) == ([], "visits")


def test_an_alias_elsewhere_is_moved(
    project: Project, promoted: Promotion, stores: dict[str, Any], tmp_path: Path
) -> None:
    FileRegistry(tmp_path / "registry.json").point("visits", "7")
    (difference,) = _status(project, stores).differences
    assert difference.said == "the alias `promoted` is at model version 7, not at 1"
    repair(project.workspace, "visits", **stores)
    assert _parts(project, stores) == []
    assert promoted.model_version == "1"


@pytest.mark.parametrize("same_size", [True, False])
def test_a_damaged_version_comes_back_from_the_store(
    project: Project, promoted: Promotion, stores: dict[str, Any], *, same_size: bool
) -> None:
    shard = promoted.folder / "data" / "part-00000.parquet"
    content = shard.read_bytes()
    shard.unlink()
    if same_size:
        shard.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    (difference,) = _status(project, stores).differences
    assert difference.said == "files of the version are missing or altered: data/part-00000.parquet"
    assert [each.part for each in repair(project.workspace, "visits", **stores)] == ["data"]
    assert read_current(project.workspace, "visits") == promoted
    assert shard.read_bytes() == content


def test_of_many_damaged_files_some_are_named(project: Project, promoted: Promotion, stores: dict[str, Any]) -> None:
    for path in (promoted.bundle / "checks").iterdir():
        path.unlink()
    (difference,) = _status(project, stores).differences
    assert difference.said.endswith(" and 3 more")


def test_a_damaged_version_that_the_store_lost_is_said(
    project: Project, promoted: Promotion, stores: dict[str, Any], tmp_path: Path
) -> None:
    shutil.rmtree(promoted.folder)
    shutil.rmtree(tmp_path / "store" / promoted.address)
    with pytest.raises(IntegrityError):
        repair(project.workspace, "visits", **stores)


def test_everything_that_a_crash_left_is_said(
    project: Project, promoted: Promotion, stores: dict[str, Any], tmp_path: Path
) -> None:
    (promoted.bundle / "prov.json").unlink()
    FileRegistry(tmp_path / "registry.json").point("visits", "7")
    status = _status(project, stores)
    assert [difference.part for difference in status.differences] == ["data", "model"]
    assert (status.in_order, status.state) == (False, "needs repair")
    assert status.differences[0].as_json()["needs_repair"]


def test_a_store_that_gives_back_something_else_is_refused(
    project: Project, promoted: Promotion, stores: dict[str, Any], tmp_path: Path
) -> None:
    shutil.rmtree(promoted.folder)
    (tmp_path / "store" / promoted.address / "bundle" / "manifest.json").unlink()
    with pytest.raises(IntegrityError, match="as it was promoted"):
        repair(project.workspace, "visits", **stores)


def test_a_version_that_is_gone_altogether_comes_back(
    project: Project, promoted: Promotion, stores: dict[str, Any]
) -> None:
    shutil.rmtree(promoted.folder)
    repair(project.workspace, "visits", **stores)
    assert read_current(project.workspace, "visits") == promoted


def test_a_contract_that_moved_on_is_said_and_not_repaired(
    project: Project, promoted: Promotion, stores: dict[str, Any]
) -> None:
    other = DatasetContract.model_validate({**CONTRACT, "purpose": "Another one."})
    moved = replace(project, contract=other)
    status = _status(moved, stores)
    assert ([each.part for each in status.differences], status.in_order) == (["contract"], True)
    assert status.state == "changed since promotion"
    assert repair(project.workspace, "visits", **stores) == ()
    assert (_parts(moved, stores), read_current(project.workspace, "visits")) == (["contract"], promoted)


def _write_check(project: Project, most: int) -> None:
    suite = json.loads(project.suite.read_text())
    entry = {"type": "expect_column_max_to_be_between", "kwargs": {"column": "age", "max_value": most}}
    suite["expectations"] = [each for each in suite["expectations"] if each["meta"]["check"] != "oldest"]
    suite["expectations"].append(entry | {"meta": {"check": "oldest"}})
    project.suite.write_text(json.dumps(suite))


def test_a_suite_that_moved_on_is_said_by_the_names_of_its_checks(
    project: Project, promoted: Promotion, stores: dict[str, Any]
) -> None:
    _write_check(project, 9)
    (difference,) = _status(project, stores).differences
    assert (difference.part, difference.from_crash) == ("suite", False)
    assert difference.said.endswith(": oldest")
    assert promoted.dataset == "visits"


def test_a_suite_that_only_lays_out_its_text_otherwise_is_the_same(
    project: Project, promoted: Promotion, stores: dict[str, Any]
) -> None:
    project.suite.write_text(json.dumps(json.loads(project.suite.read_text())))
    assert (_parts(project, stores), promoted.dataset) == ([], "visits")
    project.suite.unlink()  # what follows from the contract is in force without the file
    assert _parts(project, stores) == []


def test_a_generated_check_that_somebody_edited_is_said_not_to_be_used(
    project: Project, promoted: Promotion, stores: dict[str, Any]
) -> None:
    suite = json.loads(project.suite.read_text())
    kwargs = {entry["meta"]["check"]: entry["kwargs"] for entry in suite["expectations"]}
    kwargs["nulls"]["max_difference"] = 1.0
    kwargs["fidelity"]["max_excess_distance"] = 1.0
    project.suite.write_text(json.dumps(suite))
    status = _status(project, stores)
    (difference,) = status.differences
    assert (difference.part, difference.from_crash) == ("suite", False)
    for name in ("nulls", "fidelity"):
        assert f"check '{name}' differs from the contract in kwargs" in difference.said
    assert "contract suite --write" in difference.hint
    assert (status.in_order, status.state) == (True, "suite differs from contract")
    assert repair(project.workspace, "visits", **stores) == ()
    _write_check(project, 9)
    assert _status(project, stores).state == "changed since promotion"
    assert promoted.dataset == "visits"


def test_a_damaged_suite_in_the_bundle_is_damage_and_no_change(
    project: Project, promoted: Promotion, stores: dict[str, Any]
) -> None:
    (promoted.bundle / "expectations.json").unlink()
    (promoted.bundle / "expectations.json").write_text("not json")
    _write_check(project, 9)
    assert _parts(project, stores) == ["data"]


def test_a_promotion_that_is_under_way_is_no_alarm(
    project: Project, promoted: Promotion, stores: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "store" / "visits.newest").unlink()
    with (project.promoted / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        status = _status(project, stores)
    assert (status.in_order, status.state, status.differences) == (True, "a promotion is under way", ())
    assert _parts(project, stores) == ["DVC"]
    assert promoted.dataset == "visits"
