"""What ``status`` and the promoted asset call: the followers are the project's own DVC and MLflow."""

import pytest
from kit.project import Project

from synth_assets.errors import CheckRefused
from synth_assets.integrations.versions import dataset_status, promote_candidate
from synth_assets.ledger import open_ledger
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.integration


def test_a_candidate_without_evidence_is_not_promoted_and_the_version_before_stays(finished: Project) -> None:
    contract, workspace = finished.contract, Workspace.current()
    before = dataset_status(contract, workspace=workspace)
    (candidate,) = workspace.candidates("people").iterdir()

    with pytest.raises(CheckRefused):
        promote_candidate(contract, candidate.name, [], workspace=workspace, ledger=open_ledger(workspace.ledger_url))

    assert not before["needs_repair"]
    assert dataset_status(contract, workspace=workspace) == before
