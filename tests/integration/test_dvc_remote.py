"""DVC's remote in the bucket that machines share: another checkout pulls what one pushed."""

import shutil
from pathlib import Path

import pytest
from dvc.repo import Repo
from kit.bucket import keys_in
from kit.project import Project
from kit.stores import FileRegistry

from synth_assets.integrations.dvc import DvcVersionStore

pytestmark = pytest.mark.integration


def test_a_version_is_pushed_to_the_bucket_and_pulled_by_another_checkout(
    checked: Project, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_STORAGE", f"s3://{bucket}/team")
    config = f'[core]\n    analytics = false\n    remote = shared\n[remote "shared"]\n    url = s3://{bucket}/dvc\n'
    (checked.root / ".dvc" / "config").write_text(config)
    promoted = checked.promote(
        checked.evidence(0), versions=DvcVersionStore(checked.root), registry=FileRegistry(tmp_path / "registry.json")
    )
    with Repo(str(checked.root), config={"core": {"no_scm": True}}) as repo:
        assert repo.push() > 0
    assert {key.split("/")[0] for key in keys_in(bucket)} == {"team", "dvc"}

    other = tmp_path / "other"
    other.mkdir()
    shutil.copytree(checked.root / ".dvc", other / ".dvc", ignore=shutil.ignore_patterns("cache", "tmp"))
    for name in ("defs", "expectations"):
        shutil.copytree(checked.root / name, other / name)
    for name in ("dvc.yaml", "dvc.lock"):
        shutil.copyfile(checked.root / name, other / name)
    with Repo(str(other), config={"core": {"no_scm": True}}) as repo:
        repo.pull()
        assert repo.status() == {}
    pulled = other / "data" / "promoted" / "people" / "version" / "data" / "part-00000.parquet"
    assert pulled.read_bytes() == promoted.data[0].read_bytes()
