"""Fitted generators are found by everything that decides a fit; the laws of all kinds are in ``test_laws``."""

import dataclasses
import json
from pathlib import Path

import pytest
from toy_generator import ToyGenerator

from synth_assets.errors import IntegrityError, UsageError
from synth_assets.generator import FittedGenerator, find_generator, fit_generator, generator_files
from synth_assets.release import Release


@pytest.fixture(scope="module")
def stored(release: Release, tmp_path_factory: pytest.TempPathFactory) -> FittedGenerator:
    return fit_generator(release, kind="mixture", seed=0, generators=tmp_path_factory.mktemp("g"))


def test_a_fit_takes_the_first_kind_and_seed_0_by_default(stored: FittedGenerator, release: Release) -> None:
    assert fit_generator(release, generators=stored.folder.parent, progress=pytest.fail) == stored


def test_a_second_fit_of_the_same_is_found(release: Release, stored: FittedGenerator) -> None:
    again = fit_generator(release, kind="mixture", seed=0, generators=stored.folder.parent, progress=pytest.fail)
    assert again == stored


def test_another_seed_is_another_generator(release: Release, stored: FittedGenerator) -> None:
    reseeded = fit_generator(release, kind="mixture", seed=1, generators=stored.folder.parent)
    assert reseeded.digest != stored.digest
    assert find_generator(reseeded.folder) == reseeded


def test_its_own_files_are_those_beside_its_description(stored: FittedGenerator) -> None:
    names = {path.name for path in stored.folder.iterdir()}
    assert {*generator_files(stored), "generator.json"} == names


def test_an_unwritten_release_and_an_unknown_kind_are_refused(release: Release, folder: Path) -> None:
    with pytest.raises(UsageError, match="no digest"):
        fit_generator(dataclasses.replace(release, digest=""), kind="mixture", seed=0, generators=folder)
    with pytest.raises(UsageError, match="'tree' is not known"):
        fit_generator(release, kind="tree", seed=0, generators=folder)


@pytest.mark.parametrize(
    "contents", [{"../toy.json": b"{}"}, {"toy.json": b"{}", "more": b""}, {}, {"toy.json": b" " * 100_000_000}]
)
def test_a_kind_whose_files_are_not_those_it_announces_stores_nothing(
    toy: str, release: Release, folder: Path, monkeypatch: pytest.MonkeyPatch, contents: dict[str, bytes]
) -> None:
    monkeypatch.setattr(ToyGenerator, "contents", lambda _: contents)
    with pytest.raises(IntegrityError, match=r"otherwise than its `largest` announces.*\n  hint: .*nothing was stored"):
        fit_generator(release, kind=toy, generators=folder / "g")
    assert [path for path in folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["generator.json", "mixture.safetensors"])
def test_fitting_again_repairs_an_altered_generator_as_the_refusal_hints(
    release: Release, folder: Path, name: str
) -> None:
    stored = fit_generator(release, kind="mixture", seed=0, generators=folder)
    content = (stored.folder / name).read_bytes()
    (stored.folder / name).write_bytes(content[:-1] + b" ")
    assert fit_generator(release, kind="mixture", seed=0, generators=folder) == stored
    assert (stored.folder / name).read_bytes() == content


def test_the_description_of_a_mixture_has_the_words_that_it_always_had(stored: FittedGenerator) -> None:
    description = json.loads((stored.folder / "generator.json").read_text())
    names = {"device", "files", "format_version", "kind", "libraries", "method", "release", "seed"}
    assert set(description) == names
    assert (description["method"], set(description["libraries"])) == (5, {"numpy", "torch"})


def test_other_options_are_another_generator_and_stand_in_its_description(
    release: Release, folder: Path, toy: str
) -> None:
    without = fit_generator(release, kind=toy, seed=0, generators=folder)
    fits = [fit_generator(release, kind=toy, seed=0, generators=folder, options={"least": n}) for n in (1.0, 2.0, 1.0)]
    assert len({without.digest, *(fit.digest for fit in fits)}) == 3
    assert fits[0] == fits[2]
    description = json.loads((fits[0].folder / "generator.json").read_text())
    assert (description["options"], set(description["libraries"])) == ({"least": 1.0}, {"numpy", "toy-generators"})


def test_a_negative_seed_and_a_release_without_tables_are_refused(release: Release, folder: Path, toy: str) -> None:
    with pytest.raises(UsageError, match="-1 and must be >= 0"):
        fit_generator(release, kind=toy, seed=-1, generators=folder)
    with pytest.raises(UsageError, match="has no marginals"):
        fit_generator(dataclasses.replace(release, answers=()), kind=toy, seed=0, generators=folder)
