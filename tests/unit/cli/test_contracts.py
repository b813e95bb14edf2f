"""Which contract a command means: a dataset's name, an address, or a path."""

import shutil
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete
from kit.project import Project
from shell import exit_code_of

from synth_assets.cli.contracts import ContractPath, from_here, read_contract
from synth_assets.cli.main import cli
from synth_assets.contract.documents import names_below
from synth_assets.errors import ContractError

pytestmark = pytest.mark.integration


def convert(text: str) -> Path:
    return ContractPath().convert(text, None, None)


def test_a_name_is_the_file_of_that_dataset_and_a_path_is_itself(project: Project) -> None:
    file = from_here(project.definition)
    assert names_below(project.root) == {project.definition: "people"}
    assert convert("people") == file
    assert read_contract(convert("people")).name == "people"
    assert convert("defs/people") == Path("defs/people")
    assert convert("defs/people/defs.yaml#people") == Path("defs/people/defs.yaml#people")
    with pytest.raises(ContractError, match="no dataset 'nobody'"):
        convert("nobody")


def test_a_folder_that_is_there_goes_before_a_name(project: Project) -> None:
    shutil.copytree(project.definition.parent, "people")
    assert convert("people") == Path("people")


def test_a_contract_that_cannot_be_read_hides_no_other(project: Project) -> None:
    ours = "type: synth_assets.SyntheticDataset"
    for name, text in {"zoo": f"{ours}\nattributes: [", "ape": ours}.items():
        (project.root / "defs" / name).mkdir()
        (project.root / "defs" / name / "defs.yaml").write_text(text)
    assert convert("people") == from_here(project.definition)
    assert list(names_below(project.root).values()) == ["people"]


@pytest.mark.parametrize(
    ("words", "incomplete", "wanted"),
    [([], "sta", ["status"]), (["status"], "pe", ["people", "pe"]), (["budget"], "his", ["history"])],
)
def test_a_shell_completes_commands_and_names_of_datasets(
    project: Project, words: list[str], incomplete: str, wanted: list[str]
) -> None:
    assert project.definition.is_file()
    completion = ShellComplete(cli, {}, "synth-assets", "_SYNTH_ASSETS_COMPLETE")
    assert [item.value for item in completion.get_completions(words, incomplete)] == wanted
    assert isinstance(cli, click.Group)


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
