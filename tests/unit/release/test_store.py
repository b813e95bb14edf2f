"""Releases on disk: named by their content, read back whole, refused when altered."""

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from synth_assets.errors import IntegrityError
from synth_assets.files import sha256_file
from synth_assets.release import Release, load_release, restore_release, write_release


@pytest.fixture
def folder(small_release: Release, tmp_path: Path) -> Path:
    return tmp_path / write_release(small_release, tmp_path).digest


def test_what_is_written_is_what_is_read(small_release: Release, folder: Path) -> None:
    loaded = load_release(folder)
    plain = [field.name for field in dataclasses.fields(Release) if field.name not in ("grids", "answers", "digest")]
    assert all(getattr(loaded, name) == getattr(small_release, name) for name in plain)
    assert loaded.digest == folder.name
    for read, expected in zip(loaded.marginals, small_release.marginals, strict=True):
        assert np.array_equal(read.counts, expected.counts)
        assert read.counts.dtype == np.int64
        assert read.described() == expected.described()
    assert {name: grid.tolist() for name, grid in loaded.grids.items()} == {
        name: grid.tolist() for name, grid in small_release.grids.items()
    }


def test_a_release_is_three_files_named_by_their_content(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {"release.json", "answers.parquet", "measurement.json"}
    assert sha256_file(folder / "release.json") == folder.name
    assert json.loads((folder / "release.json").read_text())["format_version"] == 4


def test_writing_a_release_again_changes_nothing(small_release: Release, folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert write_release(small_release, folder.parent).digest == folder.name
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_writing_a_damaged_release_again_repairs_it(small_release: Release, folder: Path) -> None:
    (folder / "answers.parquet").write_bytes(b"damaged")
    assert write_release(small_release, folder.parent).digest == folder.name
    assert load_release(folder).total() == small_release.total()


@pytest.mark.parametrize("name", ["release.json", "answers.parquet", "measurement.json"])
def test_any_altered_byte_is_refused(folder: Path, name: str) -> None:
    good = (folder / name).read_bytes()
    for index in {*range(0, len(good), max(1, len(good) // 40)), len(good) - 1}:
        (folder / name).write_bytes(good[:index] + bytes([good[index] ^ 1]) + good[index + 1 :])
        with pytest.raises(IntegrityError, match="altered"):
            load_release(folder)
    for changed in (b"", good[:-1], good + b"\n"):
        (folder / name).write_bytes(changed)
        with pytest.raises(IntegrityError, match="altered"):
            load_release(folder)


@pytest.mark.parametrize("name", ["release.json", "answers.parquet", "measurement.json"])
def test_a_missing_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(IntegrityError, match="missing"):
        load_release(folder)


def test_a_folder_that_is_not_there_or_renamed_is_refused(folder: Path) -> None:
    with pytest.raises(IntegrityError, match="missing"):
        load_release(folder.parent / "nothing")
    shutil.move(folder, folder.parent / ("0" * 64))
    with pytest.raises(IntegrityError, match="altered"):
        load_release(folder.parent / ("0" * 64))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format_version": 5}, "format 5"),
        ({"answers": [{}]}, "is not a release"),
        ({"answers": 7}, "is not a release"),
        ({"domain": [{"name": "x"}]}, "is not a release"),
        ({"mechanisms": []}, "is not a release"),
    ],
)
def test_a_forged_release_with_right_digests_is_refused_clearly(
    folder: Path, change: dict[str, object], message: str
) -> None:
    changed = {**json.loads((folder / "release.json").read_text()), **change}
    (folder / "release.json").write_text(json.dumps(changed))
    forged = folder.rename(folder.parent / sha256_file(folder / "release.json"))
    with pytest.raises(IntegrityError, match=message):
        load_release(forged)


@pytest.mark.parametrize("text", ["[]", "{}", "not JSON"])
def test_a_file_that_is_not_a_description_is_refused_clearly(folder: Path, text: str) -> None:
    (folder / "release.json").write_text(text)
    forged = folder.rename(folder.parent / sha256_file(folder / "release.json"))
    with pytest.raises(IntegrityError, match=r"is not a release|is not JSON"):
        load_release(forged)


def test_a_failure_while_writing_leaves_no_release(
    small_release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("synth_assets.artefact.publish_folder", fail)
    with pytest.raises(OSError, match="No space left"):
        write_release(small_release, tmp_path / "releases")
    assert list((tmp_path / "releases").iterdir()) == []


def test_a_lost_release_comes_back_from_the_first_whole_copy(folder: Path, tmp_path: Path) -> None:
    releases, altered, intact = tmp_path / "releases", tmp_path / "a" / folder.name, tmp_path / "b" / folder.name
    for copy in (altered, intact):
        shutil.copytree(folder, copy)
    (altered / "measurement.json").write_text("{}")

    assert not restore_release(folder.name, releases=releases, copies=[altered, tmp_path / "nowhere"])
    assert restore_release(folder.name, releases=releases, copies=[altered, intact])
    assert load_release(releases / folder.name).digest == folder.name


def test_a_whole_copy_of_another_release_is_not_taken(folder: Path, tmp_path: Path) -> None:
    assert not restore_release("0" * 64, releases=tmp_path / "releases", copies=[folder])
    assert not (tmp_path / "releases").exists()
