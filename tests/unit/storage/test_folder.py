"""A folder that machines share."""

from pathlib import Path

import pytest

from synth_assets.errors import StorageUnavailable
from synth_assets.storage.folder import FolderStorage


def test_a_drive_that_is_not_mounted_is_not_made(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path / "drive")
    with pytest.raises(StorageUnavailable, match="is not a folder") as raised:
        storage.create("a/b", b"1")
    assert "mount the drive" in raised.value.hint
    assert not (tmp_path / "drive").exists()


def test_what_a_killed_writer_left_is_not_listed(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    storage.create("a/whole", b"1")
    (tmp_path / "a" / ".next.123.tmp").mkdir()
    (tmp_path / "a" / ".next.123.tmp" / "next").write_bytes(b"half")
    assert set(storage.listed("a")) == {"whole"}


def test_a_fault_of_the_drive_is_said(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    (tmp_path / "a").write_bytes(b"a file where a folder has to be")
    with pytest.raises(StorageUnavailable, match="cannot be used"):
        storage.create("a/b", b"1")
