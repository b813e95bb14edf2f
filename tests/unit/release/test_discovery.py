"""A record of a discovery survives JSON, and a release with it the disk."""

import dataclasses
import json
from pathlib import Path

import pytest
from found import FOUND

from synth_assets.errors import IntegrityError
from synth_assets.files import sha256_file
from synth_assets.release import Discovery, Release, categories_of, load_release, write_release


@pytest.fixture
def release(small_release: Release) -> Release:
    return dataclasses.replace(small_release, discoveries=(FOUND,))


def test_a_record_survives_json() -> None:
    assert Discovery.from_json(json.loads(json.dumps(FOUND.as_json()))) == FOUND


def test_a_record_of_the_old_rule_is_read_and_written_as_it_was() -> None:
    told = {name: value for name, value in FOUND.as_json().items() if name != "rule"}
    old = Discovery.from_json(told)
    assert old.rule == "at_or_above"
    assert old.as_json() == told


def test_categories_are_given_as_a_contract_takes_them() -> None:
    assert categories_of([FOUND]) == {"city": ("north", "süd")}


def test_a_release_keeps_its_discoveries_and_is_addressed_by_them(release: Release, tmp_path: Path) -> None:
    written = write_release(release, tmp_path)
    assert load_release(tmp_path / written.digest).discoveries == (FOUND,)
    fewer = dataclasses.replace(FOUND, counts=(120, 79))
    assert write_release(dataclasses.replace(release, discoveries=(fewer,)), tmp_path).digest != written.digest


def test_answers_are_thresholds_and_tables(release: Release) -> None:
    assert [item.draw for item in release.answers] == [0, 1, 1, 1, 2, 2, 2]


def test_only_a_release_with_discoveries_asks_for_a_newer_reader(
    release: Release, small_release: Release, tmp_path: Path
) -> None:
    formats = [
        json.loads((tmp_path / write_release(item, tmp_path).digest / "release.json").read_text())["format_version"]
        for item in (small_release, release)
    ]
    assert formats == [1, 3]


def test_a_record_with_a_part_missing_is_refused(release: Release, tmp_path: Path) -> None:
    folder = tmp_path / write_release(release, tmp_path).digest
    told = json.loads((folder / "release.json").read_text())
    del told["discoveries"][0]["delta"]
    (folder / "release.json").write_text(json.dumps(told))
    forged = folder.rename(tmp_path / sha256_file(folder / "release.json"))
    with pytest.raises(IntegrityError, match="is not a release"):
        load_release(forged)
