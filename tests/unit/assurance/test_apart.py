"""A program that runs apart sees none of the user's settings, and its own folders only."""

import json
import os
from pathlib import Path

import pytest

from synth_assets.assurance.apart import environment_apart, run_apart

USERS = ("SYNTH_ASSETS_LEDGER", "SYNTH_ASSETS_LEDGER_KEY", "SYNTH_ASSETS_ANCHOR", "MLFLOW_TRACKING_URI", "DVC_STAGE")


def test_a_users_ledger_stores_and_keys_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in USERS:
        monkeypatch.setenv(name, "the user's")
    environment = environment_apart(tmp_path)
    assert not set(USERS) & set(environment)
    assert "the user's" not in environment.values()
    for name in ("SYNTH_ASSETS_ROOT", "HOME", "TMPDIR", "DAGSTER_HOME"):
        assert Path(environment[name]).is_relative_to(tmp_path)


@pytest.mark.integration
def test_a_program_runs_in_the_project_of_its_folder(tmp_path: Path) -> None:
    done = run_apart(tmp_path, "-c", module="json.tool")
    assert done.code
    (tmp_path / "project" / "a.json").write_text('{"a": 1}')
    done = run_apart(tmp_path, "a.json", module="json.tool")
    assert (done.code, json.loads(done.output), done.errors) == (0, {"a": 1}, b"")
    assert not (Path(os.getcwd()) / "a.json").exists()  # noqa: PTH109 - where the test itself stands
