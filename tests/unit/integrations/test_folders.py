"""Whether a folder can be written is tried, also for one that is not there yet and for another user."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from synth_assets.integrations.folders import lacking_space, owned_by_another, unopenable, unwritable

NOBODY = 65534


@contextmanager
def without_rights(*paths: Path) -> Iterator[None]:
    """Take the right to write away; root, who needs none, becomes nobody."""
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        for path in paths:
            path.chmod(0o755)


@pytest.fixture
def open_to_all(tmp_path: Path) -> Path:
    """A folder that everybody can reach, whoever owns the folders above it."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and len(folder.parts) > 2:
            folder.chmod(0o755)
    return tmp_path


def test_a_folder_that_is_there_or_can_be_made_is_writable(tmp_path: Path) -> None:
    assert unwritable(tmp_path) is None
    assert unwritable(tmp_path / "a" / "b") is None
    assert list(tmp_path.iterdir()) == []


def test_a_file_where_a_folder_has_to_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert unwritable(tmp_path / "data" / "promoted") == "data is a file where a folder has to be"


def test_a_link_that_leads_nowhere_is_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "data").symlink_to(tmp_path / "nowhere")
    assert unwritable(tmp_path / "data") is not None


def test_a_folder_of_somebody_else_is_reported_with_its_owner(open_to_all: Path) -> None:
    folder = open_to_all / "data"
    folder.mkdir()
    file = folder / ".lock"
    file.touch()
    with without_rights(folder, file):
        problem, problem_of_file = unwritable(folder / "new"), unopenable(file)
        stranger = owned_by_another(folder)
    assert problem is not None
    assert problem.startswith("data cannot be written: ")
    assert problem_of_file is not None
    assert problem_of_file.startswith(".lock cannot be written: ")
    if os.geteuid() == 0:
        assert stranger == "root"
        assert problem.endswith("(it belongs to root)")


def test_a_file_that_is_not_there_can_be_opened(tmp_path: Path) -> None:
    assert unopenable(tmp_path / "none") is None
    (tmp_path / "some").write_text("kept")
    assert unopenable(tmp_path / "some") is None
    assert (tmp_path / "some").read_text() == "kept"


def test_what_is_ones_own_or_not_there_belongs_to_nobody_else(tmp_path: Path) -> None:
    assert owned_by_another(tmp_path) is None
    assert owned_by_another(tmp_path / "none") is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_user_without_a_name_is_a_number(tmp_path: Path) -> None:
    os.chown(tmp_path, 54321, -1)
    assert owned_by_another(tmp_path) == "user 54321"


def test_room_is_added_up_for_each_disk(tmp_path: Path) -> None:
    free = os.statvfs(tmp_path).f_bavail * os.statvfs(tmp_path).f_frsize
    assert lacking_space([(tmp_path / "a", 1000), (tmp_path / "b", 1000)]) is None
    lacking = lacking_space([(tmp_path / "a", free), (tmp_path / "b", free)])
    assert lacking is not None
    assert lacking[0] == 2 * free
    assert lacking[1] < 2 * free
    assert lacking[1] % 10**8 == 0
