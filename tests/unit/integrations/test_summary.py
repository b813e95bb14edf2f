"""The summary of a run is what the ledger and the steps recorded."""

import pytest
from kit.project import Project

from synth_assets.integrations.dagster.launch import run_chain
from synth_assets.integrations.summary import summarize
from synth_assets.ledger import open_ledger
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.integration


def test_the_summary_agrees_with_the_ledger_and_counts_every_check(finished: Project) -> None:
    contract, workspace = finished.contract, Workspace.current()
    summary = summarize(contract, workspace=workspace, done=run_chain(contract, workspace=workspace))
    balance = open_ledger(workspace.ledger_url).balance("town")

    assert summary["privacy"]["nano_rho_spent"] == balance.spent.nano_rho == contract.cap().loss().nano_rho
    assert summary["privacy"]["nano_rho_left"] == balance.remaining.nano_rho
    assert summary["checks"] == {"total": 7, "passed": 7, "failed": []}
    assert summary["closeness"]["two_way"]["tables"] >= 3
