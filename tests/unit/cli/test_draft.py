"""``contract draft``: from the ledger and a codebook to a contract that waits for answers."""

from pathlib import Path

import pytest
from kit.project import Project, command

from synth_assets.contract.yaml_file import faults_of
from synth_assets.errors import UsageError

BOOK = (
    "name,type,min,max,categories,nullable\nage,integer,0,19,,yes\ncity,,,,north; south; east,no\nmember,bool,,,,no\n"
)


@pytest.fixture
def codebook(project: Project) -> Path:
    file = project.root / "codebook.csv"
    file.write_text(BOOK)
    return file


def test_a_draft_is_printed_or_written_and_says_how_much_is_open(
    project: Project, codebook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command("contract", "draft", "census", "--codebook", str(codebook))
    printed = capsys.readouterr()
    assert [fault.where for fault in faults_of(printed.out, "defs.yaml")][:3] == [
        "purpose",
        "privacy.spend.epsilon",
        "privacy.spend.delta",
    ]
    assert "4 columns, 3 of them described by a codebook; 6 open questions" in printed.err

    command("contract", "draft", "census", "--codebook", "codebook.csv", "--name", "folk", "--out", "defs/folk")
    text = (project.root / "defs" / "folk" / "defs.yaml").read_text()
    assert text == printed.out.replace("name: census", "name: folk")
    assert "`synth-assets contract check defs/folk/defs.yaml` lists them" in capsys.readouterr().out


def test_the_check_lists_all_open_questions_and_says_what_to_write(
    project: Project, codebook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command("contract", "draft", "census", "--codebook", "codebook.csv", "--out", "drafts/people.yaml")
    lines = (project.root / "drafts" / "people.yaml").read_text().splitlines()
    capsys.readouterr()
    assert command("contract", "check", "drafts/people.yaml") == 2
    printed = capsys.readouterr()
    shown = [int(line.split(":")[1]) for line in printed.out.splitlines()]
    assert shown == [number for number, line in enumerate(lines, 1) if '"TODO: ' in line]
    assert printed.err.endswith("  6 open questions: write the answer in place of each TODO: ...\n")


def test_a_draft_names_the_schema_of_the_project_if_there_is_one(project: Project) -> None:
    command("contract", "draft", "census", "--out", "defs/without")
    drafted = project.root / "defs" / "without" / "defs.yaml"
    first = drafted.read_text()
    drafted.unlink()
    command("contract", "schema", "--out", "contract.schema.json")
    command("contract", "draft", "census", "--out", "defs/with")
    second = (project.root / "defs" / "with" / "defs.yaml").read_text()
    assert second == f"# yaml-language-server: $schema=../../contract.schema.json\n{first}"


def test_nothing_is_overwritten(project: Project) -> None:
    before = project.definition.read_bytes()
    with pytest.raises(UsageError, match="is there already, and drafts overwrite nothing"):
        command("contract", "draft", "census", "--out", str(project.definition.parent))
    assert project.definition.read_bytes() == before


def test_no_second_dataset_of_one_name_is_drafted(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match=r"defs/people/defs.yaml is named 'people' already\n  hint: .*--name"):
        command("contract", "draft", "census", "--name", "people", "--out", "defs/again")
    assert not (project.root / "defs" / "again").exists()
    capsys.readouterr()
    command("contract", "draft", "census", "--name", "people")
    assert "name: people" in capsys.readouterr().out


def test_an_unknown_source_or_no_ledger_is_wrong_use(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="sensus"):
        command("contract", "draft", "sensus")
    monkeypatch.setenv("SYNTH_ASSETS_LEDGER", f"sqlite:///{project.root}/none.db")
    with pytest.raises(UsageError, match="there is no ledger"):
        command("contract", "draft", "census")
    assert not (project.root / "none.db").exists()
