"""Which contract a command means: a dataset's name, or a path."""

import shutil
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete
from kit.project import Project

from synth_assets.cli.contracts import ContractPath, contract_files, from_here, read_contract
from synth_assets.cli.main import cli

pytestmark = pytest.mark.integration


def convert(text: str) -> Path:
    return ContractPath().convert(text, None, None)


def test_a_name_is_the_file_of_that_dataset_and_a_path_is_itself(project: Project) -> None:
    file = from_here(project.definition)
    assert contract_files() == {"people": file}
    assert convert("people") == file
    assert read_contract(convert("people")).name == "people"
    assert convert("defs/people") == Path("defs/people")
    assert convert("nobody") == Path("nobody")


def test_a_folder_that_is_there_goes_before_a_name(project: Project) -> None:
    shutil.copytree(project.definition.parent, "people")
    assert convert("people") == Path("people")


def test_a_contract_that_cannot_be_read_hides_no_other(project: Project) -> None:
    ours = "type: synth_assets.SyntheticDataset"
    for name, text in {"zoo": f"{ours}\nattributes: [", "ape": ours}.items():
        (project.root / "defs" / name).mkdir()
        (project.root / "defs" / name / "defs.yaml").write_text(text)
    assert list(contract_files()) == ["people"]


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
