"""Every step on a machine of its own with an empty disk; what they share is a bucket, the ledger and Dagster's log."""

import json
from pathlib import Path

import pytest
from kit.bucket import keys_in
from kit.project import Project
from machines import Machines

from synth_assets.ledger import open_ledger

pytestmark = pytest.mark.integration


@pytest.fixture
def machines(project: Project, bucket: str, tmp_path: Path) -> Machines:
    folder = tmp_path / "machines"
    folder.mkdir()
    return Machines(project=project, folder=folder, storage=f"s3://{bucket}/team")


def test_each_step_on_an_empty_disk(machines: Machines, bucket: str) -> None:
    for step in ("release", "generator", "candidate", "checks", "promoted"):
        done = machines.step(step)
        assert done.returncode == 0, done.stderr[-3000:]

    checked = machines.command("check", "defs/people", "--json")
    assert checked.returncode == 0, checked.stderr
    assert all(result["passed"] for result in json.loads(checked.stdout))

    status = machines.command("status", "defs/people", "--json")
    assert status.returncode == 0, status.stdout + status.stderr
    said = json.loads(status.stdout)["people"]
    assert said["state"] == "this checkout is behind"

    audited = machines.command("audit", "verify", "data/promoted/people/version", "--json")
    assert audited.returncode == 0, audited.stdout + audited.stderr
    assert {claim["status"] for claim in json.loads(audited.stdout)} <= {"VERIFIED", "ATTESTED", "NOT CHECKABLE"}

    ledger = open_ledger(machines.environment(machines.folder)["SYNTH_ASSETS_LEDGER"])
    (reservation,) = ledger.reservations("town")
    assert reservation.state.name == "SETTLED"

    again = machines.command("run", "defs/people", "--json")
    assert again.returncode == 0, again.stderr
    summary = json.loads(again.stdout)
    assert (summary["privacy"]["reused"], summary["version"]) == (True, said["version"])
    assert len(ledger.reservations("town")) == 1
    assert len([key for key in keys_in(bucket) if "/promotions/" in key]) == 1
