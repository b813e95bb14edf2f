"""The custodian delivers new data under a new label, and the run reports success at no cost.

With ``refresh: {release: once}``, the default, the release of the *old* label is used permanently. Whoever reads "was
there already and cost nothing" believes that the new data is in the table. So the run, Dagster and ``contract check``
report the label of the release, the current label of the source, and how to get another release.
"""

import json
from typing import Any

import dagster as dg
import pytest
from kit.project import Project, command

from synth_assets.contract.yaml_file import read_contract
from synth_assets.integrations.dagster.keys import asset_key
from synth_assets.ledger import open_ledger
from synth_assets.release import load_release
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.integration


def spent() -> int:
    return open_ledger(Workspace.current().ledger_url).balance("town").spent.nano_rho


def ask_for_new_versions(project: Project) -> None:
    file = project.definition
    file.write_text(file.read_text().replace("release: once", "release: new_version"))


@pytest.fixture
def moved(finished: Project) -> Project:
    """A project whose release is of 2026-11 and whose source is at 2026-12 by now."""
    command("source", "set-version", "census", "2026-12")
    return finished


def test_run_reports_the_label_of_the_release_and_how_to_ask_for_another(
    moved: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    before = spent()
    capsys.readouterr()
    command("run", "defs/people")
    printed = capsys.readouterr()
    for text in (printed.out, printed.err):  # the summary, and the step's own line
        assert "2026-11" in text
        assert "2026-12" in text
        assert "release: new_version" in text
    assert spent() == before


def test_programs_and_dagster_see_both_labels(moved: Project, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    command("run", "defs/people", "--json")
    privacy = json.loads(capsys.readouterr().out)["privacy"]
    assert (privacy.get("release_version"), privacy["source_version"]) == ("2026-11", "2026-12")
    with dg.DagsterInstance.get() as instance:
        event: Any = instance.get_latest_materialization_event(asset_key("people", "release"))
    values = {name: entry.value for name, entry in event.asset_materialization.metadata.items()}
    assert (values.get("release_version"), values["source_version"]) == ("2026-11", "2026-12")


def test_contract_check_warns_of_it(moved: Project, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert command("contract", "check", "defs/people", "--json") == 0
    (warning,) = json.loads(capsys.readouterr().out).get("warnings", [{}])
    assert warning.get("where") == "refresh.release"
    assert "2026-12" in warning["message"]
    assert "new_version" in warning["hint"]


def test_synthesize_reports_it_too(moved: Project, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    command("synthesize", "defs/people", "--out", "out")
    assert "release: new_version" in capsys.readouterr().err


@pytest.mark.slow
def test_a_label_that_is_moved_back_gets_its_own_release_and_pays_nothing(
    moved: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """Releases of two labels are there; with `once`, the one of the source's label is the right one."""
    first = read_contract(moved.definition)
    ask_for_new_versions(moved)
    command("synthesize", "defs/people", "--out", "december", "--json")
    both = spent()
    assert both == 2 * first.cap().loss().nano_rho
    command("source", "set-version", "census", "2026-11")
    file = moved.definition
    file.write_text(file.read_text().replace("release: new_version", "release: once"))
    capsys.readouterr()
    command("run", "defs/people", "--json")
    digest = json.loads(capsys.readouterr().out)["privacy"]["release"]
    assert load_release(Workspace.current().releases / digest).version == "2026-11"
    assert spent() == both
