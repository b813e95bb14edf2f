"""The manifest names every file, and itself."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.audit.manifest import REPORT_TEMPLATE, describe_files, read_manifest, write_manifest
from synth_assets.errors import IntegrityError
from synth_assets.files import canonical_json, json_bytes, sha256_bytes, sha256_file, write_json


def _bundle(folder: Path) -> Path:
    (folder / "checks").mkdir(parents=True)
    (folder / "a.json").write_text("{}")
    (folder / "checks" / "b.json").write_text("[]")
    return folder


IDENTITY = {
    "dataset": "d",
    **dict.fromkeys(("contract", "release", "generator", "candidate", "evidence"), "0" * 64),
}
DATA = {"part-00000.parquet": {"sha256": "1" * 64, "size": 1}}


def _rewritten(bundle: Path, **changes: Any) -> None:
    """Change facts of a manifest, and its own digest with them."""
    manifest = {**json.loads((bundle / "manifest.json").read_text()), **changes}
    facts = {name: fact for name, fact in manifest.items() if name != "digest" and fact is not None}
    write_json(bundle / "manifest.json", {**facts, "digest": sha256_bytes(canonical_json(facts))})


def test_a_manifest_lists_every_file_below_the_bundle_but_itself(tmp_path: Path) -> None:
    bundle = _bundle(tmp_path / "bundle")
    digest = write_manifest(bundle, identity=IDENTITY, data=DATA)
    manifest = read_manifest(bundle)
    assert digest == sha256_file(bundle / "manifest.json")
    assert manifest["files"] == describe_files(bundle, ["a.json", "checks/b.json"])
    assert manifest["data"] == DATA
    assert (manifest["dataset"], manifest["format_version"], manifest["report_template"]) == ("d", 2, REPORT_TEMPLATE)


def test_every_single_altered_byte_of_a_manifest_is_noticed(tmp_path: Path) -> None:
    bundle = _bundle(tmp_path / "bundle")
    write_manifest(bundle, identity=IDENTITY, data=DATA)
    content = (bundle / "manifest.json").read_bytes()
    for index in range(len(content)):
        altered = bytearray(content)
        altered[index] ^= 1
        (bundle / "manifest.json").write_bytes(altered)
        with pytest.raises(IntegrityError):
            read_manifest(bundle)


def test_a_manifest_of_format_1_is_read_and_names_no_template(tmp_path: Path) -> None:
    bundle = _bundle(tmp_path / "bundle")
    write_manifest(bundle, identity=IDENTITY, data=DATA)
    _rewritten(bundle, format_version=1, report_template=None)
    assert "report_template" not in read_manifest(bundle)


@pytest.mark.parametrize(
    "changes",
    [
        {"more": 1},
        {"dataset": None},
        {"dataset": 7},
        {"release": "../../elsewhere"},
        {"release": "0" * 63},
        {"release": "A" * 64},
        {"report_template": "1"},
        {"report_template": True},
        {"report_template": None},
        {"files": []},
        {"data": {"a/b.parquet": DATA["part-00000.parquet"]}},
        *(
            {part: {name: {"sha256": "1" * 64, "size": 1}}}
            for part in ("files", "data")
            for name in ("../x", "/etc/passwd", "a/../b", "./a", "a//b", "a/", "", ".", "..", "a\0b", "a\\b", "a" * 500)
        ),
        {"files": {"a.json": {"sha256": "1" * 64, "size": -1}}},
        {"files": {"a.json": {"sha256": "1" * 64, "size": True}}},
        {"files": {"a.json": {"sha256": "1" * 64, "size": 1.0}}},
        {"files": {"a.json": {"sha256": 1, "size": 1}}},
        {"files": {"a.json": {"sha256": "1" * 64, "size": 1, "more": 1}}},
        {"files": {"a.json": "1" * 64}},
    ],
)
def test_what_is_not_a_manifest_is_refused_whatever_its_digest_says(tmp_path: Path, changes: dict[str, Any]) -> None:
    bundle = _bundle(tmp_path / "bundle")
    write_manifest(bundle, identity=IDENTITY, data=DATA)
    _rewritten(bundle, **changes)
    with pytest.raises(IntegrityError, match="not a manifest"):
        read_manifest(bundle)


@pytest.mark.parametrize("number", [0, 4, True, "2", 2.0, [2]])
def test_another_format_is_refused(tmp_path: Path, number: Any) -> None:
    bundle = _bundle(tmp_path / "bundle")
    write_manifest(bundle, identity=IDENTITY, data=DATA)
    _rewritten(bundle, format_version=number)
    with pytest.raises(IntegrityError, match="has format"):
        read_manifest(bundle)


@pytest.mark.parametrize("text", ["{}", "[]", "7", "", "[" * 100_000])
def test_what_is_not_a_manifest_at_all_is_refused(tmp_path: Path, text: str) -> None:
    bundle = _bundle(tmp_path / "bundle")
    (bundle / "manifest.json").write_text(text)
    with pytest.raises(IntegrityError):
        read_manifest(bundle)


@given(value=st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_the_layout_is_the_one_that_files_are_written_in(value: object) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        write_json(Path(folder) / "x.json", value)
        assert (Path(folder) / "x.json").read_bytes() == json_bytes(value)


def test_scenarios_give_a_manifest_of_format_3_and_their_names_stay_in_their_folders(tmp_path: Path) -> None:
    bundle = _bundle(tmp_path / "bundle")
    write_manifest(bundle, identity=IDENTITY, data=DATA, scenarios={"even": DATA})
    manifest = read_manifest(bundle)
    assert (manifest["format_version"], manifest["scenarios"]) == (3, {"even": DATA})
    shard = DATA["part-00000.parquet"]
    for hostile in ({}, [], {"../x": DATA}, {"even": {"a/b.parquet": shard}}, {"even": {"..": shard}}, {"even": 1}):
        _rewritten(bundle, scenarios=hostile)
        with pytest.raises(IntegrityError):
            read_manifest(bundle)
    _rewritten(bundle, scenarios={"even": DATA}, format_version=2)
    with pytest.raises(IntegrityError):
        read_manifest(bundle)
