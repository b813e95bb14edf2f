"""The ledger of the project that a command runs in."""

import pytest
from click.shell_completion import ShellComplete
from kit.people import DEFINITION
from kit.project import Project, command

from synth_assets.cli.book import current_ledger, made_ledger
from synth_assets.cli.main import cli
from synth_assets.errors import UsageError
from synth_assets.workspace import Workspace


@pytest.mark.integration
def test_the_ledger_is_that_of_the_current_project(project: Project) -> None:
    assert [account.name for account in current_ledger().accounts()] == [
        account.name for account in project.ledger.accounts()
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        "budget show",
        "budget show town --json",
        "budget history",
        "budget windows town",
        "budget plan defs.yaml",
        "budget set-cap town --epsilon 1 --delta 1e-6",
        "budget close town",
        "budget split town --holdout 0.1",
        "budget curate town --reason none",
        "source list",
        "source add census --kind csv --location defs.yaml --account town --version 1",
        "source set-version census 2",
        "source set-location census --location defs.yaml --reason none",
        "source explain defs.yaml",
        "ledger doctor",
        "ledger verify",
    ],
)
def test_only_what_an_officer_begins_with_makes_a_ledger(arguments: str, workspace: Workspace) -> None:
    file = workspace.root / "defs.yaml"
    file.write_text(DEFINITION)
    given = [str(file) if word == file.name else word for word in arguments.split()]
    with pytest.raises(UsageError, match="there is no ledger in ") as refused:
        command(*given)
    assert "synth-assets budget open" in refused.value.hint
    assert list(workspace.root.iterdir()) == [file]


def test_an_officer_makes_a_ledger_by_opening_an_account(workspace: Workspace) -> None:
    command("budget", "open", "town", "--epsilon", "1", "--delta", "1e-6", "--population", "made up")
    assert [account.name for account in current_ledger().accounts()] == ["town"]


def test_a_ledger_that_is_made_is_empty(workspace: Workspace) -> None:
    assert made_ledger().accounts() == ()
    assert current_ledger().accounts() == ()


def completions(*words: str, incomplete: str = "") -> list[str]:
    completion = ShellComplete(cli, {}, "synth-assets", "_SYNTH_ASSETS_COMPLETE")
    return [item.value for item in completion.get_completions(list(words), incomplete)]


@pytest.mark.parametrize(
    ("words", "incomplete", "wanted"),
    [
        *((["budget", verb], "to", ["town"]) for verb in ("show", "history", "close", "set-cap", "split", "windows")),
        (["budget", "show"], "x", []),
        (["budget", "open", "other", "--parent"], "", ["town"]),
        (["source", "add", "other", "--account"], "t", ["town"]),
        (["source", "set-version"], "c", ["census"]),
        (["source", "set-location"], "", ["census"]),
    ],
)
def test_a_shell_completes_names_of_accounts_and_sources(
    words: list[str], incomplete: str, wanted: list[str], project: Project
) -> None:
    assert project.ledger.accounts()
    assert completions(*words, incomplete=incomplete) == wanted


def test_completing_a_name_makes_no_ledger_and_fails_in_silence(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert completions("budget", "show") == []
    assert list(workspace.root.iterdir()) == []
    workspace.state.mkdir()
    (workspace.state / "ledger.db").write_text("this is not a database, and is long enough to be looked at as one")
    assert completions("source", "set-version") == []
    monkeypatch.setenv("SYNTH_ASSETS_LEDGER", "postgresql://nobody@localhost:1/nothing")
    assert completions("source", "set-version") == []
    assert capsys.readouterr() == ("", "")
