"""A folder is listed by looking only, and compared with what a manifest lists."""

import os
import shutil
import socket
from pathlib import Path

import pytest

from synth_assets.audit import folder as module
from synth_assets.audit.folder import differences, is_plain_name, walk
from synth_assets.files import sha256_bytes

LISTED = {
    "a.json": {"sha256": sha256_bytes(b"one"), "size": 3},
    "checks/b.json": {"sha256": sha256_bytes(b"four"), "size": 4},
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "bundle"
    (root / "checks").mkdir(parents=True)
    (root / "a.json").write_bytes(b"one")
    (root / "checks" / "b.json").write_bytes(b"four")
    return root


def _faults(root: Path) -> list[str]:
    return differences(root, walk(root), LISTED)


def test_a_folder_that_is_as_listed_has_no_fault(root: Path) -> None:
    listed = walk(root)
    assert listed.files == {"a.json": 3, "checks/b.json": 4}
    assert listed.folders == {"checks"}
    assert _faults(root) == []


def test_what_is_missing_too_much_or_altered_is_named(root: Path) -> None:
    (root / "a.json").write_bytes(b"two")
    (root / "checks" / "b.json").unlink()
    (root / "more").mkdir()
    (root / "more" / "c").write_bytes(b"")
    (root / "empty").mkdir()
    assert _faults(root) == [
        "checks/b.json is missing",
        "more/c is not in the manifest",
        "folder empty is not in the manifest",
        "folder more is not in the manifest",
        "a.json was altered",
    ]


def test_a_file_of_another_size_is_not_hashed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "a.json").write_bytes(b"longer")
    monkeypatch.setattr(module, "digest_file", lambda path: LISTED[path.relative_to(root).as_posix()]["sha256"])
    assert _faults(root) == ["a.json was altered"]


def test_links_pipes_and_sockets_are_faults_and_are_not_followed(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = Path(shutil.copytree(root, tmp_path / "outside"))
    monkeypatch.chdir(root)
    (root / "a.json").unlink()
    (root / "a.json").symlink_to(outside / "a.json")
    shutil.rmtree(root / "checks")
    (root / "checks").symlink_to(outside / "checks")
    (root / "dangling").symlink_to("nowhere")
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as end:
        end.bind("socket")
        listed = walk(root)
    assert (listed.files, listed.folders) == ({}, set())
    assert listed.faults == [
        "a.json is a link",
        "checks is a link",
        "dangling is a link",
        "pipe is a pipe, a socket or a device",
        "socket is a pipe, a socket or a device",
    ]


def test_a_folder_that_is_deep_large_or_not_there_has_an_end(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "/".join("abcdefghijkl")).mkdir(parents=True)
    assert walk(root).faults == ["a/b/c/d/e/f/g/h is nested too deeply"]
    assert walk(root / "missing") == module.Folder()
    monkeypatch.setattr(module, "_MOST_ENTRIES", 2)
    assert "there are more than 2 files" in walk(root).faults


@pytest.mark.parametrize("name", ["a", "a.json", "checks/b.json", "release/00ff/x.parquet", "größe.json", "a b"])
def test_names_inside_a_folder_are_plain(name: str) -> None:
    assert is_plain_name(name)


@pytest.mark.parametrize("name", ["", ".", "..", "../a", "a/../b", "/a", "./a", "a//b", "a/", "a\0", "a\nb", "a\\b", 7])
def test_other_names_are_not(name: object) -> None:
    assert not is_plain_name(name)
