"""A command replaces what it wrote earlier, and no other file."""

from pathlib import Path

import pytest
from kit.project import Project, command

from synth_assets.audit.assurance import MECHANISMS, Record, TestResult, write_record
from synth_assets.cli.replacing import refuse_replacing
from synth_assets.errors import UsageError


def test_a_new_file_and_one_of_the_kind_are_written(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    refuse_replacing(file, kind="a list", is_one=lambda content: content == b"list")
    file.write_text("list")
    refuse_replacing(file, kind="a list", is_one=lambda content: content == b"list")


def test_any_other_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("mine")
    with pytest.raises(UsageError, match=r"a.txt is there already and is not a list\n  hint: give another --out"):
        refuse_replacing(file, kind="a list", is_one=lambda content: content == b"list")
    with pytest.raises(UsageError, match="is there already"):
        refuse_replacing(tmp_path, kind="a list", is_one=lambda _: True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("contract", "schema", "--out"),
        ("contract", "schema", "--markdown", "--out"),
        ("audit", "mechanisms", "--runs", "1", "--out"),
    ],
)
@pytest.mark.parametrize("text", ["", "mine", '{"title": "Mine"}', "[]", "# Every key\n"])
def test_no_command_writes_over_a_file_of_somebody_else(
    project: Project, arguments: tuple[str, ...], text: str
) -> None:
    file = project.root / "mine.json"
    file.write_text(text)
    with pytest.raises(UsageError, match="is there already"):
        command(*arguments, str(file))
    assert file.read_text() == text


def test_an_older_schema_page_or_record_is_replaced(project: Project) -> None:
    for name, arguments in {"a.json": (), "a.md": ("--markdown",)}.items():
        command("contract", "schema", *arguments, "--out", name)
        written = (project.root / name).read_text()
        (project.root / name).write_text(written.replace("purpose", "cause"))
        command("contract", "schema", *arguments, "--out", name)
        assert (project.root / name).read_text() == written
    result = TestResult(name="a", what="b", measure="c", value=1.0, limit=2.0, alarm="above")
    record = Record(kind=MECHANISMS, date="2026-11-28T11:02:33Z", version="0.1.0", results=(result,))
    write_record(record, project.root / "r.json")
    before = (project.root / "r.json").read_bytes()
    with pytest.raises(UsageError) as refused:
        command("audit", "mechanisms", "--runs", "1", "--out", str(project.root / "r.json"))
    assert "is there already" not in str(refused.value)
    assert (project.root / "r.json").read_bytes() == before
