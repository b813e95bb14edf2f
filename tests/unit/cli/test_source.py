"""The officer's registry on the command line."""

import json
import os
import pty
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from kit.project import Project, command, furnish, make_project

from synth_assets.errors import UsageError
from synth_assets.ledger import open_ledger
from synth_assets.workspace import Workspace


def test_the_list_never_shows_where_a_source_is(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    command("source", "list")
    command("source", "list", "--json")

    output = capsys.readouterr().out
    assert "census" in output
    assert ".csv" not in output
    assert str(project.root) not in output


def test_a_new_version_label_is_public_and_kept(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    command("source", "set-version", "census", "2026-12", "--reason", "the December delivery")
    capsys.readouterr()
    command("source", "list", "--json")

    assert json.loads(capsys.readouterr().out)[0]["version"] == "2026-12"


def test_registering_the_same_again_is_noticed_and_anything_else_is_refused(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--kind", "csv", "--account", "town", "--version", "2026-11", "--attested-by", "officer", "--location"]
    (project.root / "others.csv").write_bytes((project.root / "source" / "people.csv").read_bytes())
    capsys.readouterr()
    command("source", "add", "census", *arguments, str(project.root / "source" / "*.csv"))
    assert capsys.readouterr().out == "source census is registered, just as you say\n"
    with pytest.raises(UsageError, match="is registered already with another location") as refused:
        command("source", "add", "census", *arguments, str(project.root / "others.csv"))
    assert "source set-location" in refused.value.hint
    command("source", "add", "census", *arguments, str(project.root / "others.csv"), "--if-missing")
    assert open_ledger(Workspace.current().ledger_url).source("census").location == str(
        project.root / "source" / "*.csv"
    )


def test_a_source_moves_with_a_reason(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    (project.root / "others.csv").write_text((project.root / "source" / "people.csv").read_text().replace(",", ";"))
    options = ["--options", '{"delimiter": ";"}', "--reason", "a new export"]
    command("source", "set-location", "census", "--location", str(project.root / "others.csv"), *options)
    moved = open_ledger(Workspace.current().ledger_url).source("census")
    command("source", "set-location", "census", "--location", str(project.root / "others.csv"), "--reason", "again")
    assert open_ledger(Workspace.current().ledger_url).source("census") == moved
    assert (moved.location, moved.options) == (str(project.root / "others.csv"), {"delimiter": ";"})
    assert moved.version == "2026-11"
    capsys.readouterr()
    command("budget", "history", "town", "--json")
    last = json.loads(capsys.readouterr().out)[-2]
    assert (last["what"], last["reason"]) == ("source census moved to another location, as csv", "a new export")


def test_another_table_is_not_a_new_location(project: Project) -> None:
    (project.root / "others.csv").write_text("person,age,city\np1,1,north\n")
    with pytest.raises(UsageError, match="has column 'member' as text, the new location has no column 'member'"):
        command("source", "set-location", "census", "--location", str(project.root / "others.csv"), "--reason", "a try")


def test_a_file_that_is_not_there_is_refused(project: Project) -> None:
    arguments = ["--location", str(project.root / "nothing.csv"), "--account", "town", "--version", "1"]
    with pytest.raises(UsageError):
        command("source", "add", "other", "--kind", "csv", *arguments)


def test_an_unknown_account_is_refused(project: Project) -> None:
    arguments = ["--location", str(project.root / "source" / "people.csv"), "--account", "nobody", "--version", "1"]
    with pytest.raises(UsageError, match="nobody"):
        command("source", "add", "other", "--kind", "csv", *arguments)


def test_a_callable_of_the_project_needs_an_attestation(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    (project.root / "own_rows.py").write_text(
        "def rows():\n    import pandas\n    return pandas.DataFrame({'a': [1]})\n"
    )
    arguments = ["--kind", "python", "--location", "own_rows:rows", "--account", "town", "--version", "1"]
    with pytest.raises(UsageError, match="attest"):
        command("source", "add", "own", *arguments)
    command("source", "add", "own", *arguments, "--attested-by", "the officer")

    assert open_ledger(Workspace.current().ledger_url).source("own").columns[0][0] == "a"


@pytest.mark.parametrize("options", ["{", "[]"])
def test_options_must_be_a_json_object(project: Project, options: str) -> None:
    arguments = [
        *("--location", str(project.root / "source" / "people.csv"), "--account", "town", "--version", "1"),
        *("--options", options),
    ]
    with pytest.raises(UsageError, match="--options"):
        command("source", "add", "other", "--kind", "csv", *arguments)


def test_an_officer_sees_what_a_database_is_asked(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    path = workspace.root / "people.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE people (age INTEGER, city TEXT, member TEXT)")
    project = make_project(workspace.root, kind="sql", location=f"sqlite:///{path}", options={"table": "people"})
    furnish(project)
    command("source", "explain", str(project.definition))
    output = capsys.readouterr().out
    assert output.startswith("-- one-way tables of age, city, member\nWITH read_rows AS (")
    assert str(workspace.root) not in output


def test_a_column_that_only_the_contract_has_is_named_and_not_blamed_on_the_registration(workspace: Workspace) -> None:
    path = workspace.root / "people.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE people (age INTEGER, town TEXT, member TEXT)")
    project = make_project(workspace.root, kind="sql", location=f"sqlite:///{path}", options={"table": "people"})
    furnish(project)
    with pytest.raises(UsageError, match=r"defs\.yaml:\d+:\d+: .*columns\.city: .* has no such column") as refused:
        command("source", "explain", str(project.definition))
    assert "it has: age, town, member" in refused.value.hint


def test_of_files_there_is_nothing_to_explain(project: Project) -> None:
    with pytest.raises(UsageError, match="is not a `sql` source"):
        command("source", "explain", str(project.definition))


YEARS = ("source", "add", "years", "--kind", "csv", "--account", "rows", "--version", "1", "--location")


@pytest.fixture
def years(project: Project) -> str:
    """A table whose columns are years, and an account of rows."""
    command("budget", "open", "rows", "--epsilon", "1", "--delta", "1e-6", "--population", "made up")
    (project.root / "years.csv").write_text("2019,2020\n1,2\n")
    return str(project.root / "years.csv")


def test_names_that_may_be_values_are_asked_about_in_a_terminal(years: str) -> None:
    def answered(answer: bytes) -> tuple[int, str]:
        """Run the command as a person at a terminal would, and return what was shown there."""
        ours, theirs = pty.openpty()
        os.write(ours, answer)
        arguments = [sys.executable, "-m", "synth_assets", *YEARS, years]
        asked = subprocess.run(arguments, stdin=theirs, stdout=theirs, stderr=theirs, timeout=60, check=False)
        shown = os.read(ours, 1 << 16).decode()
        os.close(theirs)
        os.close(ours)
        return asked.returncode, shown

    code, shown = answered(b"n\n")
    assert (code, "'2019', '2020'" in shown, "nothing was registered" in shown) == (2, True, True)
    code, shown = answered(b"y\n")
    assert (code, "2 columns, version 1" in shown) == (0, True), shown
    code, shown = answered(b"")
    assert (code, "just as you say" in shown, "2019" in shown) == (0, True, False), "it is not asked again"


def test_names_that_may_be_values_are_stated_where_nobody_can_be_asked(
    years: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError, match="look like values of a row"):
        command(*YEARS, years)
    with pytest.raises(UsageError, match="are not the 2 that are stated"):
        command(*YEARS, years, "--columns", "2019,2021")
    assert "2020" not in "".join(capsys.readouterr())
    command(*YEARS, years, "--columns", '2019, "2020"')
    assert open_ledger(Workspace.current().ledger_url).source("years").columns == (("2019", "text"), ("2020", "text"))


def test_a_table_whose_names_were_accepted_moves_without_a_question(years: str, project: Project) -> None:
    command(*YEARS, years, "--columns", "2019,2020")
    (project.root / "moved.csv").write_text("2019,2020,2021\n1,2,3\n")
    command("source", "set-location", "years", "--location", str(project.root / "moved.csv"), "--reason", "a new disk")
    moved = open_ledger(Workspace.current().ledger_url).source("years")
    assert (moved.location, len(moved.columns)) == (str(project.root / "moved.csv"), 2)
