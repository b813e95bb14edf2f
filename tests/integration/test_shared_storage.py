"""Every step on a machine of its own with an empty disk; what they share is a bucket, the ledger and Dagster's log."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from gated_project import candidate_of, drawn_once
from kit.bucket import keys_in
from kit.project import Project
from machines import Machines

from synth_assets.candidate.at_hand import candidate_at_hand
from synth_assets.candidate.model import CANDIDATES
from synth_assets.generator.store import FITTED
from synth_assets.integrations.versions import measure_candidate
from synth_assets.ledger import open_ledger
from synth_assets.release.store import RELEASES
from synth_assets.storage import share

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


def test_real_people_are_asked_once_wherever_the_candidate_is_looked_at(
    bucket: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = drawn_once(tmp_path_factory.getbasetemp())
    one, other = replace(drawn, root=tmp_path / "one"), replace(drawn, root=tmp_path / "other")
    shutil.copytree(drawn.root, one.root, symlinks=True)
    shutil.copytree(one.root / "expectations", other.root / "expectations")
    candidate = candidate_of(one)
    monkeypatch.setenv("SYNTH_ASSETS_LEDGER", one.workspace.ledger_url)
    monkeypatch.setenv("SYNTH_ASSETS_STORAGE", f"s3://{bucket}/team")
    share(RELEASES, one.workspace.releases / candidate.release, workspace=one.workspace)
    share(FITTED, one.generator.folder, workspace=one.workspace)
    share(CANDIDATES, candidate.folder, workspace=one.workspace)

    results = measure_candidate(one.contract, candidate, workspace=one.workspace, ledger=one.ledger, by="engineer")
    paid = len(one.ledger.reservations("town"))
    said: list[str] = []
    there = candidate_at_hand(other.workspace, "people", candidate.digest)
    again = measure_candidate(
        other.contract, there, workspace=other.workspace, ledger=other.ledger, by="engineer", progress=said.append
    )
    assert [result.as_json() for result in again] == [result.as_json() for result in results]
    assert len(other.ledger.reservations("town")) == paid
    assert not list(other.workspace.private.glob("journal/*"))
    kinds = {key.split("/")[1] for key in keys_in(bucket)}
    assert kinds == {"releases", "generators", "candidates", "evaluations", "probe"}
