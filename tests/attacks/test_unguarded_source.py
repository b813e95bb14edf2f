"""Attack: open a private source in a Dagster step or a notebook, where logs and tracebacks keep what they see.

Whoever may write a contract may also begin and redeem a reservation, and the
handle of the source worked in any process. And with one variable unset, Dagster
kept the text of every error of a step in its database.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from kit.project import Project

from synth_assets.errors import SynthAssetsError
from synth_assets.source.readers import open_source

CANARY = "canary-77aa"
STEP = """
import dagster as dg, json, os, sys
{imports}

@dg.op
def failing():
    raise ValueError("{canary}")

@dg.job
def job():
    failing()

instance = dg.DagsterInstance.local_temp(sys.argv[1])
result = job.execute_in_process(instance=instance, raise_on_error=False)
events = [str(record.event_log_entry) for record in instance.get_records_for_run(result.run_id).records]
print(json.dumps([result.success, any("{canary}" in event for event in events)]))
"""


def test_a_paid_permit_opens_no_source_outside_the_measuring_process(project: Project) -> None:
    permit = project.ledger.begin(project.reserve().id)
    source = project.ledger.redeem(permit)
    with pytest.raises(SynthAssetsError, match="measuring process"):
        list(open_source(source, permit).batches(["age"]))


@pytest.mark.slow
def test_a_variable_does_not_make_a_process_the_measuring_one(project: Project) -> None:
    """Start a program with the same name, arguments and working folder as the measuring process."""
    program = (
        "import sys; sys.argv[0] = '-m'; from pathlib import Path\n"
        "from kit.people import make_contract\n"
        "from kit.project import Project\n"
        "from synth_assets.source.readers import open_source\n"
        "project = Project(root=Path(sys.argv[1]), contract=make_contract())\n"
        "permit = project.ledger.begin(project.reserve().id)\n"
        "batches = list(open_source(project.ledger.redeem(permit), permit).batches(['city']))\n"
        "print(batches[0].column(0)[0])\n"
    )
    support = str(Path(__file__).parents[1] / "support")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, support])}
    done = subprocess.run(
        [sys.executable, "-c", program, str(project.root)],
        cwd=project.root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""
    assert "measuring process alone" in done.stderr


@pytest.mark.slow
def test_the_measuring_process_itself_still_measures(project: Project) -> None:
    assert project.obtain().reused is False


def stored(tmp_path: Path, imports: str, **variables: str) -> list[bool]:
    inherited = {name: value for name, value in os.environ.items() if name != "DAGSTER_REDACT_USER_CODE_ERRORS"}
    environment = {**inherited, "PYTHONPATH": os.pathsep.join(sys.path), **variables}
    done = subprocess.run(
        [sys.executable, "-c", STEP.format(imports=imports, canary=CANARY), str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    is_stored: list[bool] = json.loads(done.stdout.splitlines()[-1])
    return is_stored


@pytest.mark.slow
@pytest.mark.parametrize("variables", [{}, {"DAGSTER_REDACT_USER_CODE_ERRORS": "0"}])
def test_errors_of_steps_are_redacted_whatever_the_environment_sets(tmp_path: Path, variables: dict[str, str]) -> None:
    assert stored(tmp_path, "from synth_assets import SyntheticDataset", **variables) == [False, False]


@pytest.mark.slow
def test_without_the_plugin_the_error_is_there_to_be_seen(tmp_path: Path) -> None:
    """The control: without redaction, what the tests above look for is in the database."""
    assert stored(tmp_path, "") == [False, True]
