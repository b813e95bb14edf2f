"""The officer's registry on the command line."""

import json
from pathlib import Path

import pytest
from project import command

from synth_assets.errors import UsageError
from synth_assets.ledger import open_ledger
from synth_assets.workspace import Workspace


def test_the_list_never_says_where_a_source_is(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command("source", "list")
    command("source", "list", "--json")

    said = capsys.readouterr().out
    assert "census" in said
    assert "rows.csv" not in said
    assert str(project) not in said


def test_a_new_version_label_is_public_and_kept(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command("source", "set-version", "census", "2026-12", "--reason", "the December delivery")
    capsys.readouterr()
    command("source", "list", "--json")

    assert json.loads(capsys.readouterr().out)[0]["version"] == "2026-12"


def test_registering_the_same_again_says_so_and_anything_else_is_refused(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--kind", "csv", "--account", "town", "--version", "2026-11", "--location"]
    (project / "others.csv").write_bytes((project / "rows.csv").read_bytes())
    capsys.readouterr()
    command("source", "add", "census", *place, str(project / "rows.csv"))
    assert capsys.readouterr().out == "source census is registered, just as you say\n"
    with pytest.raises(UsageError, match="is registered already with another location") as refused:
        command("source", "add", "census", *place, str(project / "others.csv"))
    assert "source set-location" in refused.value.hint
    command("source", "add", "census", *place, str(project / "others.csv"), "--if-missing")
    assert open_ledger(Workspace.current().ledger_url).source("census").location == str(project / "rows.csv")


def test_a_source_moves_with_a_reason(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "others.csv").write_text((project / "rows.csv").read_text().replace(",", ";"))
    options = ["--options", '{"delimiter": ";"}', "--reason", "a new export"]
    command("source", "set-location", "census", "--location", str(project / "others.csv"), *options)
    moved = open_ledger(Workspace.current().ledger_url).source("census")
    command("source", "set-location", "census", "--location", str(project / "others.csv"), "--reason", "again")
    assert open_ledger(Workspace.current().ledger_url).source("census") == moved
    assert (moved.location, moved.options) == (str(project / "others.csv"), {"delimiter": ";"})
    assert moved.version == "2026-11"
    capsys.readouterr()
    command("budget", "history", "town", "--json")
    last = json.loads(capsys.readouterr().out)[-2]
    assert (last["what"], last["reason"]) == ("source census moved to another location, as csv", "a new export")


def test_another_table_is_no_new_place(project: Path) -> None:
    (project / "others.csv").write_text("age,city\n1,north\n")
    with pytest.raises(UsageError, match="has column 'member' as text, the new location has no column 'member'"):
        command("source", "set-location", "census", "--location", str(project / "others.csv"), "--reason", "a try")


def test_a_file_that_is_not_there_is_refused(project: Path) -> None:
    place = ["--location", str(project / "nothing.csv"), "--account", "town", "--version", "1"]
    with pytest.raises(UsageError):
        command("source", "add", "other", "--kind", "csv", *place)


def test_an_unknown_account_is_refused(project: Path) -> None:
    place = ["--location", str(project / "rows.csv"), "--account", "nobody", "--version", "1"]
    with pytest.raises(UsageError, match="nobody"):
        command("source", "add", "other", "--kind", "csv", *place)


def test_a_callable_of_the_project_needs_an_attestation(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "own_rows.py").write_text("def rows():\n    import pandas\n    return pandas.DataFrame({'a': [1]})\n")
    place = ["--kind", "python", "--location", "own_rows:rows", "--account", "town", "--version", "1"]
    with pytest.raises(UsageError, match="attest"):
        command("source", "add", "own", *place)
    command("source", "add", "own", *place, "--attested-by", "the officer")

    assert open_ledger(Workspace.current().ledger_url).source("own").columns[0][0] == "a"


@pytest.mark.parametrize("options", ["{", "[]"])
def test_options_must_be_a_json_object(project: Path, options: str) -> None:
    place = ["--location", str(project / "rows.csv"), "--account", "town", "--version", "1", "--options", options]
    with pytest.raises(UsageError, match="--options"):
        command("source", "add", "other", "--kind", "csv", *place)
