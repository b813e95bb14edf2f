"""Discovered categories from the contract to an audit, by the commands that a person runs."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from kit.project import Project, command
from resealed import edit_json, reseal

from synth_assets.audit import Status, verify_bundle
from synth_assets.files import sha256_file

pytestmark = pytest.mark.end_to_end


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run ``synth-assets`` in a process of its own."""
    line = [sys.executable, "-m", "synth_assets", *arguments]
    return subprocess.run(line, capture_output=True, text=True, check=False, env=dict(os.environ))


@pytest.fixture
def undeclared_cities(project: Project) -> Project:
    """The project with its cities left open, one rare city in the rows, and an account that pays for thresholds."""
    file = project.definition
    text = file.read_text().replace("[north, south, east]", "discover, other: elsewhere, nullable: true")
    text = text.replace("nullable: true, domain_source: made up}\n    member", "domain_source: discovered}\n    member")
    file.write_text(text.replace("delta: 1.0e-6", "delta: 1.0e-6, threshold_delta: 1.0e-9"))
    with (project.root / "source" / "people.csv").open("a") as rows:
        rows.write("p300,3,atlantis,true\n")
    command("budget", "set-cap", "town", "--epsilon", "6", "--delta", "1e-5", "--threshold-delta", "1e-8")
    return project


def lower_delta(release: dict[str, Any]) -> None:
    release["answers"][0]["delta"] /= 2


@pytest.mark.slow
def test_a_run_discovers_promotes_and_verifies_and_a_tampered_delta_fails(
    undeclared_cities: Project, tmp_path: Path
) -> None:
    """False failure: below 1e-6; each city has about 200 rows, four and more deviations above the threshold."""
    drift = run("contract", "suite")
    assert drift.returncode == 1
    assert run("contract", "suite", "--write", "defs/people").returncode == 0
    done = run("run", "defs/people", "--json")
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)

    bundle = undeclared_cities.root / summary["places"]["bundle"]
    (file,) = (bundle / "release").glob("*/release.json")
    release = json.loads(file.read_text())
    assert set(release["answers"][0]["descriptor"]["categories"]) == {"north", "south", "east"}
    assert release["domain"][1]["categories"][-1] == "elsewhere"
    verified = run("audit", "verify", str(bundle))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "3 discovered categories" in verified.stdout
    assert "1,000,000,000 charged" in verified.stdout
    public = [path for path in (undeclared_cities.root / "data").rglob("*") if path.is_file()]
    assert [path for path in public if b"atlantis" in path.read_bytes()] == []

    copy = Path(shutil.copytree(bundle.parent, tmp_path / "copy", copy_function=shutil.copyfile))
    (folder,) = (copy / "bundle" / "release").iterdir()
    edit_json(folder / "release.json", lower_delta)
    digest = sha256_file(folder / "release.json")
    folder.rename(folder.with_name(digest))
    failed = {claim.name for claim in verify_bundle(reseal(copy, release=digest)) if claim.status is Status.FAILED}
    assert "discovery maps" in failed
