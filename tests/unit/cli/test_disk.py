"""What is said of a folder that cannot be written, and which folders are named."""

import ctypes
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kit.project import Project
from shell import exit_code_of

from synth_assets.cli.disk import disk_fault
from synth_assets.cli.main import cli
from synth_assets.workspace import Workspace

_CAPABILITIES = 0x20080522
_OVERRIDES = 0b110
"""The rights of root to write and to read what its mode forbids."""


@contextmanager
def bound_by_modes() -> Iterator[None]:
    """Be a user whom modes of files bind, as root is not: give these rights up in this thread, and take them back."""
    if os.geteuid():
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header, before = (ctypes.c_uint32 * 2)(_CAPABILITIES, 0), (ctypes.c_uint32 * 6)()
    assert libc.capget(header, before) == 0
    given_up = (ctypes.c_uint32 * 6)(*before)
    given_up[0] &= ~_OVERRIDES
    assert libc.capset(header, given_up) == 0
    try:
        yield
    finally:
        assert libc.capset(header, before) == 0


@pytest.fixture
def locked(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The current folder, which may be read and not written, and in which a source is registered."""
    folder = project.root / "locked"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.chmod(0o555)
    with bound_by_modes():
        yield folder
    folder.chmod(0o755)


@pytest.mark.parametrize(
    "arguments",
    [
        ["init"],
        ["init", "new"],
        ["contract", "draft", "census", "--out", "defs/census"],
        ["keys", "create", "officer.key"],
    ],
)
def test_a_folder_that_may_not_be_written_is_named_by_every_command(
    arguments: list[str], locked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code_of(*arguments) == 3
    shown = capsys.readouterr().err
    assert shown.startswith("error: this user may not write the current folder\n  hint: take a folder")
    assert list(locked.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "this user may not write folder"),
        (errno.EPERM, "this user may not write folder"),
        (errno.EROFS, "folder is on a disk that is read only"),
        (errno.ENOSPC, "the disk of folder is full"),
        (errno.EDQUOT, "the disk of folder is full"),
        (errno.ENOTDIR, "folder is a file where a folder has to be"),
        (errno.EEXIST, "folder is there already"),
    ],
)
def test_each_fault_of_a_disk_has_words_and_the_folder_that_is_there(
    number: int, words: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workspace.root)
    (workspace.root / "folder").mkdir()
    error = OSError(number, "words of the system", str(workspace.root / "folder" / "new" / "file"))
    fault = disk_fault(error, arguments=[])
    assert fault is not None
    assert fault.message == words
    assert fault.hint


def test_other_errors_are_left_to_others() -> None:
    assert disk_fault(FileNotFoundError(errno.ENOENT, "no such file"), arguments=[]) is None
    assert disk_fault(ValueError("5"), arguments=[]) is None


def test_a_folder_outside_of_the_project_is_named_only_if_it_was_typed(workspace: Workspace, tmp_path: Path) -> None:
    elsewhere = tmp_path.parent / f"{tmp_path.name}-canary"
    elsewhere.mkdir()
    error = PermissionError(errno.EACCES, "denied", str(elsewhere / "rows.csv"))
    hidden = disk_fault(error, arguments=["run", "people", ""])
    assert hidden is not None
    assert hidden.message == "this user may not write a folder outside of the project"
    for typed in (str(elsewhere), f"--out={elsewhere / 'rows.csv'}"):
        named = disk_fault(error, arguments=["sample", typed])
        assert named is not None
        assert str(elsewhere) in named.message
    without = disk_fault(OSError(errno.ENOSPC, "full"), arguments=[])
    assert without is not None
    assert without.message == "the disk of a folder that this command writes is full"


def test_of_the_private_zone_no_file_is_named(workspace: Workspace) -> None:
    (workspace.private / "canary").mkdir()
    error = OSError(errno.ENOSPC, "full", str(workspace.private / "canary" / "rows"))
    fault = disk_fault(error, arguments=[])
    assert fault is not None
    assert fault.message.endswith(".synth-assets/private is full")


def test_a_fault_of_a_disk_ends_a_command_in_these_words(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(workspace.root / "x"))

    monkeypatch.setattr(cli, "main", fail)
    assert exit_code_of("run") == 3
    assert "is on a disk that is read only\n  hint: take a folder" in capsys.readouterr().err
