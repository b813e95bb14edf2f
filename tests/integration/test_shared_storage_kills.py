"""A kill between an artefact's files and its commit point: nobody sees a half, and the next run completes."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import boto3
import pytest
from kit.bucket import keys_in
from kit.project import Project
from kit.stores import stores_in

from synth_assets.audit import exit_code, verify_bundle
from synth_assets.candidate.at_hand import candidate_at_hand, release_at_hand
from synth_assets.candidate.model import CANDIDATES
from synth_assets.errors import IntegrityError, StorageUnavailable
from synth_assets.ledger import State
from synth_assets.promotion import read_current
from synth_assets.storage import digests_in, share
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.integration

asking = import_module("synth_assets.obtain.release")
"""Where the storage is looked at before paying: here it fails between that look and the measurement's end."""
DRIVER = Path(__file__).parents[1] / "support" / "killed_sharing.py"


@pytest.fixture
def shared(bucket: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SYNTH_ASSETS_STORAGE", f"s3://{bucket}")
    return bucket


@pytest.fixture
def elsewhere(tmp_path: Path) -> Workspace:
    """An empty disk."""
    return Workspace(root=tmp_path / "elsewhere")


def _killed(project: Project, what: str, *, before: str) -> None:
    command = [sys.executable, str(DRIVER), str(project.root), what, before]
    path = os.pathsep.join([str(DRIVER.parent), str(DRIVER.parents[2])])
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(command, capture_output=True, check=False, env=environment)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def test_a_candidate_whose_manifest_is_missing_is_nobodys_and_is_completed(
    checked: Project, shared: str, elsewhere: Workspace
) -> None:
    candidate = checked.evidence(0).candidate
    _killed(checked, "candidate", before="manifest.json")
    assert [Path(key).name for key in keys_in(shared)] == ["part-00000.parquet"]
    assert digests_in(CANDIDATES, elsewhere.candidates("people"), workspace=elsewhere) == []
    with pytest.raises(IntegrityError, match="is missing or altered"):
        candidate_at_hand(elsewhere, "people", candidate.digest)
    share(CANDIDATES, candidate.folder, workspace=checked.workspace)
    assert candidate_at_hand(elsewhere, "people", candidate.digest).table().equals(candidate.table())


@pytest.mark.parametrize("before", ["bundle/manifest.json", "promotions/00000001.json"])
def test_a_promotion_that_died_before_its_entry_promoted_nothing(
    checked: Project, shared: str, elsewhere: Workspace, tmp_path: Path, before: str
) -> None:
    _killed(checked, "promote", before=before)
    assert any(key.endswith("data/part-00000.parquet") for key in keys_in(shared))
    for workspace in (checked.workspace, elsewhere):
        assert read_current(workspace, "people") is None
    promoted = checked.promote(checked.evidence(0), **stores_in(tmp_path / "stores"))
    assert not promoted.reused
    read = read_current(elsewhere, "people")
    assert read is not None
    assert read.version == promoted.version
    assert exit_code(verify_bundle(read.bundle)) == 0


def test_a_release_is_settled_only_when_it_is_stored(
    project: Project, bucket: str, elsewhere: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_STORAGE", f"s3://{bucket}-late")
    monkeypatch.setattr(asking, "storage_finding", lambda _: None)
    with pytest.raises(StorageUnavailable, match="measured and paid for, but not settled") as raised:
        project.obtain()
    assert "run again on this machine" in raised.value.hint
    (reservation,) = project.ledger.reservations("town")
    assert reservation.state is State.OPENED

    boto3.client("s3").create_bucket(Bucket=f"{bucket}-late")
    obtained = project.obtain()
    (reservation,) = project.ledger.reservations("town")
    assert (reservation.state, project.charges) == (State.SETTLED, 1)
    assert {key.split("/")[1] for key in keys_in(f"{bucket}-late")} == {obtained.release.digest}
    assert release_at_hand(elsewhere, obtained.release.digest).digest == obtained.release.digest


def test_nothing_is_paid_while_the_storage_cannot_be_used(
    project: Project, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_STORAGE", f"s3://{bucket}-missing")
    with pytest.raises(StorageUnavailable, match="there is no bucket"):
        project.obtain()
    assert project.ledger.reservations("town") == ()


def test_another_machine_without_the_journal_pays_again_and_says_so(
    project: Project, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_LEDGER", project.workspace.ledger_url)
    monkeypatch.setenv("SYNTH_ASSETS_STORAGE", f"s3://{bucket}-missing")
    monkeypatch.setattr(asking, "storage_finding", lambda _: None)
    with pytest.raises(StorageUnavailable):
        project.obtain()
    monkeypatch.setenv("SYNTH_ASSETS_STORAGE", f"s3://{bucket}")
    other = replace(project, root=tmp_path / "other")
    other.root.mkdir()
    obtained = other.obtain()
    assert "paid again" in obtained.describe()
    assert project.charges == 2
    assert other.obtain().reused
    assert project.obtain().release.digest == obtained.release.digest
