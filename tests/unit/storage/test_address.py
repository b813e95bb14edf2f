"""Which storage a workspace shares, and whether it can be used."""

from pathlib import Path

import pytest

from synth_assets.errors import StorageUnavailable
from synth_assets.storage import open_storage, storage_finding
from synth_assets.storage.address import refuse_unsafe
from synth_assets.storage.folder import FolderStorage
from synth_assets.workspace import Workspace


def test_without_an_address_there_is_none(workspace: Workspace) -> None:
    assert open_storage(workspace) is None
    assert storage_finding(workspace) is None


def test_a_path_is_a_folder_and_a_relative_one_is_below_the_root(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace.root / "drive").mkdir()
    for address in ("drive", str(workspace.root / "drive"), f"file://{workspace.root / 'drive'}"):
        monkeypatch.setenv("SYNTH_ASSETS_STORAGE", address)
        storage = open_storage(workspace)
        assert isinstance(storage, FolderStorage)
        assert storage.shown == str(workspace.root / "drive")
        assert storage_finding(workspace) is None


def test_what_is_wrong_is_a_finding(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_STORAGE", "nowhere")
    fault = storage_finding(workspace)
    assert fault is not None
    assert "is not a folder" in fault.message


def test_a_storage_that_ignores_conditions_is_refused(tmp_path: Path) -> None:
    class Ignorant(FolderStorage):
        def create(self, name: str, content: bytes) -> bool:
            del name, content
            return True

    refuse_unsafe(FolderStorage(tmp_path))
    with pytest.raises(StorageUnavailable, match="ignores the condition of a put"):
        refuse_unsafe(Ignorant(tmp_path))
