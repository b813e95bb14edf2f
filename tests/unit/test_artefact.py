"""Folders named by a digest: written once, found by what they say, refused when anything in them was altered."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from synth_assets.artefact import ArtefactKind, altered_files
from synth_assets.errors import IntegrityError
from synth_assets.files import sha256_bytes, sha256_file

_KIND = ArtefactKind(name="note", description="note.json", formats=(1, 2), hint="write it again")


def _fill(text: str, *, version: object = 1) -> Any:
    def fill(staged: Path) -> Mapping[str, Any]:
        (staged / "text.txt").write_text(text)
        return {"format_version": version, "text": text, "files": {"text.txt": sha256_bytes(text.encode())}}

    return fill


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return _KIND.write(tmp_path / "notes", fill=_fill("hello"))


def test_a_folder_is_named_by_the_digest_of_its_description(folder: Path) -> None:
    assert folder.name == sha256_file(folder / "note.json")
    assert {path.name for path in folder.iterdir()} == {"note.json", "text.txt"}
    assert _KIND.read(folder) == json.loads((folder / "note.json").read_text())


def test_the_same_content_is_the_same_folder_and_repairs_a_damaged_one(folder: Path) -> None:
    (folder / "text.txt").write_text("damaged")
    assert _KIND.write(folder.parent, fill=_fill("hello")) == folder
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    assert (folder / "text.txt").read_text() == "hello"


def test_a_failure_while_filling_leaves_nothing(tmp_path: Path) -> None:
    def fill(staged: Path) -> Mapping[str, Any]:
        (staged / "text.txt").write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        _KIND.write(tmp_path / "notes", fill=fill)
    assert list((tmp_path / "notes").iterdir()) == []


def test_a_missing_or_altered_description_is_refused_by_twelve_digits_with_the_kinds_hint(folder: Path) -> None:
    (folder / "note.json").write_text("{}")
    with pytest.raises(IntegrityError) as caught:
        _KIND.read(folder)
    assert caught.value.message == f"note {folder.name[:12]} is missing or altered"
    assert caught.value.hint == "write it again"
    assert not _KIND.is_described(folder)
    with pytest.raises(IntegrityError, match="note nothing is missing or altered"):
        _KIND.read(folder.parent / "nothing")


def test_the_first_missing_or_altered_file_is_named(folder: Path) -> None:
    digests = _KIND.read(folder)["files"]
    _KIND.check_files(folder, digests)
    (folder / "text.txt").unlink()
    with pytest.raises(IntegrityError, match=rf"text\.txt of note {folder.name[:12]} is missing or altered"):
        _KIND.check_files(folder, digests)
    (folder / "text.txt").write_text("other")
    assert list(altered_files(folder, digests)) == ["text.txt"]


@pytest.mark.parametrize("version", [1, 2])
def test_a_known_format_is_read(tmp_path: Path, version: int) -> None:
    assert _KIND.read(_KIND.write(tmp_path, fill=_fill("hello", version=version)))["format_version"] == version


@pytest.mark.parametrize("version", [3, "1"])
def test_another_format_is_refused(tmp_path: Path, version: object) -> None:
    folder = _KIND.write(tmp_path, fill=_fill("hello", version=version))
    assert _KIND.is_described(folder)
    with pytest.raises(IntegrityError, match=f"note {folder.name[:12]} has format {version}") as caught:
        _KIND.read(folder)
    assert caught.value.hint == "update synth-assets"


def test_folders_are_found_by_what_their_descriptions_say(folder: Path) -> None:
    second = _KIND.write(folder.parent, fill=_fill("other"))
    assert list(_KIND.find(folder.parent, {"text": "other"})) == [(second, _KIND.read(second))]
    assert {path for path, _ in _KIND.find(folder.parent, {"format_version": 1})} == {folder, second}
    assert list(_KIND.find(folder.parent, {"nothing": None})) == []


def test_a_folder_with_an_altered_description_is_not_found(folder: Path) -> None:
    (folder / "note.json").write_text("not JSON")
    assert list(_KIND.find(folder.parent, {"text": "hello"})) == []
    assert list(_KIND.find(folder.parent / "nowhere", {})) == []


def test_a_copy_takes_the_place_of_a_damaged_folder(folder: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "others" / folder.name
    damaged.mkdir(parents=True)
    (damaged / "text.txt").write_text("damaged")
    assert _KIND.copy(folder, names=["text.txt"], below=tmp_path / "others") == damaged
    assert _KIND.read(damaged) == _KIND.read(folder)
    assert (damaged / "text.txt").read_text() == "hello"


def test_a_description_may_lie_deeper(tmp_path: Path) -> None:
    kind = ArtefactKind(name="version", description="bundle/manifest.json", formats=(1,), hint="promote again")
    folder = kind.write(tmp_path, fill=lambda _: {"format_version": 1})
    assert folder.name == sha256_file(folder / "bundle" / "manifest.json")
    assert [path for path, _ in kind.find(tmp_path, {})] == [folder]
