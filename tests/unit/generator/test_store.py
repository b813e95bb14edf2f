"""Fitted generators are found again, and refused when altered."""

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from synth_assets.errors import IntegrityError, UsageError
from synth_assets.generator import FittedGenerator, find_generator, fit_generator, generator_files, load_generator
from synth_assets.release import Release


@pytest.fixture(scope="module")
def stored(release: Release, tmp_path_factory: pytest.TempPathFactory) -> FittedGenerator:
    return fit_generator(release, kind="mixture", seed=0, generators=tmp_path_factory.mktemp("g"))


def test_a_fit_takes_the_first_kind_and_seed_0_when_nothing_is_said(stored: FittedGenerator, release: Release) -> None:
    assert fit_generator(release, generators=stored.folder.parent, progress=pytest.fail) == stored


def test_a_second_fit_of_the_same_is_found(release: Release, stored: FittedGenerator) -> None:
    again = fit_generator(release, kind="mixture", seed=0, generators=stored.folder.parent, progress=pytest.fail)
    assert again == stored


def test_another_seed_is_another_generator(release: Release, stored: FittedGenerator) -> None:
    other = fit_generator(release, kind="mixture", seed=1, generators=stored.folder.parent)
    assert other.digest != stored.digest
    assert find_generator(other.folder) == other


def test_its_own_files_are_those_beside_its_description(stored: FittedGenerator) -> None:
    names = {path.name for path in stored.folder.iterdir()}
    assert {*generator_files(stored), "generator.json"} == names


def test_sampling_from_a_stored_generator_loads_no_torch(stored: FittedGenerator) -> None:
    code = (
        "import sys; from pathlib import Path; from synth_assets.generator import load_generator;"
        f"load_generator(Path({str(stored.folder)!r})).sample(9, seed=0, shard=0); print('torch' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_an_unwritten_release_and_an_unknown_kind_are_refused(release: Release, folder: Path) -> None:
    with pytest.raises(UsageError, match="no digest"):
        fit_generator(dataclasses.replace(release, digest=""), kind="mixture", seed=0, generators=folder)
    with pytest.raises(UsageError, match="'tree' is not known"):
        fit_generator(release, kind="tree", seed=0, generators=folder)


@pytest.mark.parametrize("name", ["generator.json", "mixture.json", "mixture.safetensors"])
def test_an_altered_file_is_refused(release: Release, folder: Path, name: str) -> None:
    stored = fit_generator(release, kind="mixture", seed=0, generators=folder)
    path = stored.folder / name
    path.write_bytes(path.read_bytes()[:-1] + b" ")
    with pytest.raises(IntegrityError, match="altered"):
        load_generator(stored.folder)


@pytest.mark.parametrize("name", ["generator.json", "mixture.safetensors"])
def test_fitting_again_repairs_an_altered_generator_as_the_refusal_says(
    release: Release, folder: Path, name: str
) -> None:
    stored = fit_generator(release, kind="mixture", seed=0, generators=folder)
    whole = (stored.folder / name).read_bytes()
    (stored.folder / name).write_bytes(whole[:-1] + b" ")
    assert fit_generator(release, kind="mixture", seed=0, generators=folder) == stored
    assert (stored.folder / name).read_bytes() == whole
