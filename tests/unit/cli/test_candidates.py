"""A command means the candidate that it names, or the newest."""

import os
from pathlib import Path

import pytest
from kit.project import Project

from synth_assets.candidate.model import CANDIDATES
from synth_assets.cli.candidates import chosen_candidate
from synth_assets.errors import UsageError
from synth_assets.storage import share
from synth_assets.workspace import Workspace


def test_the_newest_or_the_one_whose_digest_begins_so(checked: Project) -> None:
    workspace = checked.workspace
    first, second = checked.candidate(0), checked.candidate(1)
    os.utime(first.folder / "manifest.json", (1, 1))
    assert chosen_candidate(workspace, "people", None).digest == second.digest
    assert chosen_candidate(workspace, "people", first.digest[:10]).digest == first.digest
    with pytest.raises(UsageError, match="no candidate zzz"):
        chosen_candidate(workspace, "people", "zzz")


def test_a_candidate_of_another_machine_counts_too(
    checked: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "drive").mkdir()
    monkeypatch.setenv("SYNTH_ASSETS_STORAGE", str(tmp_path / "drive"))
    candidate = checked.evidence(0).candidate
    share(CANDIDATES, candidate.folder, workspace=checked.workspace)
    chosen = chosen_candidate(Workspace(root=tmp_path / "there"), "people", None)
    assert (chosen.digest, chosen.folder.is_relative_to(tmp_path / "there")) == (candidate.digest, True)
