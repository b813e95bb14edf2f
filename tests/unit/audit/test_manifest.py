"""The manifest names every file, and itself."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.audit.manifest import describe_files, json_bytes, read_manifest, write_manifest
from synth_assets.errors import IntegrityError
from synth_assets.files import sha256_file, write_json


def _bundle(folder: Path) -> Path:
    (folder / "checks").mkdir(parents=True)
    (folder / "a.json").write_text("{}")
    (folder / "checks" / "b.json").write_text("[]")
    return folder


def test_a_manifest_lists_every_file_below_the_bundle_but_itself(tmp_path: Path) -> None:
    bundle = _bundle(tmp_path / "bundle")
    digest = write_manifest(bundle, identity={"dataset": "d"}, data={"p": {"sha256": "0", "size": 1}})
    found = read_manifest(bundle)
    assert digest == sha256_file(bundle / "manifest.json")
    assert found["files"] == describe_files(bundle, ["a.json", "checks/b.json"])
    assert found["data"] == {"p": {"sha256": "0", "size": 1}}
    assert found["dataset"] == "d"


def test_every_single_altered_byte_of_a_manifest_is_noticed(tmp_path: Path) -> None:
    bundle = _bundle(tmp_path / "bundle")
    write_manifest(bundle, identity={"dataset": "d"}, data={})
    content = (bundle / "manifest.json").read_bytes()
    for place in range(len(content)):
        altered = bytearray(content)
        altered[place] ^= 1
        (bundle / "manifest.json").write_bytes(altered)
        with pytest.raises(IntegrityError):
            read_manifest(bundle)


def test_a_manifest_in_another_layout_or_format_is_refused(tmp_path: Path) -> None:
    bundle = _bundle(tmp_path / "bundle")
    write_manifest(bundle, identity={"format_version": 2}, data={})
    with pytest.raises(IntegrityError, match="format 2"):
        read_manifest(bundle)
    (bundle / "manifest.json").write_text("{}")
    with pytest.raises(IntegrityError, match="not readable"):
        read_manifest(bundle)


@given(value=st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_the_layout_is_the_one_that_files_are_written_in(value: object) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        write_json(Path(folder) / "x.json", value)
        assert (Path(folder) / "x.json").read_bytes() == json_bytes(value)
