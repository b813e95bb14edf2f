"""Every step on a machine of its own with an empty disk; what they share is a bucket, the ledger and Dagster's log."""

import json
from pathlib import Path

import pytest
from kit.bucket import keys_in
from kit.project import Project
from machines import Machines

from synth_assets.ledger import open_ledger

pytestmark = pytest.mark.integration

CANARY = "CANARY-of-a-city"


@pytest.fixture
def machines(project: Project, bucket: str, tmp_path: Path) -> Machines:
    source = project.root / "source" / "people.csv"
    source.write_text(f"{source.read_text()}99,7,{CANARY},true\n")
    folder = tmp_path / "machines"
    folder.mkdir()
    return Machines(project=project, folder=folder, storage=f"s3://{bucket}/team")


def test_each_step_on_an_empty_disk(machines: Machines, bucket: str) -> None:
    for step in ("release", "generator", "candidate", "checks", "promoted"):
        done = machines.step(step)
        assert done.returncode == 0, done.stderr[-3000:]
        assert CANARY not in done.stdout + done.stderr

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
    stored = keys_in(bucket)
    assert len([key for key in stored if "/promotions/" in key]) == 1
    assert {key.split("/")[1] for key in stored} == {"releases", "generators", "candidates", "promoted", "probe"}
    assert not [key for key in stored if ".synth-assets" in key or "private" in key or "journal" in key]
    everything = b"".join(stored.values())
    secrets = [path.read_bytes() for path in machines.folder.glob("machine-*/.synth-assets/private/journal/*/secret")]
    assert len(secrets) == 1
    assert not [
        secret for secret in [*secrets, CANARY.encode(), str(machines.project.root).encode()] if secret in everything
    ]
    for root in machines.started[1:]:
        assert not list((root / ".synth-assets").glob("private/journal/*"))
