"""Status reports what differs from what was promoted; repair moves the followers, never ``current.json``."""

import fcntl
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from kit.people import PEOPLE
from kit.project import Project
from kit.stores import FileRegistry, FolderStore, stores_in

from synth_assets.contract import DatasetContract
from synth_assets.errors import IntegrityError
from synth_assets.promotion import Promotion, PromotionStatus, promotion_status, read_current, repair


@pytest.fixture
def stores(tmp_path: Path) -> dict[str, Any]:
    return stores_in(tmp_path)


def _status(project: Project, stores: dict[str, Any]) -> PromotionStatus:
    return promotion_status(project.workspace, project.contract, **stores)


def _parts(project: Project, stores: dict[str, Any]) -> list[str]:
    return [difference.part for difference in _status(project, stores).differences]


def test_nothing_promoted_is_in_order(checked: Project, stores: dict[str, Any]) -> None:
    status = _status(checked, stores)
    assert (status.in_order, status.state, status.differences) == (True, "nothing is promoted", ())
    assert repair(checked.workspace, "people", **stores) == ()
    assert not checked.promoted.exists()


def test_a_promoted_version_is_in_order(checked: Project, promoted: Promotion, stores: dict[str, Any]) -> None:
    status = _status(checked, stores)
    assert (status.in_order, status.state, status.promotion) == (True, "in order", promoted)


def test_a_store_ahead_is_taken_back(
    checked: Project, promoted: Promotion, stores: dict[str, Any], tmp_path: Path
) -> None:
    ahead = tmp_path / "ahead"
    shutil.copytree(promoted.bundle, ahead)
    FolderStore(tmp_path / "store").commit("people", ahead)
    (difference,) = _status(checked, stores).differences
    assert (difference.part, difference.from_crash) == ("DVC", True)
    assert difference.said.startswith("DVC holds another version")
    assert repair(checked.workspace, "people", **stores) == (difference,)
    assert _parts(checked, stores) == []
    assert read_current(checked.workspace, "people") == promoted


def test_a_store_that_was_interrupted_is_repaired(
    checked: Project, promoted: Promotion, stores: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "store" / "people.newest").unlink()
    (difference,) = _status(checked, stores).differences
    assert difference.said.startswith("DVC was interrupted")
    repair(checked.workspace, "people", **stores)
    assert (_parts(checked, stores), promoted.dataset) == ([], "people")


def test_an_alias_elsewhere_is_moved(
    checked: Project, promoted: Promotion, stores: dict[str, Any], tmp_path: Path
) -> None:
    FileRegistry(tmp_path / "registry.json").point("people", "7")
    (difference,) = _status(checked, stores).differences
    assert difference.said == "the alias `promoted` is at model version 7, not at 1"
    repair(checked.workspace, "people", **stores)
    assert _parts(checked, stores) == []
    assert promoted.model_version == "1"


@pytest.mark.parametrize("same_size", [True, False])
def test_a_damaged_version_comes_back_from_the_store(
    checked: Project, promoted: Promotion, stores: dict[str, Any], *, same_size: bool
) -> None:
    shard = promoted.folder / "data" / "part-00000.parquet"
    content = shard.read_bytes()
    shard.unlink()
    if same_size:
        shard.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    (difference,) = _status(checked, stores).differences
    assert difference.said == "files of the version are missing or altered: data/part-00000.parquet"
    assert [difference.part for difference in repair(checked.workspace, "people", **stores)] == ["data"]
    assert read_current(checked.workspace, "people") == promoted
    assert shard.read_bytes() == content


def test_of_many_damaged_files_some_are_named(checked: Project, promoted: Promotion, stores: dict[str, Any]) -> None:
    for path in (promoted.bundle / "checks").iterdir():
        path.unlink()
    (difference,) = _status(checked, stores).differences
    assert difference.said.endswith(" and 4 more")


def test_a_damaged_version_that_the_store_lost_is_reported(
    checked: Project, promoted: Promotion, stores: dict[str, Any], tmp_path: Path
) -> None:
    shutil.rmtree(promoted.folder)
    shutil.rmtree(tmp_path / "store" / promoted.address)
    with pytest.raises(IntegrityError):
        repair(checked.workspace, "people", **stores)


def test_everything_that_a_crash_left_is_reported(
    checked: Project, promoted: Promotion, stores: dict[str, Any], tmp_path: Path
) -> None:
    (promoted.bundle / "prov.json").unlink()
    FileRegistry(tmp_path / "registry.json").point("people", "7")
    status = _status(checked, stores)
    assert [difference.part for difference in status.differences] == ["data", "model"]
    assert (status.in_order, status.state) == (False, "needs repair")
    assert status.differences[0].as_json()["needs_repair"]


