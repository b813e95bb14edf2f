"""Every part of a release has its type and fits the others, even where its digests are right."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from synth_assets.errors import IntegrityError
from synth_assets.files import sha256_file
from synth_assets.release import Release, layout, load_release, write_release

CHANGES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "another part": lambda facts: facts.update(more=1),
    "a part less": lambda facts: facts.pop("focus"),
    "a name that is not text": lambda facts: facts.update(version=7),
    "a column twice": lambda facts: facts["domain"].append(facts["domain"][0]),
    "no column": lambda facts: facts.update(domain=[], grids={}),
    "a grid less": lambda facts: facts["grids"].popitem(),
    "a grid that is too short": lambda facts: next(iter(facts["grids"].values())).pop(),
    "a grid with a huge group": lambda facts: next(iter(facts["grids"].values())).__setitem__(0, 10**12),
    "a grid with a negative group": lambda facts: next(iter(facts["grids"].values())).__setitem__(0, -1),
    "a grid of texts": lambda facts: facts["grids"].update(
        {name: list(map(str, grid)) for name, grid in facts["grids"].items()}
    ),
    "a grid of reals": lambda facts: next(iter(facts["grids"].values())).__setitem__(0, 0.0),
    "a grid that is not a list": lambda facts: facts["grids"].update({next(iter(facts["grids"])): {"a": 1}}),
    "an unknown target": lambda facts: facts.update(target="nobody"),
    "an unknown focus": lambda facts: facts.update(focus=["nobody"]),
    "a mechanism that is not text": lambda facts: facts.update(mechanisms=[7]),
    "no table": lambda facts: facts.update(answers=[]),
    "a table with another part": lambda facts: facts["answers"][0].update(more=1),
    "a table of no columns": lambda facts: facts["answers"][0]["descriptor"].update(attributes=[]),
    "a table of one column twice": lambda facts: facts["answers"][0]["descriptor"].update(attributes=["age", "age"]),
    "a table of an unknown column": lambda facts: facts["answers"][0]["descriptor"].update(attributes=["nobody"]),
    "a table of a column that is a list": lambda facts: facts["answers"][0]["descriptor"].update(attributes=[[]]),
    "another level": lambda facts: facts["answers"][0]["descriptor"].update(level="finest"),
    "another shape": lambda facts: facts["answers"][0].update(shape=[10**9]),
    "a shape of reals": lambda facts: facts["answers"][0].update(
        shape=[float(n) for n in facts["answers"][0]["shape"]]
    ),
    "no noise": lambda facts: facts["answers"][0].update(scale=0),
    "noise that is not a number": lambda facts: facts["answers"][0].update(scale="5"),
    "a rho of true": lambda facts: facts["answers"][0].update(rho=True),
    "a draw below zero": lambda facts: facts["answers"][0].update(draw=-1),
    "a mechanism from the end": lambda facts: facts["answers"][0].update(mechanism=-1),
    "a mechanism too far": lambda facts: facts["answers"][0].update(mechanism=99),
    "a draw that the table does not have": lambda facts: facts["answers"][0].update(draw=99),
}


def _changed(release: Release, folder: Path, change: Callable[[dict[str, Any]], Any]) -> Path:
    written = folder / write_release(release, folder).digest
    facts = json.loads((written / "release.json").read_text())
    change(facts)
    (written / "release.json").write_text(json.dumps(facts))
    return written.rename(folder / sha256_file(written / "release.json"))


def test_a_release_as_it_is_written_fits(small_release: Release, tmp_path: Path) -> None:
    assert load_release(_changed(small_release, tmp_path, lambda _: None)).total() == small_release.total()


@pytest.mark.parametrize("name", CHANGES)
def test_a_part_that_does_not_fit_is_refused(small_release: Release, tmp_path: Path, name: str) -> None:
    with pytest.raises(IntegrityError, match="is not a release"):
        load_release(_changed(small_release, tmp_path, CHANGES[name]))


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "tables"},
        {"kind": None},
        {"descriptor": []},
        {"d_in": 0},
        {"d_in": 1.0},
        {"delta": 1},
        {"delta": "0"},
        {"shape": [-1]},
        {"shape": 3},
        {"shape": [1 << 25] * 200_000},
    ],
)
def test_a_wild_answer_is_refused(small_release: Release, tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        load_release(_changed(small_release, tmp_path, lambda facts: facts["answers"][0].update(change)))


def test_more_cells_than_can_be_read_are_refused(
    small_release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "MOST_CELLS", 40)
    with pytest.raises(IntegrityError, match="more than 40 cells"):
        load_release(_changed(small_release, tmp_path, lambda _: None))
