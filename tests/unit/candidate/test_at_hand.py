"""What a step begins with is loaded from this machine, or brought from the shared storage."""

from dataclasses import replace
from pathlib import Path

import pytest
from kit.project import Project

from synth_assets.candidate.at_hand import candidate_at_hand, generator_at_hand, release_at_hand, scenario_at_hand
from synth_assets.candidate.model import CANDIDATES
from synth_assets.errors import IntegrityError
from synth_assets.generator.store import FITTED
from synth_assets.release.store import RELEASES
from synth_assets.storage import share
from synth_assets.workspace import Workspace


def test_every_kind_is_brought_to_an_empty_disk(
    varied: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "drive").mkdir()
    here, there = varied.workspace, Workspace(root=tmp_path / "there")
    candidate, generator = varied.evidence(0).candidate, varied.generator
    (scenario, _), *_ = varied.judged_scenarios(candidate)
    monkeypatch.setenv("SYNTH_ASSETS_STORAGE", str(tmp_path / "drive"))
    with pytest.raises(IntegrityError, match=f"release {candidate.release[:12]} in .*drive is missing or altered"):
        release_at_hand(there, candidate.release)
    share(RELEASES, here.releases / candidate.release, workspace=here)
    share(FITTED, generator.folder, workspace=here)
    share(CANDIDATES, candidate.folder, workspace=here)
    share(CANDIDATES, scenario.folder, workspace=here)

    assert release_at_hand(there, candidate.release).digest == candidate.release
    fitted = generator_at_hand(there, "people", generator.digest)
    assert fitted == replace(generator, folder=there.generators("people") / generator.digest)
    assert candidate_at_hand(there, "people", candidate.digest).table().equals(candidate.table())
    assert scenario_at_hand(there, "people", scenario.digest).table().equals(scenario.table())


def test_without_a_storage_what_is_here_is_loaded(checked: Project) -> None:
    candidate = checked.evidence(0).candidate
    assert candidate_at_hand(checked.workspace, "people", candidate.digest) == candidate
    assert release_at_hand(checked.workspace, candidate.release).digest == candidate.release
    assert generator_at_hand(checked.workspace, "people", candidate.generator) == checked.generator
