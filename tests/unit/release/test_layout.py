"""Every part of a release has its type and fits the others, whatever its digests say."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from synth_assets.errors import IntegrityError
from synth_assets.files import sha256_file
from synth_assets.release import Release, layout, load_release, write_release

CHANGES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "another part": lambda told: told.update(more=1),
    "a part less": lambda told: told.pop("focus"),
    "a name that is not text": lambda told: told.update(version=7),
    "a column twice": lambda told: told["domain"].append(told["domain"][0]),
    "no column": lambda told: told.update(domain=[], grids={}),
    "a grid less": lambda told: told["grids"].popitem(),
    "a grid that is too short": lambda told: next(iter(told["grids"].values())).pop(),
    "a grid with a huge group": lambda told: next(iter(told["grids"].values())).__setitem__(0, 10**12),
    "a grid with a negative group": lambda told: next(iter(told["grids"].values())).__setitem__(0, -1),
    "a grid of texts": lambda told: told["grids"].update(
        {name: list(map(str, grid)) for name, grid in told["grids"].items()}
    ),
    "a grid of reals": lambda told: next(iter(told["grids"].values())).__setitem__(0, 0.0),
    "a grid that is not a list": lambda told: told["grids"].update({next(iter(told["grids"])): {"a": 1}}),
    "an unknown target": lambda told: told.update(target="nobody"),
    "an unknown focus": lambda told: told.update(focus=["nobody"]),
    "a mechanism that is not text": lambda told: told.update(mechanisms=[7]),
    "no table": lambda told: told.update(answers=[]),
    "a table with another part": lambda told: told["answers"][0].update(more=1),
    "a table of no columns": lambda told: told["answers"][0]["descriptor"].update(attributes=[]),
    "a table of one column twice": lambda told: told["answers"][0]["descriptor"].update(attributes=["age", "age"]),
    "a table of an unknown column": lambda told: told["answers"][0]["descriptor"].update(attributes=["nobody"]),
    "a table of a column that is a list": lambda told: told["answers"][0]["descriptor"].update(attributes=[[]]),
    "another level": lambda told: told["answers"][0]["descriptor"].update(level="finest"),
    "another shape": lambda told: told["answers"][0].update(shape=[10**9]),
    "a shape of reals": lambda told: told["answers"][0].update(shape=[float(n) for n in told["answers"][0]["shape"]]),
    "no noise": lambda told: told["answers"][0].update(scale=0),
    "noise that is not a number": lambda told: told["answers"][0].update(scale="5"),
    "a rho of true": lambda told: told["answers"][0].update(rho=True),
    "a draw below zero": lambda told: told["answers"][0].update(draw=-1),
    "a mechanism from the end": lambda told: told["answers"][0].update(mechanism=-1),
    "a mechanism too far": lambda told: told["answers"][0].update(mechanism=99),
    "a draw that the table does not have": lambda told: told["answers"][0].update(draw=99),
}


def _changed(release: Release, folder: Path, change: Callable[[dict[str, Any]], Any]) -> Path:
    written = folder / write_release(release, folder).digest
    told = json.loads((written / "release.json").read_text())
    change(told)
    (written / "release.json").write_text(json.dumps(told))
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
