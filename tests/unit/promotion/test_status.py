"""Status says which side is behind, and repair moves the followers, never ``current.json``."""

import shutil
from pathlib import Path

import pytest
from made_up_project import FileRegistry, FolderStore, Project

from synth_assets.errors import IntegrityError
from synth_assets.promotion import Promotion, promotion_status, read_current, repair


@pytest.fixture
def stores(tmp_path: Path) -> dict[str, FolderStore | FileRegistry]:
    return {"versions": FolderStore(tmp_path / "store"), "registry": FileRegistry(tmp_path / "registry.json")}


def test_nothing_promoted_is_in_order(project: Project, stores: dict[str, FolderStore | FileRegistry]) -> None:
    status = promotion_status(project.workspace, "visits", **stores)
    assert status.in_order
    assert status.describe() == ("nothing of 'visits' is promoted",)
    assert repair(project.workspace, "visits", **stores).promotion is None


def test_a_store_ahead_is_taken_back(
    project: Project, promoted: Promotion, stores: dict[str, FolderStore | FileRegistry], tmp_path: Path
) -> None:
    ahead = tmp_path / "ahead"
    shutil.copytree(promoted.bundle, ahead)
    FolderStore(tmp_path / "store").commit("visits", ahead)
    status = promotion_status(project.workspace, "visits", **stores)
    assert not status.store_agrees
    assert "version store" in " ".join(status.describe())
    assert not repair(project.workspace, "visits", **stores).in_order
    assert promotion_status(project.workspace, "visits", **stores).in_order
    assert read_current(project.workspace, "visits") == promoted


def test_an_alias_elsewhere_is_moved(
    project: Project, promoted: Promotion, stores: dict[str, FolderStore | FileRegistry], tmp_path: Path
) -> None:
    FileRegistry(tmp_path / "registry.json").point("visits", "7")
    assert not promotion_status(project.workspace, "visits", **stores).alias_agrees
    repair(project.workspace, "visits", **stores)
    assert promotion_status(project.workspace, "visits", **stores).in_order
    assert promoted.model_version == "1"


def test_a_damaged_version_comes_back_from_the_store(
    project: Project, promoted: Promotion, stores: dict[str, FolderStore | FileRegistry]
) -> None:
    (promoted.folder / "data" / "part-00000.parquet").unlink()
    assert not promotion_status(project.workspace, "visits", **stores).whole
    repair(project.workspace, "visits", **stores)
    assert read_current(project.workspace, "visits") == promoted


def test_a_damaged_version_that_the_store_lost_is_said(
    project: Project, promoted: Promotion, stores: dict[str, FolderStore | FileRegistry], tmp_path: Path
) -> None:
    shutil.rmtree(promoted.folder)
    shutil.rmtree(tmp_path / "store" / promoted.address)
    with pytest.raises(IntegrityError):
        repair(project.workspace, "visits", **stores)


def test_everything_that_is_behind_is_said(
    project: Project, promoted: Promotion, stores: dict[str, FolderStore | FileRegistry], tmp_path: Path
) -> None:
    said = " ".join(promotion_status(project.workspace, "visits", **stores).describe())
    assert said == f"version {promoted.version[:12]} of 'visits' is promoted"
    (promoted.bundle / "prov.json").unlink()
    FileRegistry(tmp_path / "registry.json").point("visits", "7")
    said = " ".join(promotion_status(project.workspace, "visits", **stores).describe())
    assert "missing or altered" in said
    assert "alias" in said
    assert "version store" not in said


def test_a_store_that_gives_back_something_else_is_refused(
    project: Project, promoted: Promotion, stores: dict[str, FolderStore | FileRegistry], tmp_path: Path
) -> None:
    shutil.rmtree(promoted.folder)
    (tmp_path / "store" / promoted.address / "bundle" / "manifest.json").unlink()
    with pytest.raises(IntegrityError, match="as it was promoted"):
        repair(project.workspace, "visits", **stores)


def test_a_version_that_is_gone_altogether_comes_back(
    project: Project, promoted: Promotion, stores: dict[str, FolderStore | FileRegistry]
) -> None:
    shutil.rmtree(promoted.folder)
    repair(project.workspace, "visits", **stores)
    assert read_current(project.workspace, "visits") == promoted
