"""Contracts, suites and stages on the command line."""

import json
from pathlib import Path

import pytest
from project import command

from synth_assets.errors import UsageError


def test_a_good_project_has_no_fault_and_no_drift(project: Path) -> None:
    assert command("contract", "check") == 0
    assert command("contract", "suite") == 0
    assert command("contract", "dvc") == 0


def test_every_fault_is_shown_with_its_position_and_the_exit_code_is_2(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = project / "defs" / "people" / "defs.yaml"
    file.write_text(file.read_text().replace("max: 19", "max: -1").replace("rows: 400", "rows: none"))

    assert command("contract", "check", "defs/people") == 2
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[1] for line in lines] == ["10", "17"]


def test_faults_are_json_for_programs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = project / "defs" / "people" / "defs.yaml"
    file.write_text(file.read_text().replace("source: census", "sauce: census"))
    capsys.readouterr()

    assert command("contract", "check", "--json") == 2
    faults = json.loads(capsys.readouterr().out)["faults"]
    assert {fault["where"] for fault in faults} == {"sauce", "source"}


def test_drift_of_suite_and_stages_fails_and_writing_repairs_it(project: Path) -> None:
    file = project / "defs" / "people" / "defs.yaml"
    file.write_text(file.read_text().replace("rows: 400", "rows: 300"))
    (project / "dvc.yaml").write_text("stages: {gone: {cmd: 'true'}}\n")

    assert (command("contract", "suite"), command("contract", "dvc")) == (1, 1)
    command("contract", "suite", "--write")
    command("contract", "dvc", "--write")
    assert (command("contract", "suite"), command("contract", "dvc")) == (0, 0)


def test_a_path_without_a_contract_is_wrong_use(project: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        command("contract", "check", "nowhere")
