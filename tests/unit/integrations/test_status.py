"""How a dataset's promotion stands, said without loading what would take seconds."""

import subprocess
import sys

import pytest
from kit.project import Project

from synth_assets.integrations.status import dataset_status
from synth_assets.workspace import Workspace


@pytest.mark.integration
def test_a_promoted_version_is_in_order_and_neither_mlflow_nor_the_ledger_is_loaded(finished: Project) -> None:
    status = dataset_status(finished.contract, workspace=Workspace.current())
    assert (status["state"], status["needs_repair"], status["repaired"]) == ("in order", False, [])
    code = (
        "import sys; from synth_assets.cli.main import cli; code = cli.main(['status'], standalone_mode=False);"
        "sys.exit(code or bool({'mlflow', 'sqlalchemy', 'pandas', 'dagster', 'torch', 'dvc'} & set(sys.modules)))"
    )
    completed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert completed.returncode == 0, completed.stderr
    assert "in order" in completed.stdout