def test_a_store_that_gives_back_something_else_is_refused(
    checked: Project, promoted: Promotion, stores: dict[str, Any], tmp_path: Path
) -> None:
    shutil.rmtree(promoted.folder)
    (tmp_path / "store" / promoted.address / "bundle" / "manifest.json").unlink()
    with pytest.raises(IntegrityError, match="as it was promoted"):
        repair(checked.workspace, "people", **stores)


def test_a_version_that_is_gone_altogether_comes_back(
    checked: Project, promoted: Promotion, stores: dict[str, Any]
) -> None:
    shutil.rmtree(promoted.folder)
    repair(checked.workspace, "people", **stores)
    assert read_current(checked.workspace, "people") == promoted


def test_a_contract_that_moved_on_is_reported_and_not_repaired(
    checked: Project, promoted: Promotion, stores: dict[str, Any]
) -> None:
    changed = DatasetContract.model_validate({**PEOPLE, "purpose": "Another one."})
    moved = replace(checked, contract=changed)
    status = _status(moved, stores)
    assert ([difference.part for difference in status.differences], status.in_order) == (["contract"], True)
    assert status.state == "changed since promotion"
    assert repair(checked.workspace, "people", **stores) == ()
    assert (_parts(moved, stores), read_current(checked.workspace, "people")) == (["contract"], promoted)


def _write_check(project: Project, most: int) -> None:
    suite = json.loads(project.suite.read_text())
    entry = {"type": "expect_column_max_to_be_between", "kwargs": {"column": "age", "max_value": most}}
    suite["expectations"] = [check for check in suite["expectations"] if check["meta"]["check"] != "oldest"]
    suite["expectations"].append(entry | {"meta": {"check": "oldest"}})
    project.suite.write_text(json.dumps(suite))


def test_a_suite_that_moved_on_is_reported_by_the_names_of_its_checks(
    checked: Project, promoted: Promotion, stores: dict[str, Any]
) -> None:
    _write_check(checked, 19)
    (difference,) = _status(checked, stores).differences
    assert (difference.part, difference.from_crash) == ("suite", False)
    assert difference.said.endswith(": oldest")
    assert promoted.dataset == "people"


def test_a_suite_that_only_lays_out_its_text_otherwise_is_the_same(
    checked: Project, promoted: Promotion, stores: dict[str, Any]
) -> None:
    checked.suite.write_text(json.dumps(json.loads(checked.suite.read_text())))
    assert (_parts(checked, stores), promoted.dataset) == ([], "people")
    checked.suite.unlink()  # what follows from the contract is in force without the file
    assert _parts(checked, stores) == []


def test_a_generated_check_that_somebody_edited_is_reported_as_not_used(
    checked: Project, promoted: Promotion, stores: dict[str, Any]
) -> None:
    suite = json.loads(checked.suite.read_text())
    kwargs = {entry["meta"]["check"]: entry["kwargs"] for entry in suite["expectations"]}
    kwargs["nulls"]["max_difference"] = 1.0
    kwargs["fidelity"]["max_excess_distance"] = 1.0
    checked.suite.write_text(json.dumps(suite))
    status = _status(checked, stores)
    (difference,) = status.differences
    assert (difference.part, difference.from_crash) == ("suite", False)
    for name in ("nulls", "fidelity"):
        assert f"check '{name}' differs from the contract in kwargs" in difference.said
    assert "contract suite --write" in difference.hint
    assert (status.in_order, status.state) == (True, "suite differs from contract")
    assert repair(checked.workspace, "people", **stores) == ()
    _write_check(checked, 19)
    assert _status(checked, stores).state == "changed since promotion"
    assert promoted.dataset == "people"


def test_a_damaged_suite_in_the_bundle_is_damage_and_not_a_change(
    checked: Project, promoted: Promotion, stores: dict[str, Any]
) -> None:
    (promoted.bundle / "expectations.json").unlink()
    (promoted.bundle / "expectations.json").write_text("not json")
    _write_check(checked, 19)
    assert _parts(checked, stores) == ["data"]


def test_a_promotion_that_is_under_way_is_not_an_alarm(
    checked: Project, promoted: Promotion, stores: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "store" / "people.newest").unlink()
    with (checked.promoted / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        status = _status(checked, stores)
    assert (status.in_order, status.state, status.differences) == (True, "a promotion is under way", ())
    assert _parts(checked, stores) == ["DVC"]
    assert promoted.dataset == "people"
