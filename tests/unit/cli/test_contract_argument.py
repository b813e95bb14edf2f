"""Commands take the name of a dataset where they take a path."""

import pytest
from kit.project import Project
from shell import exit_code_of


def test_a_dataset_is_addressed_by_its_name(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code_of("contract", "check", "people") == 0
    assert exit_code_of("budget", "plan", "people") == 0
    assert exit_code_of("contract", "check", str(project.definition.parent)) == 0
    capsys.readouterr()
    assert exit_code_of("run", "folk", "--dry-run") == 2
    said = capsys.readouterr().err
    assert "there is no dataset 'folk'" in said
    assert "there are: people" in said


def test_all_datasets_of_a_file_are_checked_and_one_is_chosen_by_name(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    text = project.definition.read_text()
    project.definition.write_text(text + "\n---\n" + text.replace("name: people", "name: others", 1))
    assert exit_code_of("contract", "check", str(project.definition)) == 0
    assert "2 contracts, 0 faults" in capsys.readouterr().err
    assert exit_code_of("run", str(project.definition), "--dry-run") == 2
    assert "holds 2 contracts: people, others" in capsys.readouterr().err
    assert exit_code_of("contract", "suite", "others", "--write") == 0
    assert (project.root / "expectations" / "others.json").is_file()
    assert exit_code_of("contract", "dvc", "--write") == 0
    stages = (project.root / "dvc.yaml").read_text()
    assert "synth-assets run defs/people/defs.yaml#others" in stages
    assert "- defs/people/defs.yaml\n" in stages
