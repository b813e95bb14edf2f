"""Claims about bytes: the parts of a version belong together."""

import shutil
from pathlib import Path

import pytest
from resealed import edit_json, reseal

from synth_assets.audit import Status, verify_bundle
from synth_assets.promotion import Promotion


@pytest.fixture
def version(promoted: Promotion, tmp_path: Path) -> Path:
    return Path(shutil.copytree(promoted.folder, tmp_path / "copy", copy_function=shutil.copyfile))


def _failed(bundle: Path) -> set[str]:
    return {claim.name for claim in verify_bundle(bundle) if claim.status is Status.FAILED}


def test_a_folder_named_after_another_version_fails(promoted: Promotion) -> None:
    other = promoted.folder.rename(promoted.folder.with_name("0" * 64))
    assert "manifest" in _failed(other / "bundle")


def test_the_shards_of_another_candidate_fail(version: Path) -> None:
    shard = version / "data" / "part-00000.parquet"
    shard.write_bytes(shard.read_bytes() + b" ")
    assert "identity" in _failed(reseal(version))


@pytest.mark.parametrize("part", ["contract", "release", "generator", "fingerprint"])
def test_a_candidate_of_other_parents_fails(version: Path, part: str) -> None:
    edit_json(version / "bundle" / "candidate.json", lambda told: told["parents"].update({part: "0" * 64}))
    assert "identity" in _failed(reseal(version))


def test_another_lineage_fails(version: Path) -> None:
    edit_json(version / "bundle" / "prov.json", lambda told: told["agent"].clear())
    assert "lineage" in _failed(reseal(version))
