"""A generator out of a bundle is bounded before it is read and checked before it draws."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from synth_assets.errors import IntegrityError, SynthAssetsError
from synth_assets.files import sha256_file
from synth_assets.generator.foreign import read_foreign
from synth_assets.generator.mixture.model import MixtureGenerator
from synth_assets.release import Release

WEIGHTS = "mixture.safetensors"


@pytest.fixture
def sent(fitted: MixtureGenerator, tmp_path: Path) -> Path:
    """The generator's own files, as they lie in a bundle."""
    for name, content in fitted.contents().items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def _description(folder: Path) -> dict[str, Any]:
    return {"kind": "mixture", "files": {path.name: sha256_file(path) for path in folder.iterdir()}}


def test_what_was_fitted_to_the_release_samples_the_same_rows(
    sent: Path, fitted: MixtureGenerator, release: Release
) -> None:
    generator = read_foreign(sent, _description(sent), release=release)
    assert generator.sample(300, seed=1, shard=0).equals(fitted.sample(300, seed=1, shard=0))


@pytest.mark.parametrize(
    "change",
    [
        lambda description: description.pop("files"),
        lambda description: description.update(files=[WEIGHTS]),
        lambda description: description["files"].pop(WEIGHTS),
        lambda description: description["files"].update({"../../outside": "0" * 64}),
        lambda description: description["files"].update({WEIGHTS: "0" * 64}),
        lambda description: description.update(kind="os"),
        lambda description: description.pop("kind"),
    ],
)
def test_a_description_of_anything_else_is_refused(
    sent: Path, release: Release, change: Callable[[dict[str, Any]], object]
) -> None:
    description = _description(sent)
    change(description)
    with pytest.raises(SynthAssetsError):
        read_foreign(sent, description, release=release)


def test_a_link_a_folder_and_a_missing_file_are_not_followed(sent: Path, release: Release, tmp_path: Path) -> None:
    description, path = _description(sent), sent / WEIGHTS
    path.rename(tmp_path / "elsewhere")
    with pytest.raises(IntegrityError, match=r"is missing|not a regular file"):
        read_foreign(sent, description, release=release)
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(IntegrityError, match=r"is missing|not a regular file"):
        read_foreign(sent, description, release=release)
    path.unlink()
    path.mkdir()
    with pytest.raises(IntegrityError, match=r"is missing|not a regular file"):
        read_foreign(sent, description, release=release)
    path.rmdir()
    os.mkfifo(path)
    with pytest.raises(IntegrityError, match="is not a regular file"):
        read_foreign(sent, description, release=release)


def test_a_file_that_is_too_large_is_not_read_to_its_end(sent: Path, release: Release) -> None:
    description, path = _description(sent), sent / WEIGHTS
    with path.open("r+b") as stream:
        stream.truncate(1 << 40)  # sparse: it takes no space, and would take a terabyte of memory
    with pytest.raises(IntegrityError, match="has more than"):
        read_foreign(sent, description, release=release)


def test_a_layout_of_other_columns_is_refused(sent: Path, release: Release) -> None:
    path = sent / "mixture.json"
    layout = json.loads(path.read_text())
    layout["grids"][2] = [0, 0, 1]
    path.write_text(json.dumps(layout))
    with pytest.raises(IntegrityError, match="other columns"):
        read_foreign(sent, _description(sent), release=release)
