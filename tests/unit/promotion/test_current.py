"""``current.json`` decides what is promoted."""

import json

import pytest
from kit.project import Project

from synth_assets.errors import IntegrityError
from synth_assets.files import sha256_file, write_json
from synth_assets.promotion import Promotion, read_current
from synth_assets.promotion.current import altered_files, project_path, version_is_whole


def test_nothing_is_promoted_at_first(checked: Project) -> None:
    assert read_current(checked.workspace, "people") is None


def test_a_promotion_survives_json(promoted: Promotion) -> None:
    root = promoted.folder.parents[1]
    assert Promotion.from_json(json.loads(json.dumps(promoted.as_json())), root=root) == promoted


def test_places_are_relative_to_the_project_and_exist(checked: Project, promoted: Promotion) -> None:
    places = promoted.places()
    for name in ("data", "bundle", "report"):
        assert (checked.root / places[name]).exists()
        assert not places[name].startswith("/")
    assert places["model"] == "models:/people/1"
    assert project_path(promoted.folder) == f"data/promoted/people/versions/{promoted.version}"


@pytest.mark.parametrize("file", ["bundle/manifest.json", "bundle/privacy.json", "data/part-00000.parquet"])
def test_a_version_that_lost_a_file_is_not_whole_and_not_read(checked: Project, promoted: Promotion, file: str) -> None:
    (promoted.folder / file).unlink()
    assert not version_is_whole(promoted.folder)
    with pytest.raises(IntegrityError, match="missing or altered"):
        read_current(checked.workspace, "people")


def test_an_altered_file_of_the_same_size_is_named_by_its_digest(promoted: Promotion) -> None:
    assert altered_files(promoted.folder) == []
    path = promoted.folder / "data" / "part-00000.parquet"
    content = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert version_is_whole(promoted.folder)
    assert altered_files(promoted.folder) == ["data/part-00000.parquet"]


def test_of_a_version_without_its_own_manifest_only_that_is_named(promoted: Promotion) -> None:
    (promoted.bundle / "manifest.json").unlink()
    assert altered_files(promoted.folder) == ["bundle/manifest.json"]


def test_a_version_of_a_newer_format_is_refused_and_not_called_altered(checked: Project, promoted: Promotion) -> None:
    manifest = json.loads((promoted.bundle / "manifest.json").read_text()) | {"format_version": 99}
    (promoted.bundle / "manifest.json").unlink()
    write_json(promoted.bundle / "manifest.json", manifest)
    newer = sha256_file(promoted.bundle / "manifest.json")
    promoted.folder.rename(promoted.folder.with_name(newer))
    write_json(checked.promoted / "current.json", {**promoted.as_json(), "version": newer})
    with pytest.raises(IntegrityError, match="has format 99"):
        read_current(checked.workspace, "people")


def test_a_pointer_of_a_newer_version_is_refused(checked: Project, promoted: Promotion) -> None:
    path = checked.promoted / "current.json"
    path.write_text(json.dumps({**promoted.as_json(), "format_version": 99}))
    with pytest.raises(IntegrityError, match="newer version"):
        read_current(checked.workspace, "people")


def test_a_bundle_never_names_its_own_place_in_a_store_or_registry(promoted: Promotion) -> None:
    for path in promoted.bundle.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert promoted.address.encode() not in content
            assert b"run-1" not in content
