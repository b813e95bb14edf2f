"""Artefacts go to the shared storage and come from there whole, as they were, or not at all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from synth_assets.artefact import ArtefactKind
from synth_assets.errors import IntegrityError
from synth_assets.files import json_bytes, sha256_bytes, sha256_file
from synth_assets.storage import described, digests_in, fetch, fetch_file, share, share_file
from synth_assets.workspace import Workspace

NOTES = ArtefactKind(
    name="note", description="note.json", formats=(1,), hint="write it again", files=lambda note: note["files"]
)


@pytest.fixture
def drive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "drive"
    folder.mkdir()
    monkeypatch.setenv("SYNTH_ASSETS_STORAGE", str(folder))
    return folder


@pytest.fixture
def here(tmp_path: Path) -> Workspace:
    return Workspace(root=tmp_path / "here")


@pytest.fixture
def there(tmp_path: Path) -> Workspace:
    return Workspace(root=tmp_path / "there")


def _write(workspace: Workspace, text: str = "hello") -> Path:
    def fill(staged: Path) -> dict[str, Any]:
        (staged / "text.txt").write_text(text)
        return {"format_version": 1, "files": {"text.txt": sha256_file(staged / "text.txt")}}

    return NOTES.write(workspace.artefacts / "notes", fill=fill)


def _same(folder: Path, workspace: Workspace) -> Path:
    return workspace.artefacts / "notes" / folder.name


def test_what_is_shared_here_is_brought_there(drive: Path, here: Workspace, there: Workspace) -> None:
    folder = _write(here)
    share(NOTES, folder, workspace=here)
    assert {path.relative_to(drive).as_posix() for path in drive.rglob("*") if path.is_file()} == {
        f"notes/{folder.name}/note.json",
        f"notes/{folder.name}/text.txt",
    }
    assert fetch(NOTES, _same(folder, there), workspace=there)
    assert (_same(folder, there) / "text.txt").read_text() == "hello"
    assert not fetch(NOTES, _same(folder, there), workspace=there)


def test_without_a_storage_nothing_happens(here: Workspace, there: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SYNTH_ASSETS_STORAGE", raising=False)
    folder = _write(here)
    share(NOTES, folder, workspace=here)
    assert not fetch(NOTES, _same(folder, there), workspace=there)
    assert not there.root.exists()


def test_the_description_is_put_last(
    drive: Path, here: Workspace, there: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from synth_assets.storage.folder import FolderStorage

    put = FolderStorage.put

    def dies(storage: FolderStorage, path: Path, name: str) -> None:
        if path.name == NOTES.description:
            raise KeyboardInterrupt
        put(storage, path, name)

    folder = _write(here)
    monkeypatch.setattr(FolderStorage, "put", dies)
    with pytest.raises(KeyboardInterrupt):
        share(NOTES, folder, workspace=here)
    monkeypatch.setattr(FolderStorage, "put", put)
    assert (drive / "notes" / folder.name / "text.txt").exists()
    assert digests_in(NOTES, there.artefacts / "notes", workspace=there) == []
    with pytest.raises(IntegrityError, match="is missing or altered"):
        fetch(NOTES, _same(folder, there), workspace=there)
    share(NOTES, folder, workspace=here)
    assert fetch(NOTES, _same(folder, there), workspace=there)


@pytest.mark.parametrize("file", ["text.txt", "note.json"])
def test_what_was_altered_there_is_repaired_by_whoever_puts_it_again(
    file: str, drive: Path, here: Workspace, there: Workspace
) -> None:
    folder = _write(here)
    share(NOTES, folder, workspace=here)
    stored = drive / "notes" / folder.name / file
    stored.write_bytes(stored.read_bytes().swapcase())
    with pytest.raises(IntegrityError, match="is missing or altered") as error:
        fetch(NOTES, _same(folder, there), workspace=there)
    assert "`synth-assets status --repair`" in error.value.hint
    share(NOTES, folder, workspace=here)
    assert fetch(NOTES, _same(folder, there), workspace=there)


def test_what_was_altered_here_does_not_replace_what_is_whole_there(
    drive: Path, here: Workspace, there: Workspace
) -> None:
    folder = _write(here)
    share(NOTES, folder, workspace=here)
    (folder / "text.txt").write_text("jello")
    with pytest.raises(IntegrityError, match=r"text\.txt of note .* is missing or altered"):
        share(NOTES, folder, workspace=here)
    assert fetch(NOTES, _same(folder, there), workspace=there)
    del drive


ALTERATIONS: dict[str, Callable[[Path], object]] = {
    "a file": lambda folder: (folder / "text.txt").write_text("jello"),
    "a missing file": lambda folder: (folder / "text.txt").unlink(),
    "the description": lambda folder: (folder / "note.json").write_bytes(b"{}"),
    "no description": lambda folder: (folder / "note.json").unlink(),
}


@pytest.mark.parametrize("alteration", list(ALTERATIONS))
def test_altered_bytes_are_refused_and_nothing_is_left(
    alteration: str, drive: Path, here: Workspace, there: Workspace
) -> None:
    folder = _write(here)
    share(NOTES, folder, workspace=here)
    ALTERATIONS[alteration](drive / "notes" / folder.name)
    with pytest.raises(IntegrityError, match="is missing or altered") as raised:
        fetch(NOTES, _same(folder, there), workspace=there)
    assert "on a machine that has it whole" in raised.value.hint
    assert not [path for path in there.root.rglob("*") if path.is_file()]
    share(NOTES, folder, workspace=here)
    assert fetch(NOTES, _same(folder, there), workspace=there)


@pytest.mark.parametrize(
    "note",
    [
        {"format_version": 1, "files": {"../../../escaped.txt": sha256_bytes(b"1")}},
        {"format_version": 1, "files": {"/escaped.txt": sha256_bytes(b"1")}},
        {"format_version": 1, "files": {".hidden": sha256_bytes(b"1")}},
        {"format_version": 1, "files": {"note.json": sha256_bytes(b"1")}},
        {"format_version": 1, "files": {"text.txt": "not a digest"}},
        {"format_version": 1, "files": ["text.txt"]},
        {"format_version": 1, "files": {"text.txt": 7}},
        {"format_version": 1},
    ],
)
def test_a_description_that_anybody_wrote_reaches_no_other_folder(note: Any, drive: Path, there: Workspace) -> None:
    content = json_bytes(note)
    folder = drive / "notes" / sha256_bytes(content)
    folder.mkdir(parents=True)
    (folder / "note.json").write_bytes(content)
    (folder / "text.txt").write_bytes(b"1")
    with pytest.raises(IntegrityError):
        fetch(NOTES, _same(folder, there), workspace=there)
    assert not [path for path in there.root.rglob("*") if path.is_file()]


def test_a_damaged_folder_here_is_replaced(drive: Path, here: Workspace, there: Workspace) -> None:
    folder = _write(here)
    share(NOTES, folder, workspace=here)
    fetch(NOTES, _same(folder, there), workspace=there)
    (_same(folder, there) / "text.txt").unlink()
    assert fetch(NOTES, _same(folder, there), workspace=there)
    assert (_same(folder, there) / "text.txt").read_text() == "hello"
    del drive


def test_all_digests_are_listed_wherever_they_are_and_described(drive: Path, here: Workspace, there: Workspace) -> None:
    first, second, own = _write(here, "one"), _write(here, "two"), _write(there, "three")
    for folder in (first, second):
        share(NOTES, folder, workspace=here)
    (drive / "notes" / ".unfinished").mkdir()
    names = digests_in(NOTES, there.artefacts / "notes", workspace=there)
    assert set(names) == {first.name, second.name, own.name}
    assert names.index(first.name) < names.index(second.name)
    facts = described(NOTES, _same(first, there), workspace=there)
    assert facts == described(NOTES, first, workspace=here) == NOTES.read(first)
    assert not _same(first, there).exists()
    assert described(NOTES, own, workspace=there) == NOTES.read(own)


def test_a_file_is_brought_only_if_it_is_missing(drive: Path, here: Workspace, there: Workspace) -> None:
    paths = [workspace.artefacts / "evaluations" / "d" / "one.json" for workspace in (here, there)]
    fetch_file(paths[1], workspace=there)
    assert not paths[1].exists()
    paths[0].parent.mkdir(parents=True)
    paths[0].write_text("mine")
    share_file(paths[0], workspace=here)
    fetch_file(paths[1], workspace=there)
    paths[0].write_text("newer")
    share_file(paths[0], workspace=here)
    fetch_file(paths[1], workspace=there)
    assert paths[1].read_text() == "mine"
    del drive
