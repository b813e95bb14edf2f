"""Kill -9 at each step boundary of the chain, then run again: it completes, with one charge."""

import signal
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from kit.project import command

from synth_assets.contract import DatasetContract
from synth_assets.integrations.dagster.launch import run_chain
from synth_assets.ledger import State, open_ledger
from synth_assets.promotion import read_current
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.end_to_end

DRIVER = Path(__file__).parents[1] / "support" / "killed_chain.py"


@pytest.mark.slow
@pytest.mark.parametrize("step", ["people/generator", "people/candidate", "people_checks", "people/promoted"])
def test_a_kill_between_steps_costs_nothing_and_the_next_run_completes(
    contract: DatasetContract, instance: dg.DagsterInstance, step: str
) -> None:
    workspace = Workspace.current()
    killed = subprocess.run([sys.executable, str(DRIVER), step], capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert read_current(workspace, contract.name) is None

    done = run_chain(contract, workspace=workspace, instance=instance)

    (reservation,) = open_ledger(workspace.ledger_url).reservations("town")
    assert reservation.state is State.SETTLED
    assert done.metadata["release"]["reused"]
    assert done.metadata["release"]["digest"] == reservation.release_digest
    promoted = read_current(workspace, contract.name)
    assert promoted is not None
    assert promoted.candidate == done.metadata["candidate"]["digest"]
    assert command("status", "defs/people") == 0
