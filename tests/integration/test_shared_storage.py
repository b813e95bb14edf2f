"""Every step and command on a machine of its own with an empty disk; what they share is addresses."""

import json
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from anchor_service import service
from gated_project import candidate_of, drawn_once
from kit.bucket import keys_in
from kit.people import HEADER, ROWS
from kit.project import command, furnish, make_project
from machines import Machines
from mlflow_server import serve_mlflow
from postgres_server import Server, make_server, postgres_ledger_url, server

from synth_assets.candidate.at_hand import candidate_at_hand
from synth_assets.candidate.model import CANDIDATES
from synth_assets.generator.store import FITTED
from synth_assets.integrations.dagster.launch import dagster_home
from synth_assets.integrations.mlflow import MlflowRegistry
from synth_assets.integrations.versions import measure_candidate
from synth_assets.ledger import open_ledger
from synth_assets.release.store import RELEASES
from synth_assets.storage import share
from synth_assets.workspace import Workspace

__all__ = ["make_server", "postgres_ledger_url", "server", "service"]

pytestmark = pytest.mark.integration

CANARY = "CANARY-of-a-city"


@pytest.fixture
def machines(  # noqa: PLR0913, PLR0917 - one server for each address
    bucket: str,
    server: Server,
    postgres_ledger_url: str,
    service: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Machines]:
    """A table that an officer registered in an anchored ledger, and machines whose login is an engineer's."""
    database, logins = postgres_ledger_url.rpartition("/")[2], {}
    for role in ("officer", "engineer"):
        logins[role] = f"{role}_{secrets.token_hex(4)}"
        server.execute(f"CREATE ROLE {logins[role]} LOGIN IN ROLE synth_assets_{role}")
    monkeypatch.setenv("SYNTH_ASSETS_ANCHOR", service)
    with monkeypatch.context() as patch:
        patch.setenv("SYNTH_ASSETS_LEDGER", server.url(database, login=logins["officer"]))
        command("ledger", "anchor", "init")
        command("keys", "create", str(tmp_path / "officer.key"))
        patch.setenv("SYNTH_ASSETS_LEDGER_KEY", str(tmp_path / "officer.key"))
        people = f"{HEADER}{ROWS}99,7,{CANARY},true\n"
        project = make_project(tmp_path / "project", files={"people.csv": people.encode()})
        furnish(project)
        shutil.copyfile(tmp_path / "officer.pub", project.root / "officer.pub")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    (tmp_path / "machines").mkdir()
    with serve_mlflow(tmp_path / "mlflow") as mlflow:
        addresses = {
            "SYNTH_ASSETS_STORAGE": f"s3://{bucket}/team",
            "SYNTH_ASSETS_LEDGER": server.url(database, login=logins["engineer"]),
            "SYNTH_ASSETS_ANCHOR": service,
            "SYNTH_ASSETS_OFFICER_KEYS": "officer.pub",
            "MLFLOW_TRACKING_URI": mlflow,
        }
        log = dagster_home(Workspace(root=project.root))
        yield Machines(project=project, folder=tmp_path / "machines", addresses=addresses, log=log)


@pytest.mark.slow
@pytest.mark.postgres
def test_each_step_and_command_on_an_empty_disk(machines: Machines, bucket: str) -> None:
    def step(name: str) -> None:
        done = machines.step(name)
        assert done.returncode == 0, done.stderr[-3000:]
        assert CANARY not in done.stdout + done.stderr

    def said_by(*words: str) -> Any:
        done = machines.command(*words, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        assert CANARY not in done.stdout + done.stderr
        return json.loads(done.stdout)

    step("release")
    made = said_by("synthesize", "defs/people", "--out", "out")
    assert made["reused"]
    for name in ("generator", "candidate", "checks", "promoted"):
        step(name)
    assert all(result["passed"] for result in said_by("check", "defs/people"))
    status = said_by("status", "defs/people")["people"]
    assert status["state"] == "this checkout is behind"
    claims = said_by("audit", "verify", "data/promoted/people/version")
    assert {claim["status"] for claim in claims} <= {"VERIFIED", "ATTESTED", "NOT CHECKABLE"}
    summary = said_by("run", "defs/people")
    assert (summary["privacy"]["reused"], summary["version"]) == (True, status["version"])
    assert said_by("ledger", "verify")

    ledger = open_ledger(machines.addresses["SYNTH_ASSETS_LEDGER"])
    (reservation,) = ledger.reservations("town")
    assert reservation.state.name == "SETTLED"
    registry = MlflowRegistry(machines.addresses["MLFLOW_TRACKING_URI"], root=machines.project.root)
    assert registry.promoted("people") == "1"
    stored = keys_in(bucket)
    assert len([key for key in stored if "/promotions/" in key]) == 1
    assert {key.split("/")[1] for key in stored} == {"releases", "generators", "candidates", "promoted", "probe"}
    assert not [key for key in stored if ".synth-assets" in key or "private" in key or "journal" in key]
    everything = b"".join(stored.values())
    keys = [path.read_bytes() for path in machines.folder.glob("machine-*/.synth-assets/private/journal/*/secret")]
    assert len(keys) == 1
    roots = [str(machines.project.root).encode(), str(machines.folder).encode()]
    assert not [secret for secret in [*keys, CANARY.encode(), *roots] if secret in everything]
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
